/// Bench support: random buffers, and registration with the counters that a row of the op table calls for.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <utility>

#include "ops/op_table.hpp"
#include "taut/core/arena.hpp"
#include "taut/core/random.hpp"

namespace bench {

using taut::index_t;

inline constexpr index_t batch = ops::network_batch;
inline constexpr unsigned thread_counts[] = {1, 2};

/// Uniform within ±1.
inline taut::Arena<float> random_buffer(index_t count, std::uint64_t seed = 1) {
  taut::Arena<float> buffer(count);
  taut::Random random{seed};
  for (float& value : buffer.span()) value = random.uniform(-1, 1);
  return buffer;
}

enum class Work { flops, bytes, images };

/// Benchmark `name` at each number of threads. `make(threads)` prepares the data and returns what one iteration runs, `work` says how much
/// that is.
template <class Make>
void add(const std::string& name, Work unit, double work, Make make) {
  for (const unsigned threads : thread_counts) {
    benchmark::RegisterBenchmark((name + "/threads:" + std::to_string(threads)).c_str(), [=](benchmark::State& state) {
      auto run = make(threads);
      run();  // pages, caches, threads
      for (auto _ : state) run();
      const char* const counter = unit == Work::flops ? "FLOP/s" : unit == Work::bytes ? "B/s" : "images/s";
      state.counters[counter] = benchmark::Counter(work, benchmark::Counter::kIsIterationInvariantRate);
    })->UseRealTime()->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace bench
