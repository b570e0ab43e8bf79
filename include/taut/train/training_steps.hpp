/// TrainingSteps: how a trainer makes its steps, and learns of their losses.
#pragma once

#include <cmath>

#include "taut/device/device.hpp"
#include "taut/nn/loss.hpp"
#include "taut/train/clip_grad_norm.hpp"
#include "taut/train/optimizer.hpp"

namespace taut {

/// What is known of an epoch's losses so far.
struct LossRecord {
  LossSums last;                  ///< of the last step
  LossSums all;                   ///< of the epoch
  index_t steps = 0;              ///< of the epoch
  index_t first_non_finite = 0;   ///< the first of the epoch's steps whose loss isn't finite, from 1; 0 where there is none
  double non_finite = 0;          ///< that loss

  void add(const LossSums& step) {
    last = step;
    all.loss += step.loss;
    all.weight += step.weight;
    all.correct += step.correct;
    ++steps;
    if (std::isfinite(step.loss) || first_non_finite != 0) return;
    first_non_finite = steps;
    non_finite = step.loss;
  }
};

/// A step after the other, each of whose losses is there at once. A step whose loss isn't finite moves nothing.
template <class Model, class Opt, class L>
class EagerSteps {
 public:
  using T = typename Model::Scalar;

  EagerSteps(Model& model, Opt& optimizer, const L& loss, double max_grad_norm)
      : model_(model), optimizer_(optimizer), loss_(loss), max_grad_norm_(max_grad_norm) {}

  /// An epoch, or the rest of one.
  void begin(const LossRecord& so_far) { record_ = so_far; }

  template <class Targets>
  void step(const typename Model::Input& samples, const Targets& targets) {
    const LossSums sums = model_.forward_backward(samples, targets, loss_);
    record_.add(sums);
    if (!std::isfinite(sums.loss)) return;
    if (max_grad_norm_ > 0) clip_grad_norm(model_, max_grad_norm_);
    optimizer_.step(model_);
  }

  /// Whether record() is up to date without waiting for the device.
  bool records_each_step() const { return true; }
  LossRecord record() const { return record_; }

 private:
  Model& model_;
  Opt& optimizer_;
  L loss_;
  double max_grad_norm_;
  LossRecord record_;
};

/// What a Trainer uses. A device that makes steps in another way specialises it: train/graph_steps.cuh.
template <class Model, class Opt, class L>
class TrainingSteps : public EagerSteps<Model, Opt, L> {
 public:
  using EagerSteps<Model, Opt, L>::EagerSteps;
};

}  // namespace taut
