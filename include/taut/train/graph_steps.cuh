/// graph_steps: a Trainer's steps on a GPU, captured and replayed, without waiting for each one's loss.
#pragma once

#include <memory>

#include "taut/device/cuda/recording.cuh"
#include "taut/train/training_graph.cuh"
#include "taut/train/training_steps.hpp"

namespace taut {

/// Where the device records: by a TrainingGraph, with the bits of EagerSteps, which take over for good where a step can't be recorded:
/// where gradients are clipped, or a layer, loss or optimizer of one's own computes on the host. A loss that isn't finite has gone through
/// the weights by the time that it is found.
template <class Model, class Opt, class L>
  requires requires(typename Model::DeviceType& device, cuda::Recording* recording) { device.record(recording); }
class TrainingSteps<Model, Opt, L> {
 public:
  TrainingSteps(Model& model, Opt& optimizer, const L& loss, double max_grad_norm) : eager_(model, optimizer, loss, max_grad_norm) {
    if (!(max_grad_norm > 0)) graph_ = std::make_unique<cuda::TrainingGraph<Model, Opt, L>>(model, optimizer, loss);
  }

  void begin(const LossRecord& so_far) {
    if (graph_ == nullptr) return eager_.begin(so_far);
    graph_->begin(so_far);
  }

  template <class Targets>
  void step(const typename Model::Input& samples, const Targets& targets) {
    if (graph_ == nullptr) return eager_.step(samples, targets);
    try {
      graph_->step(samples, targets);
    } catch (const cuda::NotRecordable&) {
      eager_.begin(graph_->record());
      graph_.reset();
      eager_.step(samples, targets);
    }
  }

  bool records_each_step() const { return graph_ == nullptr; }
  LossRecord record() const { return graph_ == nullptr ? eager_.record() : graph_->record(); }

 private:
  EagerSteps<Model, Opt, L> eager_;
  std::unique_ptr<cuda::TrainingGraph<Model, Opt, L>> graph_;
};

}  // namespace taut
