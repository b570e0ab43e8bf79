/// Device: one block of CUDA threads after the other, and what a kernel may call. Threads run in turn, each until it waits for others;
/// every second launch in falling order, so that a barrier somebody forgot shows. Under ThreadSanitizer it is reported: of a block's threads
/// one comes after another only by __syncthreads and __syncwarp.
#pragma once

#include <math.h>  // for math functions of either precision in the global namespace, as CUDA has them

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <type_traits>
#include <vector>

#include "fiber.hpp"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...)
// One block runs at a time, so that its shared memory may be the host thread's.
#define __shared__ thread_local

struct uint3 {
  unsigned x = 0, y = 0, z = 0;
};
struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  constexpr dim3(unsigned width = 1, unsigned height = 1, unsigned depth = 1) : x(width), y(height), z(depth) {}
};
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(16) double2 { double x, y; };
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline double2 make_double2(double x, double y) { return {x, y}; }

inline constinit thread_local uint3 threadIdx, blockIdx;
inline constinit thread_local dim3 blockDim, gridDim;
inline constexpr int warpSize = 32;

namespace emulation {
inline unsigned char zero() { return 0; }
}  // namespace emulation

namespace taut::cuda {
/// What taut::cuda::dynamic_shared declares. Its initialization is dynamic, because g++ calls one wherever the declaration is all it knows.
alignas(16) inline thread_local unsigned char dynamic_shared_bytes[227 * 1024]{emulation::zero()};
}  // namespace taut::cuda

namespace emulation {

[[noreturn]] inline void stop(const char* sentence) {
  std::fprintf(stderr, "CUDA emulation: block (%u, %u, %u), thread (%u, %u, %u): %s\n", blockIdx.x, blockIdx.y, blockIdx.z, threadIdx.x,
               threadIdx.y, threadIdx.z, sentence);
  std::abort();
}

class Block;
inline constinit thread_local Block* running = nullptr;

/// The threads of the block that runs, and their fibers. A fiber takes one thread after the other; only a thread that waits keeps it.
/// Under ThreadSanitizer each thread has one of its own, lest what it did be the next one's past.
class Block {
 public:
  /// Runs body() once as each thread of each block of the grid.
  void run(dim3 grid, dim3 block, const std::function<void()>& body) {
    body_ = &body;
    running = this;
    falling_ = !falling_;
    gridDim = grid;
    blockDim = block;
    threads_.resize(block.x * block.y * block.z);
    for (unsigned z = 0; z < grid.z; ++z) {
      for (unsigned y = 0; y < grid.y; ++y) {
        for (unsigned x = 0; x < grid.x; ++x) {
          blockIdx = {x, y, z};
          run_block();
        }
      }
    }
    running = nullptr;
  }

  EMULATOR_CODE void wait_for_block() {
    char& order = block_order_[threads_.data()[current_].barriers++ % 2];  // nobody is two barriers ahead
    order_before(order);
    wait(State::at_block_barrier, 0);
    order_after(order);
  }

  /// Waits for the lanes of `mask`, then visits what each has brought. What else they did is in no order.
  template <class T, class Read>
  EMULATOR_CODE auto exchange(unsigned mask, T value, Read&& read) {
    static_assert(sizeof(T) <= sizeof(std::uint64_t));
    Thread& thread = threads_.data()[current_];
    if ((mask >> (current_ % 32) & 1) == 0) stop("a lane waits under a mask that leaves it out");
    // A lane that is one exchange ahead can't be two ahead, so that two places suffice.
    const unsigned place = thread.exchanges++ % 2;
    std::memcpy(&thread.brought[place], &value, sizeof value);
    wait(State::at_warp_barrier, mask);
    T brought[32]{};
    const Thread* const warp = threads_.data() + current_ / 32 * 32;
    for (unsigned lane = 0; lane < 32; ++lane) {
      if ((mask >> lane & 1) != 0) std::memcpy(&brought[lane], &warp[lane].brought[place], sizeof(T));
    }
    return read([&](unsigned lane) {
      if ((mask >> lane & 1) == 0) stop("a lane reads one that its mask leaves out");
      return brought[lane];
    });
  }

  EMULATOR_CODE void wait_for_warp(unsigned mask) {
    char& order = warp_order_[current_ / 32][threads_.data()[current_].exchanges % 2];
    order_before(order);
    exchange(mask, 0, [](auto&&) { return 0; });
    order_after(order);
  }

  EMULATOR_CODE unsigned lane() const { return current_ % 32; }

 private:
  enum class State { unstarted, ready, at_block_barrier, at_warp_barrier, finished };

  struct Thread {
    State state = State::unstarted;
    unsigned mask = 0, exchanges = 0, barriers = 0;
    Fiber* fiber = nullptr;
    std::uint64_t brought[2]{};
  };

  void run_block() {
    std::fill(threads_.begin(), threads_.end(), Thread{});
    unstarted_ = 0;
    order_before(block_begins_);
    while (run_round()) release();
  }

  EMULATOR_CODE unsigned in_order(unsigned place) const { return falling_ ? static_cast<unsigned>(threads_.size()) - 1 - place : place; }

  /// Lets every thread that can run do so until it waits or ends; false where none is left.
  bool run_round() {
    bool ran = false;
    for (unsigned place = 0; place < threads_.size(); ++place) {
      Thread& thread = threads_[in_order(place)];
      if (thread.state == State::ready) {
        ran = true;
        enter(in_order(place));
        resume(thread.fiber);
      }
    }
    while (unstarted_ < threads_.size()) {
      ran = true;
      if (idle_.empty()) {
        fibers_.push_back(std::make_unique<Fiber>(&take_threads));
        idle_.push_back(fibers_.back().get());
      }
      Fiber* const fiber = idle_.back();
      idle_.pop_back();
      resume(fiber);
    }
    const bool over = std::all_of(threads_.begin(), threads_.end(), [](const Thread& thread) { return thread.state == State::finished; });
    if (!over && !ran) stop("it waits at a barrier that others will never reach");
    return !over;
  }

  void resume(Fiber* fiber) {
    on_ = fiber;
    is_idle_ = false;
    fiber->resume();
    if (is_idle_) idle_.push_back(fiber);
  }

  EMULATOR_CODE void enter(unsigned thread) {
    current_ = thread;
    threadIdx = {thread % blockDim.x, thread / blockDim.x % blockDim.y, thread / (blockDim.x * blockDim.y)};
  }

  EMULATOR_CODE void wait(State state, unsigned mask) {
    Thread& thread = threads_.data()[current_];
    thread.state = state;
    thread.mask = mask;
    thread.fiber = on_;
    on_->pause();
  }

  /// Opens every barrier at which all have arrived that it waits for.
  void release() {
    const auto waits_or_ended = [](const Thread& thread) {
      return thread.state == State::at_block_barrier || thread.state == State::finished;
    };
    if (std::all_of(threads_.begin(), threads_.end(), waits_or_ended)) {
      for (Thread& thread : threads_) {
        if (thread.state == State::at_block_barrier) thread.state = State::ready;
      }
    }
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (threads_[i].state != State::at_warp_barrier) continue;
      const unsigned mask = threads_[i].mask;
      const std::size_t warp = i / 32 * 32;
      bool all = true;
      for (unsigned lane = 0; lane < 32; ++lane) {
        if ((mask >> lane & 1) == 0) continue;
        if (warp + lane >= threads_.size()) stop("a mask names a lane that there isn't");
        const Thread& other = threads_[warp + lane];
        all = all && other.state == State::at_warp_barrier && other.mask == mask;
      }
      for (unsigned lane = 0; all && lane < 32; ++lane) {
        if ((mask >> lane & 1) != 0) threads_[warp + lane].state = State::ready;
      }
    }
  }

  /// What every fiber does: threads, as long as there are any.
  EMULATOR_CODE static void take_threads() {
    Fiber* const own = running->on_;
    own->entered();
    for (;;) {
      running->run_threads();
      own->pause();
    }
  }

  EMULATOR_CODE void run_threads() {
    do {
      order_after(block_begins_);
      enter(in_order(static_cast<unsigned>(unstarted_++)));
      (*body_)();
      threads_.data()[current_].state = State::finished;
    } while (!finds_races && unstarted_ < threads_.size());
    is_idle_ = true;
  }

  const std::function<void()>* body_ = nullptr;
  std::vector<Thread> threads_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;
  Fiber* on_ = nullptr;
  unsigned current_ = 0;
  std::size_t unstarted_ = 0;
  bool falling_ = true, is_idle_ = false;
  char block_begins_ = 0, block_order_[2]{}, warp_order_[32][2]{};  // what ThreadSanitizer knows barriers by
};

/// Of all kernels: fibers are few and dear.
inline thread_local Block runner;

}  // namespace emulation

inline void __syncthreads() { emulation::running->wait_for_block(); }
inline void __syncwarp(unsigned mask = 0xFFFFFFFFU) { emulation::running->wait_for_warp(mask); }
/// Lanes whose source lies outside of their `width` lanes keep their own value.
template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = warpSize) {
  const unsigned lanes = static_cast<unsigned>(width), first = emulation::running->lane() / lanes * lanes;
  return emulation::running->exchange(mask, value, [&](auto&& from) { return from(first + static_cast<unsigned>(source) % lanes); });
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = warpSize) {
  const unsigned lane = emulation::running->lane(), source = lane ^ static_cast<unsigned>(lane_mask);
  const bool inside = source / static_cast<unsigned>(width) <= lane / static_cast<unsigned>(width);
  return emulation::running->exchange(mask, value, [&](auto&& from) { return from(inside ? source : lane); });
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = warpSize) {
  const unsigned lane = emulation::running->lane();
  const bool inside = lane % static_cast<unsigned>(width) + delta < static_cast<unsigned>(width);
  return emulation::running->exchange(mask, value, [&](auto&& from) { return from(inside ? lane + delta : lane); });
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = warpSize) {
  const unsigned lane = emulation::running->lane();
  const bool inside = lane % static_cast<unsigned>(width) >= delta;
  return emulation::running->exchange(mask, value, [&](auto&& from) { return from(inside ? lane - delta : lane); });
}
inline unsigned __ballot_sync(unsigned mask, int predicate) {
  return emulation::running->exchange(mask, predicate, [&](auto&& from) {
    unsigned ballot = 0;
    for (unsigned lane = 0; lane < 32; ++lane) {
      if ((mask >> lane & 1) != 0 && from(lane) != 0) ballot |= 1U << lane;
    }
    return ballot;
  });
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0 ? 1 : 0; }
inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) == mask ? 1 : 0; }
inline int __popc(unsigned word) { return __builtin_popcount(word); }
inline int __ffs(int word) { return __builtin_ffs(word); }
inline void __threadfence() {}
/// Of integers only: the order of floating-point additions would be the scheduler's.
template <class T>
  requires std::is_integral_v<T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
  return __atomic_fetch_add(address, value, __ATOMIC_RELAXED);
}
template <class T>
T __ldg(const T* address) {
  return *address;
}
inline float rsqrt(float x) { return 1 / sqrtf(x); }
inline double rsqrt(double x) { return 1 / sqrt(x); }
inline float rsqrtf(float x) { return rsqrt(x); }
inline float __expf(float x) { return expf(x); }
inline float __fdividef(float x, float y) { return x / y; }
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>(std::uint64_t{a} * b >> 32); }
inline unsigned __float_as_uint(float x) {
  unsigned bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
template <class T>
constexpr T max(T a, T b) {
  return a < b ? b : a;
}
template <class T>
constexpr T min(T a, T b) {
  return b < a ? b : a;
}
