/// ThreadPool: runs numbered tasks on a few threads. Which thread runs a task is free; what a task does depends on its number alone.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include "taut/core/call_task.hpp"
#include "taut/core/shape.hpp"

namespace taut {

namespace detail {

/// Tells the core that this is a waiting loop.
inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

}  // namespace detail

/// The caller works too, so `ThreadPool{1}` starts no thread at all, and no pool starts one before its first parallel task.
///
/// Results never depend on the number of threads as long as callers cut work into tasks by the work's size alone
/// and combine partial results in the order of the tasks. One caller at a time; tasks must not throw or call the pool again.
class ThreadPool {
 public:
  /// `threads` includes the caller; 0 means one a hardware thread.
  explicit ThreadPool(unsigned threads = 0)
      : threads_(threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency())) {}

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  ~ThreadPool() {
    stopping_.store(true, std::memory_order_relaxed);
    state_.fetch_add(generation_step, std::memory_order_release);
    state_.notify_all();
  }

  unsigned threads() const { return threads_; }

  /// Calls task(0) … task(tasks - 1), each once, and returns when all have returned. A task that needs scratch memory takes a second
  /// argument, the number of the thread that runs it, below threads().
  template <class Task>
  void run(index_t tasks, Task&& task) {
    if (threads_ == 1 || tasks <= 1) {
      for (index_t i = 0; i < tasks; ++i) detail::call_task(task, i, 0);
      return;
    }
    if (workers_.empty()) start();
    using Callable = std::remove_reference_t<Task>;
    job_ = {[](void* callable, index_t i, index_t thread) { detail::call_task(*static_cast<Callable*>(callable), i, thread); },
            const_cast<void*>(static_cast<const void*>(std::addressof(task))), static_cast<std::uint32_t>(tasks)};
    finished_.store(0, std::memory_order_relaxed);
    const std::uint64_t generation = (state_.load(std::memory_order_relaxed) & ~remaining_mask) + generation_step;
    state_.store(generation | tasks, std::memory_order_release);
    state_.notify_all();
    while (run_one(0)) {
    }
    wait_until_finished(static_cast<std::uint32_t>(tasks));
  }

 private:
  struct Job {
    void (*call)(void*, index_t task, index_t thread) = nullptr;
    void* callable = nullptr;
    std::uint32_t tasks = 0;
  };

  // The low half of the state counts the tasks nobody has taken yet, the high half the jobs so far. A thread owns a task once it
  // has counted it down; the job can't change before that task is finished, so reading the job afterwards is safe.
  static constexpr std::uint64_t generation_step = std::uint64_t{1} << 32;
  static constexpr std::uint64_t remaining_mask = generation_step - 1;
  // About 20 µs of waiting before a thread sleeps: longer than the gap between two kernels, too short to starve a shared machine.
  static constexpr int spins = 500;

  bool run_one(index_t thread) {
    std::uint64_t seen = state_.load(std::memory_order_acquire);
    while ((seen & remaining_mask) != 0) {
      if (!state_.compare_exchange_weak(seen, seen - 1, std::memory_order_acquire)) continue;
      const Job job = job_;
      job.call(job.callable, job.tasks - static_cast<std::uint32_t>(seen & remaining_mask), thread);
      if (finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == job.tasks) finished_.notify_one();
      return true;
    }
    return false;
  }

  void wait_until_finished(std::uint32_t tasks) {
    for (int spin = 0; spin < spins; ++spin) {
      if (finished_.load(std::memory_order_acquire) == tasks) return;
      detail::relax();
    }
    for (std::uint32_t seen = finished_.load(std::memory_order_acquire); seen != tasks;
         seen = finished_.load(std::memory_order_acquire)) {
      finished_.wait(seen, std::memory_order_acquire);
    }
  }

  void work(index_t thread) {
    while (!stopping_.load(std::memory_order_relaxed)) {
      if (run_one(thread)) continue;
      std::uint64_t idle = state_.load(std::memory_order_acquire);
      for (int spin = 0; spin < spins && (idle & remaining_mask) == 0; ++spin) {
        detail::relax();
        idle = state_.load(std::memory_order_acquire);
      }
      if ((idle & remaining_mask) == 0 && !stopping_.load(std::memory_order_relaxed)) {
        state_.wait(idle, std::memory_order_acquire);
      }
    }
  }

  void start() {
    workers_.reserve(threads_ - 1);
    for (unsigned i = 1; i < threads_; ++i) workers_.emplace_back([this, i] { work(i); });
  }

  unsigned threads_;
  Job job_{};
  alignas(64) std::atomic<std::uint64_t> state_{0};
  alignas(64) std::atomic<std::uint32_t> finished_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::jthread> workers_;  // last: joined before anything above is gone
};

}  // namespace taut
