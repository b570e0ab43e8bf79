/// Fiber: a stack of its own to run a function on, left and entered again at will. One CUDA thread that waits at a barrier keeps one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

/// The emulator's own code in the threads it runs, of which ThreadSanitizer needn't know: it asks whether kernels' accesses are in order.
#if defined(__SANITIZE_THREAD__)
#define EMULATOR_CODE __attribute__((no_sanitize("thread")))
#else
#define EMULATOR_CODE
#endif

namespace emulation {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool finds_races = true;
/// What is behind order_after(object) comes after all that was before order_before(object).
EMULATOR_CODE inline void order_before(char& object) { __tsan_release(&object); }
EMULATOR_CODE inline void order_after(char& object) { __tsan_acquire(&object); }
#else
inline constexpr bool finds_races = false;
inline void order_before(char&) {}
inline void order_after(char&) {}
#endif

#if defined(__x86_64__)

/// Where a stack was left: its pointer; everything else lies on the stack.
struct Context {
  void* stack = nullptr;
};

// Saves the registers that a call preserves on the stack that is left, and takes them from the one that is entered. A system call each time,
// which swapcontext makes for the signal mask, would be most of a test's time.
extern "C" void taut_emulation_switch(void** left, void* entered);
asm(R"(
.text
.weak taut_emulation_switch
.type taut_emulation_switch, @function
taut_emulation_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size taut_emulation_switch, .-taut_emulation_switch
)");

EMULATOR_CODE inline void switch_context(Context& left, const Context& entered) { taut_emulation_switch(&left.stack, entered.stack); }

/// `entry` never returns: it ends in a switch.
inline void prepare_context(Context& context, std::byte* stack, std::size_t size, void (*entry)()) {
  auto top = (reinterpret_cast<std::uintptr_t>(stack) + size) / 16 * 16;
  auto* const words = reinterpret_cast<void**>(top);
  words[-1] = nullptr;  // where entry would return to
  words[-2] = reinterpret_cast<void*>(entry);
  for (int i = 3; i <= 8; ++i) words[-i] = nullptr;  // the six registers
  context.stack = words - 8;
}

#else

using Context = ucontext_t;

EMULATOR_CODE inline void switch_context(Context& left, const Context& entered) { swapcontext(&left, &entered); }

inline void prepare_context(Context& context, std::byte* stack, std::size_t size, void (*entry)()) {
  getcontext(&context);
  context.uc_stack.ss_sp = stack;
  context.uc_stack.ss_size = size;
  context.uc_link = nullptr;
  makecontext(&context, entry, 0);
}

#endif

/// Runs `entry`, which calls `entered` first, never returns, and is left and entered again through `pause` and `resume`.
class Fiber {
 public:
  explicit Fiber(void (*entry)()) : stack_(new std::byte[stack_size]) { prepare_context(own_, stack_.get(), stack_size, entry); }
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Called on the scheduler's stack: goes on where the fiber paused.
  EMULATOR_CODE void resume() {
    tell_thread_sanitizer(true);
    begin_switch(&scheduler_fake_stack_, stack_.get(), stack_size);
    switch_context(scheduler_, own_);
    end_switch(scheduler_fake_stack_, nullptr, nullptr);
  }
  /// Called on the fiber's stack: goes on behind `resume`.
  EMULATOR_CODE void pause() {
    tell_thread_sanitizer(false);
    begin_switch(&fake_stack_, scheduler_stack_, scheduler_stack_size_);
    switch_context(own_, scheduler_);
    entered();
  }
  /// The first thing on a fiber's stack.
  void entered() { end_switch(fake_stack_, &scheduler_stack_, &scheduler_stack_size_); }

 private:
#if defined(__SANITIZE_ADDRESS__)
  static constexpr std::size_t stack_size = 256 * 1024;
  static void begin_switch(void** save, const void* bottom, std::size_t size) { __sanitizer_start_switch_fiber(save, bottom, size); }
  static void end_switch(void* saved, const void** bottom, std::size_t* size) { __sanitizer_finish_switch_fiber(saved, bottom, size); }
#else
  static constexpr std::size_t stack_size = (finds_races ? 256 : 64) * 1024;
  static void begin_switch(void**, const void*, std::size_t) {}
  static void end_switch(void*, const void**, std::size_t*) {}
#endif

#if defined(__SANITIZE_THREAD__)
  /// Which stack comes next. The scheduler comes after whatever a fiber did, but no fiber after what another one did: only barriers say so.
  EMULATOR_CODE void tell_thread_sanitizer(bool own) {
    if (own) scheduler_known_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(own ? known_.fiber : scheduler_known_, own ? __tsan_switch_to_fiber_no_sync : 0U);
  }
  struct Known {
    void* fiber = __tsan_create_fiber(0);
    ~Known() { __tsan_destroy_fiber(fiber); }
  };
  Known known_;
  void* scheduler_known_ = nullptr;
#else
  void tell_thread_sanitizer(bool) {}
#endif

  std::unique_ptr<std::byte[]> stack_;
  Context own_{}, scheduler_{};
  void* fake_stack_ = nullptr;
  void* scheduler_fake_stack_ = nullptr;
  const void* scheduler_stack_ = nullptr;
  std::size_t scheduler_stack_size_ = 0;
};

}  // namespace emulation
