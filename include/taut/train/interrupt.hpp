/// InterruptGuard: while it lives, Ctrl-C is a request to stop after the current step instead of the end of the program.
#pragma once

#include <atomic>
#include <csignal>

namespace taut {

/// One at a time. A second Ctrl-C ends the program as usual; the former handler is back when the guard is gone.
class InterruptGuard {
 public:
  InterruptGuard() {
    requested_.store(false, std::memory_order_relaxed);
    former_ = std::signal(SIGINT, on_signal);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard() { std::signal(SIGINT, former_ == SIG_ERR ? SIG_DFL : former_); }

  bool requested() const { return requested_.load(std::memory_order_relaxed); }

 private:
  static void on_signal(int signal) {
    requested_.store(true, std::memory_order_relaxed);
    std::signal(signal, SIG_DFL);
  }

  static inline std::atomic<bool> requested_{false};
  static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

  void (*former_)(int) = SIG_DFL;
};

}  // namespace taut
