/// graph_runs: a session's steps on a GPU, captured and replayed.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <map>
#include <span>
#include <utility>

#include "taut/core/arena.hpp"
#include "taut/device/cuda/captured_graph.cuh"
#include "taut/device/cuda/check.cuh"
#include "taut/device/cuda/memory.cuh"
#include "taut/device/cuda/recording.cuh"
#include "taut/nn/inference_runs.hpp"

namespace taut {

/// Where the device records: by a CUDA graph, captured at a session's first run of each number of rows. It reads samples from memory of its
/// own, and copies the outputs to the host's, where pages need not move to be looked at. A session in which a layer computes on the host is
/// given its steps one after the other.
template <class T, class D>
  requires requires(D& device, cuda::Recording* recording) { device.record(recording); }
class InferenceRuns<T, D> {
 public:
  InferenceRuns(index_t most_samples, index_t most_outputs)
      : samples_(most_samples, cuda::managed_memory), outputs_(most_outputs, cuda::pinned_memory) {}

  template <class Launch>
  const T* run(D& device, const T* weights, index_t rows, std::span<const T> samples, index_t outputs, Launch&& launch) {
    const auto copy = [&](T* to, const T* from, index_t count) {
      cuda::check(cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyDefault, device.stream()), "cudaMemcpyAsync");
    };
    const auto steps = [&] { copy(outputs_.data(), launch(samples_.data()), outputs); };
    copy(samples_.data(), samples.data(), samples.size());
    if (records_) {
      try {
        captured(device, {weights, rows}, steps).launch(device.stream());
      } catch (const cuda::NotRecordable&) {
        records_ = false;
      }
    }
    if (!records_) steps();
    device.synchronize();
    return outputs_.data();
  }

 private:
  using Key = std::pair<const T*, index_t>;  // where the weights lie, and rows
  static constexpr std::size_t most_graphs = 64;

  template <class Steps>
  const cuda::CapturedGraph& captured(D& device, const Key& key, Steps&& steps) {
    if (const auto found = graphs_.find(key); found != graphs_.end()) return found->second;
    cuda::Recording recording;
    cuda::CapturedGraph graph(device, recording, steps);
    if (graphs_.size() == most_graphs) graphs_.clear();  // batches of any number of rows must not fill the memory
    return graphs_.emplace(key, std::move(graph)).first->second;
  }

  Arena<T> samples_, outputs_;
  std::map<Key, cuda::CapturedGraph> graphs_;
  bool records_ = true;
};

}  // namespace taut
