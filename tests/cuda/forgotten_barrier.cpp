/// Forgotten barrier: a kernel whose threads read what others write, for ThreadSanitizer to report on the emulated device; or not, with the
/// barrier there. forgotten_barrier block|warp|none
#include <cstdio>
#include <string>
#include <vector>

#include "taut/device/cuda/launch.cuh"

namespace {

/// Each thread takes its neighbour's number, twice, from the same place.
__global__ void neighbours(bool block_waits, bool warp_waits, unsigned* out /* (threads) */) {
  __shared__ unsigned numbers[64];
  numbers[threadIdx.x] = threadIdx.x;
  if (warp_waits) {
    __syncwarp();
  } else {
    __shfl_sync(0xFFFFFFFFU, 0, 0);  // all are there, but what they wrote needn't be
  }
  out[threadIdx.x] = numbers[threadIdx.x ^ 1U];
  __syncthreads();
  numbers[63 - threadIdx.x] = threadIdx.x;
  if (block_waits) __syncthreads();
  out[threadIdx.x] += numbers[threadIdx.x];
}

}  // namespace

int main(int count, char** arguments) {
  const std::string forgotten = count == 2 ? arguments[1] : "";
  if (forgotten != "block" && forgotten != "warp" && forgotten != "none") {
    std::fputs("forgotten_barrier: expected block, warp or none\n", stderr);
    return 2;
  }
  cudaStream_t stream = nullptr;
  taut::cuda::check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  std::vector<unsigned> out(64);
  taut::cuda::launch(stream, {2}, 64, &neighbours, forgotten != "block", forgotten != "warp", out.data());
  taut::cuda::check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  taut::cuda::check(cudaStreamDestroy(stream), "cudaStreamDestroy");
}
