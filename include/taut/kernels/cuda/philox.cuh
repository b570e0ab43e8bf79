/// philox: the random words of core/random.hpp, where kernels can call it.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace taut::kernels::cuda {

struct RandomWords {
  std::uint32_t words[4];
};

/// The words that taut::philox gives for (seed, stream) at `position`.
__device__ inline RandomWords philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t position) {
  RandomWords counter{{static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), static_cast<std::uint32_t>(stream),
                       static_cast<std::uint32_t>(stream >> 32)}};
  std::uint32_t key0 = static_cast<std::uint32_t>(seed), key1 = static_cast<std::uint32_t>(seed >> 32);
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter.words[0], product1 = std::uint64_t{0xCD9E8D57} * counter.words[2];
    counter = {{static_cast<std::uint32_t>(product1 >> 32) ^ counter.words[1] ^ key0, static_cast<std::uint32_t>(product1),
                static_cast<std::uint32_t>(product0 >> 32) ^ counter.words[3] ^ key1, static_cast<std::uint32_t>(product0)}};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

}  // namespace taut::kernels::cuda
