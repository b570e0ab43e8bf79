/// loss_totals: the sums of an epoch's losses, kept where they arise, so that nobody waits for each.
#pragma once

#include <cuda_runtime.h>

#include "taut/device/cuda/launch.cuh"

namespace taut::kernels::cuda {

/// Numbers of an epoch's totals: its Σ loss, Σ weight and Σ correct, its steps, the first step whose loss isn't finite, or 0, that loss.
inline constexpr int loss_totals = 6;

/// One thread. Reads and writes 9 numbers.
template <class Number>
__global__ void __launch_bounds__(32)
    add_to_loss_totals_kernel(const Number* sums,  // (3): a step's loss, weight and correct
                              Number* totals) {    // (loss_totals)
  if (threadIdx.x != 0) return;
  for (int i = 0; i < 3; ++i) totals[i] += sums[i];
  totals[3] += 1;
  const bool finite = sums[0] - sums[0] == 0;
  if (finite || totals[4] != 0) return;
  totals[4] = totals[3];
  totals[5] = sums[0];
}

inline void add_to_loss_totals(cudaStream_t stream, const double* sums, double* totals) {
  taut::cuda::launch(stream, {}, 32, &add_to_loss_totals_kernel<double>, sums, totals);
}

}  // namespace taut::kernels::cuda
