/// ThreadPool: each task once, results that don't depend on the number of threads.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "taut/core/parallel.hpp"
#include "taut/core/random.hpp"

using taut::index_t;
using taut::ThreadPool;

namespace {

/// Partial sums of tasks of a fixed size, combined in the order of the tasks.
float sum_of_parts(ThreadPool& pool, const std::vector<float>& values) {
  constexpr index_t part = 1000;
  const index_t tasks = (values.size() + part - 1) / part;
  std::vector<float> sums(tasks);
  pool.run(tasks, [&](index_t task) {
    for (index_t i = task * part; i < std::min((task + 1) * part, values.size()); ++i) sums[task] += std::sin(values[i]);
  });
  float sum = 0;
  for (float x : sums) sum += x;
  return sum;
}

}  // namespace

TEST_CASE("every task runs exactly once, for any number of tasks and threads") {
  for (unsigned threads : {1U, 2U, 3U, 8U}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (index_t tasks : {0U, 1U, 2U, 3U, 7U, 8U, 9U, 64U, 1000U}) {
      std::vector<int> runs(tasks);
      pool.run(tasks, [&](index_t task) { ++runs[task]; });
      CHECK(runs == std::vector<int>(tasks, 1));
    }
  }
}

TEST_CASE("a run has finished when it returns, over many small jobs") {
  ThreadPool pool(4);
  std::vector<std::uint64_t> slots(5);
  for (std::uint64_t job = 1; job <= 20'000; ++job) {
    const index_t tasks = 1 + job % 5;
    pool.run(tasks, [&](index_t task) { slots[task] += job; });
  }
  std::vector<std::uint64_t> expected(5);
  for (std::uint64_t job = 1; job <= 20'000; ++job) {
    for (index_t task = 0; task < 1 + job % 5; ++task) expected[task] += job;
  }
  CHECK(slots == expected);
}

TEST_CASE("tasks see what was written before the run, and the caller what they wrote") {
  ThreadPool pool(3);
  std::vector<int> a(300), b(300);
  for (int round = 0; round < 200; ++round) {
    for (index_t i = 0; i < a.size(); ++i) a[i] = round + static_cast<int>(i);
    pool.run(3, [&](index_t task) {
      for (index_t i = task * 100; i < (task + 1) * 100; ++i) b[i] = 2 * a[299 - i];
    });
    int differences = 0;
    for (index_t i = 0; i < a.size(); ++i) differences += b[i] == 2 * a[299 - i] ? 0 : 1;
    REQUIRE(differences == 0);
  }
}

TEST_CASE("sleeping workers wake up again") {
  ThreadPool pool(2);
  std::atomic<int> runs{0};
  for (int round = 0; round < 5; ++round) {
    pool.run(16, [&](index_t) { ++runs; });
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // far longer than a worker spins
  }
  CHECK(runs == 80);
}

TEST_CASE("a pool may end unused, used once, or right after a job") {
  int runs = 0;
  for (int i = 0; i < 50; ++i) {
    { ThreadPool unused(4); }
    ThreadPool pool(4);
    std::atomic<int> count{0};
    pool.run(4, [&](index_t) { ++count; });
    runs += count;
  }
  CHECK(runs == 200);
  CHECK(ThreadPool().threads() >= 1);
}

TEST_CASE("one thread runs the tasks in order, on the caller") {
  ThreadPool pool(1);
  std::vector<index_t> order;
  const auto caller = std::this_thread::get_id();
  bool same_thread = true;
  pool.run(10, [&](index_t task) {
    order.push_back(task);
    same_thread = same_thread && std::this_thread::get_id() == caller;
  });
  CHECK(order == std::vector<index_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(same_thread);
}

TEST_CASE("more threads work at the same time") {
  ThreadPool pool(3);
  std::atomic<int> arrived{0};
  pool.run(3, [&](index_t) {  // each waits for the others: returns only if three threads run
    ++arrived;
    while (arrived < 3) std::this_thread::yield();
  });
  CHECK(arrived == 3);
}

TEST_CASE("a sum of parts has the same bits on any number of threads") {
  taut::Random random(9);
  std::vector<float> values(54'321);
  for (float& x : values) x = random.uniform(-10, 10);
  ThreadPool one(1);
  const float expected = sum_of_parts(one, values);
  for (unsigned threads : {2U, 3U, 5U, 8U}) {
    ThreadPool pool(threads);
    for (int repetition = 0; repetition < 3; ++repetition) {
      const float sum = sum_of_parts(pool, values);
      CHECK(std::memcmp(&sum, &expected, sizeof sum) == 0);
    }
  }
}

TEST_CASE("a task may be const, movable only, or a function") {
  ThreadPool pool(2);
  static std::atomic<index_t> total{0};
  total = 0;
  const auto constant = [](index_t task) { total += task; };
  pool.run(4, constant);
  pool.run(4, [owner = std::make_unique<int>(1)](index_t task) { total += task * static_cast<index_t>(*owner); });
  pool.run(4, +[](index_t task) { total += task; });
  CHECK(total == 18);
}
