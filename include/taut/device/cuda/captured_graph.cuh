/// CapturedGraph: what a stream was given once, to be given again at once.
#pragma once

#include <cuda_runtime.h>

#include <memory>
#include <type_traits>

#include "taut/device/cuda/check.cuh"
#include "taut/device/cuda/recording.cuh"

namespace taut::cuda {

class CapturedGraph {
 public:
  /// Captures what `launches` gives the device, while the device records; nothing of it runs. What `launches` throws ends the capture.
  template <class D, class Launches>
  CapturedGraph(D& device, Recording& recording, Launches&& launches) {
    const cudaStream_t stream = device.stream();
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), "cudaStreamBeginCapture");
    cudaGraph_t captured = nullptr;
    try {
      const Recorder recorder(device, recording);
      launches();
    } catch (...) {
      static_cast<void>(cudaStreamEndCapture(stream, &captured));
      if (captured != nullptr) static_cast<void>(cudaGraphDestroy(captured));
      static_cast<void>(cudaGetLastError());
      throw;
    }
    check(cudaStreamEndCapture(stream, &captured), "cudaStreamEndCapture");
    cudaGraphExec_t executable = nullptr;
    const cudaError_t made = cudaGraphInstantiate(&executable, captured, 0);
    static_cast<void>(cudaGraphDestroy(captured));
    check(made, "cudaGraphInstantiate");
    executable_.reset(executable);
  }

  /// The memory that it works on must be there until it is done.
  void launch(cudaStream_t stream) const { check(cudaGraphLaunch(executable_.get(), stream), "cudaGraphLaunch"); }

 private:
  struct Destroy {
    void operator()(cudaGraphExec_t executable) const { static_cast<void>(cudaGraphExecDestroy(executable)); }
  };
  std::unique_ptr<std::remove_pointer_t<cudaGraphExec_t>, Destroy> executable_;
};

}  // namespace taut::cuda
