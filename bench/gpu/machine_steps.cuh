/// Machine steps: what the GPU itself can do, for shares of it.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "device_array.cuh"
#include "taut/device/cuda.cuh"
#include "taut/device/cuda/launch.cuh"
#include "taut/kernels/cuda/mma.cuh"
#include "timed_step.cuh"

namespace bench_gpu {

using taut::cuda::Precision;

inline constexpr int peak_threads = 256, peak_warps = peak_threads / 32, peak_blocks_a_multiprocessor = 4;
inline constexpr int peak_rounds = 4096, peak_accumulators = 8;

/// Flops of one thread's, or of tensor cores one warp's, round on one accumulator.
constexpr double flops_of_round(Precision precision) {
  return precision == Precision::fp32 ? 2.0 * 4 : precision == Precision::tf32 ? 2.0 * 16 * 8 * 8 : 2.0 * 16 * 8 * 16;
}

/// Multiply-adds that depend on nothing but their own accumulator: 4 × peak_accumulators of a thread, or fragments of a warp.
/// No bytes but `out` (1), which is never written; flops: see flops_of_round.
template <Precision precision>
__global__ void multiply_adds(float seed, float* out) {
  float sums[peak_accumulators][4];
  for (int i = 0; i < peak_accumulators; ++i) {
    for (int j = 0; j < 4; ++j) sums[i][j] = seed + static_cast<float>(threadIdx.x + i + j);
  }
  const std::uint32_t bits = __float_as_uint(seed);
  const std::uint32_t a[4] = {bits, bits, bits, bits}, b[2] = {bits, bits};
  for (int round = 0; round < peak_rounds; ++round) {
#pragma unroll
    for (int i = 0; i < peak_accumulators; ++i) {
      if constexpr (precision == Precision::fp32) {
#pragma unroll
        for (int j = 0; j < 4; ++j) sums[i][j] = fmaf(sums[i][j], 0.999F, seed);
      } else if constexpr (precision == Precision::tf32) {
        taut::kernels::cuda::mma_tf32(sums[i], a, b);
      } else {
        taut::kernels::cuda::mma_bf16(sums[i], a, b);
      }
    }
  }
  float sum = 0;
  for (int i = 0; i < peak_accumulators; ++i) {
    for (int j = 0; j < 4; ++j) sum += sums[i][j];
  }
  if (sum == 0.123F) *out = sum;
}

/// The whole launch's flops.
inline double peak_flops(Precision precision, int multiprocessors) {
  const double workers = precision == Precision::fp32 ? peak_threads : peak_warps;
  return flops_of_round(precision) * workers * peak_rounds * peak_accumulators * peak_blocks_a_multiprocessor * multiprocessors;
}

template <Precision precision>
TimedStep peak(int gpu, int multiprocessors) {
  const auto device = std::make_shared<taut::Cuda>(taut::Cuda::Options{.device = gpu});
  const auto out = std::make_shared<DeviceArray<float>>(1);
  return {[=] {
            const taut::cuda::Grid blocks{static_cast<unsigned>(peak_blocks_a_multiprocessor * multiprocessors)};
            taut::cuda::launch(device->stream(), blocks, peak_threads, multiply_adds<precision>, 0.001F, out->data());
          },
          device->stream()};
}

/// Copies within the GPU's memory: 2 · 2^20 · mebibytes bytes.
inline TimedStep copy(int gpu, std::size_t mebibytes) {
  const auto device = std::make_shared<taut::Cuda>(taut::Cuda::Options{.device = gpu});
  const std::size_t bytes = mebibytes << 20;
  const auto from = std::make_shared<DeviceArray<unsigned char>>(bytes), to = std::make_shared<DeviceArray<unsigned char>>(bytes);
  return {[=] {
            const cudaError_t started = cudaMemcpyAsync(to->data(), from->data(), bytes, cudaMemcpyDeviceToDevice, device->stream());
            taut::cuda::check(started, "cudaMemcpyAsync");
          },
          device->stream()};
}

}  // namespace bench_gpu
