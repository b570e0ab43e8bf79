/// dropout: y = mask · x / (1 − percent/100), the mask drawn from Philox a few counters at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Vectors of counters that go through the rounds side by side. A round is 6 cycles of latency but 2 of work, and one vector's rounds
/// fill the scheduler: 64×512 floats took 36 µs with one, 29 with two, 27 with four, which spill (EPYC, Zen 3, AVX2, 2026-11-24).
/// Register budget: 2·4 words, 2·2 products, 2 factors; the round keys come from L1.
inline constexpr index_t philox_chains = 2;

/// Counters of one batch: enough that broadcasting the round keys is a few percent of it, and four words each stay in L1.
inline constexpr index_t philox_lanes = 64;

/// words[4·i + j] = word j of philox(key, position + i): the rounds of core/random.hpp. A 64-bit lane has one word in its low half; what
/// the products leave in the high half is never looked at, because multiply_low_halves doesn't and `^` keeps the halves apart.
inline void philox_batch(RandomKey key, std::uint64_t position, std::uint32_t* words /* (4 · philox_lanes) */) {
  static_assert(std::endian::native == std::endian::little, "two words are written as one 64-bit number");
  using Words = Vector<std::uint64_t>;
  constexpr index_t lanes = width<std::uint64_t>, chains = philox_chains;
  const auto all = [](std::uint64_t value) { return broadcast(value); };
  const Words factor0 = all(0xD2511F53), factor1 = all(0xCD9E8D57), low = all(UINT32_MAX);
  std::uint64_t pairs[2][philox_lanes];
  for (index_t i = 0; i < philox_lanes; ++i) pairs[0][i] = position + i;
  for (index_t first = 0; first < philox_lanes; first += chains * lanes) {
    Words c0[chains], c1[chains], c2[chains], c3[chains];
#pragma GCC unroll 2
    for (index_t i = 0; i < chains; ++i) {
      c0[i] = load_vector(pairs[0] + first + i * lanes);
      c1[i] = high_halves(c0[i]);
      c2[i] = all(key.stream);
      c3[i] = all(key.stream >> 32);
    }
    std::uint32_t key0 = static_cast<std::uint32_t>(key.seed), key1 = static_cast<std::uint32_t>(key.seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 2
      for (index_t i = 0; i < chains; ++i) {
        const Words product0 = multiply_low_halves(factor0, c0[i]), product1 = multiply_low_halves(factor1, c2[i]);
        c0[i] = high_halves(product1) ^ c1[i] ^ all(key0);
        c2[i] = high_halves(product0) ^ c3[i] ^ all(key1);
        c1[i] = product1;
        c3[i] = product0;
      }
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
#pragma GCC unroll 2
    for (index_t i = 0; i < chains; ++i) {
      store_vector(pairs[0] + first + i * lanes, (c0[i] & low) | raise_low_halves(c1[i]));
      store_vector(pairs[1] + first + i * lanes, (c2[i] & low) | raise_low_halves(c3[i]));
    }
  }
  std::uint64_t mixed[2 * philox_lanes];
  for (index_t i = 0; i < philox_lanes; ++i) {
    mixed[2 * i] = pairs[0][i];
    mixed[2 * i + 1] = pairs[1][i];
  }
  std::memcpy(words, mixed, sizeof mixed);
}

/// The smallest word whose unit_interval, on its grid of 2^-24, is at least `probability`. Requires probability < 1.
inline std::uint32_t first_kept(float probability) {
  return static_cast<std::uint32_t>(std::ceil(static_cast<double>(probability) * 0x1p24)) << 8;
}

}  // namespace detail

/// Element i is kept where word i % 4 of philox(key, i / 4), as a number in [0, 1), is at least percent/100. Requires percent < 100.
template <class T, class Threads>
void dropout(Threads& threads, index_t count,
             const T* x,  // (count)
             T* y,        // (count), may be x
             index_t percent, RandomKey key) {
  const std::uint32_t kept = detail::first_kept(static_cast<float>(percent) / 100.0F);
  const T factor = T{1} / (T{1} - static_cast<T>(percent) / T{100});
  constexpr index_t batch = 4 * detail::philox_lanes;
  static_assert(sweep_elements % batch == 0);
  const auto task = [&](index_t begin, index_t end, index_t) {
    std::uint32_t words[batch];
    T mask[batch];
    for (index_t first = begin; first < end; first += batch) {
      detail::philox_batch(key, first / 4, words);
      for (index_t i = 0; i < batch; ++i) mask[i] = words[i] >= kept ? T{1} : T{0};
      // By value: a vector's store may overwrite anything that has an address.
      const auto apply = [from = x + first, to = y + first, keep = static_cast<const T*>(mask), factor](index_t i, auto lanes) {
        const Vector<T> scaled = load_lanes<lanes>(from + i) * broadcast(factor), zero = broadcast(T{0});
        store_lanes<lanes>(to + i, select(load_lanes<lanes>(keep + i) > zero, scaled, zero));
      };
      const index_t here = std::min(batch, end - first);
      index_t i = 0;
      for (; i + width<T> <= here; i += width<T>) apply(i, std::integral_constant<index_t, width<T>>{});
      for (; i < here; ++i) apply(i, std::integral_constant<index_t, 1>{});
    }
  };
  constexpr index_t draw = 8;  // drawing an element takes as long as touching eight
  serial_or_parallel_blocks(threads, draw * count, count, sweep_elements, task);
}

}  // namespace taut::kernels::cpu
