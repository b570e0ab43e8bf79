/// TimedStep: something to do again and again on a stream of the GPU, and how long that takes by CUDA's events.
#pragma once

#include <cuda_runtime.h>

#include <functional>
#include <memory>
#include <type_traits>

#include "taut/device/cuda/check.cuh"

namespace bench_gpu {

struct TimedStep {
  std::function<void()> run;
  cudaStream_t stream = nullptr;  ///< where it runs; `run` keeps it alive
};

struct DestroyEvent {
  void operator()(cudaEvent_t event) const { static_cast<void>(cudaEventDestroy(event)); }
};
using Event = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, DestroyEvent>;

inline Event make_event() {
  cudaEvent_t event = nullptr;
  taut::cuda::check(cudaEventCreate(&event), "cudaEventCreate");
  return Event(event);
}

/// Seconds between two events around `steps` steps.
inline double seconds(const TimedStep& step, long steps) {
  const Event start = make_event(), stop = make_event();
  taut::cuda::check(cudaEventRecord(start.get(), step.stream), "cudaEventRecord");
  for (long i = 0; i < steps; ++i) step.run();
  taut::cuda::check(cudaEventRecord(stop.get(), step.stream), "cudaEventRecord");
  taut::cuda::check(cudaEventSynchronize(stop.get()), "cudaEventSynchronize");
  float milliseconds = 0;
  taut::cuda::check(cudaEventElapsedTime(&milliseconds, start.get(), stop.get()), "cudaEventElapsedTime");
  return 1e-3 * static_cast<double>(milliseconds);
}

}  // namespace bench_gpu
