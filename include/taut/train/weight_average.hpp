/// WeightAverage: an exponential moving average of a model's parameters and buffers, steadier than the last step's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/device/device.hpp"
#include "taut/train/optimizer.hpp"

namespace taut {

/// average += (1 − d) · (model − average) after every step, as
/// https://pytorch.org/docs/stable/optim.html#torch.optim.swa_utils.get_ema_multi_avg_fn does it, for running statistics too. The factor d
/// grows with the steps, min(decay, (1 + t) / (10 + t)), so that the first ones, which are soon worthless, are soon forgotten.
template <class T>
class WeightAverage {
 public:
  template <Trainable M>
  WeightAverage(const M& model, double decay)
      : decay_(decay), parameters_(model.parameters().size(), detail::memory_beside(model)),
        buffers_(model.buffers().size(), detail::memory_beside(model)) {
    if (!(decay >= 0 && decay < 1)) fail("WeightAverage: expected a decay in [0, 1), found ", decay);
    std::ranges::copy(model.parameters(), parameters_.data());
    std::ranges::copy(model.buffers(), buffers_.data());
  }

  /// After a step.
  template <Trainable M>
  void update(M& model) {
    const auto arrays = detail::arrays_of(model);
    detail::check_parameter_count("WeightAverage", parameters_.size(), arrays.parameters.size());
    const double t = static_cast<double>(++steps_), weight = 1 - std::min(decay_, (1 + t) / (10 + t));
    model.device().template lerp<T>(parameters_.size(), parameters_.data(), arrays.parameters.data(), weight);
    model.device().template lerp<T>(buffers_.size(), buffers_.data(), arrays.buffers.data(), weight);
  }

  /// While it lives, the model holds the average, and the average the model's own weights.
  template <class M>
  class Loan {
   public:
    Loan(WeightAverage& average, M& model) : average_(average), model_(model) { exchange(); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { exchange(); }

   private:
    void exchange() {
      std::ranges::swap_ranges(average_.parameters_.span(), model_.parameters());
      std::ranges::swap_ranges(average_.buffers_.span(), model_.buffers());
    }

    WeightAverage& average_;
    M& model_;
  };

  void save(State& state) const { state.set("average.steps", static_cast<double>(steps_)); }
  void restore(const State& state) { steps_ = state.count("average.steps"); }

  std::vector<NamedSpan<T>> memory() { return {{"average.parameters", parameters_.span()}, {"average.buffers", buffers_.span()}}; }

 private:
  double decay_;
  Arena<T> parameters_, buffers_;
  std::uint64_t steps_ = 0;
};

}  // namespace taut
