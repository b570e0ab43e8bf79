/// dropout: y = mask · x / (1 − percent/100), the mask drawn from Philox a few counters at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Counters of one batch: two 512-bit vectors of 64-bit products.
inline constexpr index_t philox_lanes = 16;

/// words[4·i + j] = word j of philox(key, position + i): the rounds of core/random.hpp, written so that compilers make vectors of them.
inline void philox_batch(RandomKey key, std::uint64_t position, std::uint32_t* words /* (4 · philox_lanes) */) {
  std::uint32_t c0[philox_lanes], c1[philox_lanes], c2[philox_lanes], c3[philox_lanes];
  for (index_t i = 0; i < philox_lanes; ++i) {
    c0[i] = static_cast<std::uint32_t>(position + i);
    c1[i] = static_cast<std::uint32_t>((position + i) >> 32);
    c2[i] = static_cast<std::uint32_t>(key.stream);
    c3[i] = static_cast<std::uint32_t>(key.stream >> 32);
  }
  std::uint32_t key0 = static_cast<std::uint32_t>(key.seed), key1 = static_cast<std::uint32_t>(key.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    for (index_t i = 0; i < philox_lanes; ++i) {
      const std::uint64_t product0 = std::uint64_t{0xD2511F53} * c0[i], product1 = std::uint64_t{0xCD9E8D57} * c2[i];
      c0[i] = static_cast<std::uint32_t>(product1 >> 32) ^ c1[i] ^ key0;
      c2[i] = static_cast<std::uint32_t>(product0 >> 32) ^ c3[i] ^ key1;
      c1[i] = static_cast<std::uint32_t>(product1);
      c3[i] = static_cast<std::uint32_t>(product0);
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  for (index_t i = 0; i < philox_lanes; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

}  // namespace detail

/// Element i is kept where word i % 4 of philox(key, i / 4), as a number in [0, 1), is at least percent/100. Requires percent < 100.
template <class T, class Threads>
void dropout(Threads& threads, index_t count,
             const T* x,  // (count)
             T* y,        // (count), may be x
             index_t percent, RandomKey key) {
  const float probability = static_cast<float>(percent) / 100.0F;
  const T factor = T{1} / (T{1} - static_cast<T>(percent) / T{100});
  constexpr index_t batch = 4 * detail::philox_lanes;
  static_assert(parallel_elements % batch == 0);
  const auto task = [&](index_t begin, index_t end, index_t) {
    std::uint32_t words[batch];
    for (index_t first = begin; first < end; first += batch) {
      detail::philox_batch(key, first / 4, words);
      const index_t here = std::min(batch, end - first);
      for (index_t i = 0; i < here; ++i) y[first + i] = unit_interval(words[i]) >= probability ? x[first + i] * factor : T{0};
    }
  };
  serial_or_parallel_blocks(threads, count, count, parallel_elements, task);
}

}  // namespace taut::kernels::cpu
