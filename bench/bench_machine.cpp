/// What the machine can do: fused multiply-adds from registers, and copying. Everything else is to be seen against these two.
#include <algorithm>
#include <cstring>
#include <memory>

#include "bench_support.hpp"
#include "taut/core/parallel.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace {

using bench::index_t;
using taut::kernels::cpu::Vector;

constexpr index_t accumulators = 12, rounds = 1 << 18;  // 2 ports × latency 4 ask for 8; 12 leave 4 of 16 registers

/// Keeps every port busy with products that depend on nothing but their own accumulator.
float multiply_add_rounds() {
  namespace cpu = taut::kernels::cpu;
  Vector<float> sums[accumulators];
  for (index_t i = 0; i < accumulators; ++i) sums[i] = cpu::broadcast(static_cast<float>(i));
  Vector<float> a = cpu::broadcast(0.999F), b = cpu::broadcast(0.001F);
  benchmark::DoNotOptimize(a);
  benchmark::DoNotOptimize(b);
  for (index_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (index_t i = 0; i < accumulators; ++i) sums[i] = cpu::fma(sums[i], a, b);
  }
  for (index_t i = 1; i < accumulators; ++i) sums[0] = sums[0] + sums[i];
  float lanes[taut::kernels::cpu::width<float>];
  sums[0].store_unaligned(lanes);
  return lanes[0];
}

struct Buffers {
  explicit Buffers(unsigned count) : threads(count) {}

  taut::ThreadPool threads;
  taut::Arena<float> from, to;
};

const bool added = [] {
  for (const unsigned threads : bench::thread_counts) {
    const std::string suffix = "/threads:" + std::to_string(threads);
    benchmark::RegisterBenchmark(("machine multiply-add" + suffix).c_str(), [threads](benchmark::State& state) {
      taut::ThreadPool pool(threads);
      for (auto _ : state) pool.run(threads, [](index_t) { benchmark::DoNotOptimize(multiply_add_rounds()); });
      const double flops = 2.0 * static_cast<double>(threads * rounds * accumulators * taut::kernels::cpu::width<float>);
      state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
    })->UseRealTime()->Unit(benchmark::kMicrosecond);
  }
  // 16 MiB: beyond a core's own caches. 512 MiB: beyond any.
  for (const index_t mebibytes : {index_t{16}, index_t{512}}) {
    const index_t count = mebibytes * 1024 * 1024 / sizeof(float);
    bench::add("machine copy " + std::to_string(mebibytes) + " MiB", bench::Work::bytes, 2.0 * static_cast<double>(count * sizeof(float)),
               [count](unsigned threads) {
                 auto d = std::make_shared<Buffers>(threads);
                 d->from = taut::Arena<float>(count);
                 d->to = taut::Arena<float>(count);
                 std::fill_n(d->from.data(), count, 1.0F);  // pages that were never written are all the same one, in the cache
                 return [d, count] {
                   const index_t parts = d->threads.threads();
                   d->threads.run(parts, [&](index_t i) {
                     const index_t begin = i * count / parts, end = (i + 1) * count / parts;
                     std::memcpy(d->to.data() + begin, d->from.data() + begin, (end - begin) * sizeof(float));
                   });
                   benchmark::ClobberMemory();
                 };
               });
  }
  return true;
}();

}  // namespace
