/// InferenceRuns: how one caller's device is given a session's steps.
#pragma once

#include <span>

#include "taut/core/shape.hpp"
#include "taut/device/device.hpp"

namespace taut {

/// One after the other, every time. A device that is given them in another way specialises it: nn/graph_runs.cuh.
template <class T, class D>
class InferenceRuns {
 public:
  /// For as many numbers of samples and outputs as a batch can have.
  InferenceRuns(index_t /*most_samples*/, index_t /*most_outputs*/) {}

  /// launch(samples) gives the device its work on samples that it can read, and returns where the outputs will be. Returns where they are.
  /// The work depends on nothing but `weights` (an address) and `rows`.
  template <class Launch>
  const T* run(D& device, const T* /*weights*/, index_t /*rows*/, std::span<const T> samples, index_t /*outputs*/, Launch&& launch) {
    const T* const outputs = launch(staged(device, samples.data(), samples.size()));
    synchronize(device);
    return outputs;
  }
};

}  // namespace taut
