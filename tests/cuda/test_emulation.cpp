// The emulator itself: what a kernel and a stream may rely on, since every other test of the CUDA kernels stands on it.
#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include "support/error_of.hpp"
#include "taut/device/cuda/launch.cuh"

using taut::test::error_of;

namespace {

/// A stream of its own for one test.
struct OwnStream {
  cudaStream_t stream = nullptr;
  OwnStream() { taut::cuda::check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags"); }
  ~OwnStream() { cudaStreamDestroy(stream); }
  void wait() const { taut::cuda::check(cudaStreamSynchronize(stream), "cudaStreamSynchronize"); }
};

/// Reverses each block's part through shared memory.
template <class T>
__global__ void reverse(T* x) {
  __shared__ T values[128];
  const unsigned first = blockIdx.x * blockDim.x;
  for (int turn = 0; turn < 3; ++turn) {
    values[threadIdx.x] = x[first + threadIdx.x];
    __syncthreads();
    x[first + threadIdx.x] = values[blockDim.x - 1 - threadIdx.x];
    __syncthreads();
  }
}

__global__ void sum_lanes(const int* x, int* butterfly, int* down, unsigned* odd, int* broadcast) {
  int a = x[threadIdx.x], b = a;
  for (int distance = 16; distance > 0; distance /= 2) {
    a += __shfl_xor_sync(0xFFFFFFFFU, a, distance);
    b += __shfl_down_sync(0xFFFFFFFFU, b, static_cast<unsigned>(distance));
  }
  const unsigned ballot = __ballot_sync(0xFFFFFFFFU, x[threadIdx.x] % 2);
  butterfly[threadIdx.x] = a;
  if (threadIdx.x % 32 == 0) {
    down[threadIdx.x / 32] = b;
    odd[threadIdx.x / 32] = ballot;
  }
  broadcast[threadIdx.x] = __shfl_sync(0xFFFFFFFFU, x[threadIdx.x], 3);
}

__global__ void count(unsigned* counter) { atomicAdd(counter, 1U); }

__global__ void sum_dynamic(const double* x, double* sum) {
  double* const values = taut::cuda::dynamic_shared<double>();
  values[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  if (threadIdx.x != 0) return;
  *sum = 0;
  for (unsigned i = 0; i < blockDim.x; ++i) *sum += values[i];
}

}  // namespace

TEST_CASE("A block's threads meet at its barriers, block after block") {
  const OwnStream own;
  std::vector<int> x(512), expected(512);
  std::iota(x.begin(), x.end(), 0);
  for (int i = 0; i < 512; ++i) expected[static_cast<std::size_t>(i)] = i / 128 * 128 + 127 - i % 128;
  for (int launches = 0; launches < 2; ++launches) {
    taut::cuda::launch(own.stream, {4}, 128, &reverse<int>, x.data());
    own.wait();
    if (launches == 0) CHECK(x == expected);
  }
  CHECK(x[0] == 0);
}

TEST_CASE("Lanes exchange values") {
  const OwnStream own;
  std::vector<int> x(64), butterfly(64), down(2), broadcast(64);
  std::vector<unsigned> odd(2);
  std::iota(x.begin(), x.end(), 0);
  taut::cuda::launch(own.stream, {}, 64, &sum_lanes, x.data(), butterfly.data(), down.data(), odd.data(), broadcast.data());
  own.wait();
  CHECK(butterfly[5] == 496);
  CHECK(butterfly[63] == 496 + 1024);
  CHECK(down == std::vector<int>{496, 496 + 1024});
  CHECK(odd == std::vector<unsigned>{0xAAAAAAAAU, 0xAAAAAAAAU});
  CHECK(broadcast[40] == 35);
}

TEST_CASE("Atomic additions and dynamic shared memory") {
  const OwnStream own;
  unsigned counter = 0;
  taut::cuda::launch(own.stream, {3, 2, 2}, 100, &count, &counter);
  CHECK(counter == 0);  // nobody has waited yet
  own.wait();
  CHECK(counter == 1200);
  std::vector<double> x(64, 0.5);
  double sum = 0;
  taut::cuda::launch(own.stream, {.x = 1, .shared = 64 * sizeof(double)}, 64, &sum_dynamic, x.data(), &sum);
  own.wait();
  CHECK(sum == 32);
}

TEST_CASE("A captured stream does nothing, its graph everything") {
  const OwnStream own;
  unsigned counter = 0;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  taut::cuda::check(cudaStreamBeginCapture(own.stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
  taut::cuda::launch(own.stream, {2}, 32, &count, &counter);
  taut::cuda::launch(own.stream, {1}, 32, &count, &counter);
  taut::cuda::check(cudaStreamEndCapture(own.stream, &graph), "cudaStreamEndCapture");
  taut::cuda::check(cudaGraphInstantiate(&executable, graph, 0), "cudaGraphInstantiate");
  own.wait();
  CHECK(counter == 0);
  for (int i = 0; i < 3; ++i) taut::cuda::check(cudaGraphLaunch(executable, own.stream), "cudaGraphLaunch");
  own.wait();
  CHECK(counter == 3 * 96);
  cudaGraphExecDestroy(executable);
  cudaGraphDestroy(graph);
}

TEST_CASE("Waiting while capturing is an error") {
  const OwnStream own;
  cudaGraph_t graph = nullptr;
  taut::cuda::check(cudaStreamBeginCapture(own.stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
  CHECK(cudaStreamSynchronize(own.stream) == cudaErrorStreamCaptureUnsupported);
  CHECK(cudaStreamEndCapture(own.stream, &graph) == cudaErrorStreamCaptureInvalidated);
  cudaGetLastError();
}

TEST_CASE("A launch that cannot be says what it was and where it stands") {
  const OwnStream own;
  unsigned counter = 0;
  const std::string sentence = error_of([&] { taut::cuda::launch(own.stream, {2, 3}, 2048, &count, &counter); });
  CHECK(sentence.find("launching 2 x 3 x 1 blocks of 2048 threads failed at ") == 0);
  CHECK(sentence.find("test_emulation.cpp:") != std::string::npos);
  CHECK(sentence.find("cudaErrorInvalidConfiguration (invalid configuration argument)") != std::string::npos);
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(error_of([&] { taut::cuda::launch(own.stream, {1, 70000}, 32, &count, &counter); }) != "");
  taut::cuda::launch(own.stream, {0}, 32, &count, &counter);
  own.wait();
  CHECK(counter == 0);
}

TEST_CASE("Memory runs out, and pointers know what they point to") {
  void* block = nullptr;
  const std::size_t before = emulation::machine.allocated;
  CHECK(cudaMallocManaged(&block, std::size_t{1} << 50) == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  REQUIRE(cudaMallocManaged(&block, 1000) == cudaSuccess);
  cudaPointerAttributes attributes;
  int local = 0;
  cudaPointerGetAttributes(&attributes, static_cast<char*>(block) + 999);
  CHECK(attributes.type == cudaMemoryTypeManaged);
  cudaPointerGetAttributes(&attributes, &local);
  CHECK(attributes.type == cudaMemoryTypeUnregistered);
  CHECK(cudaFree(block) == cudaSuccess);
  CHECK(emulation::machine.allocated == before);
}
