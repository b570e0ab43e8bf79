/// Sgd: stochastic gradient descent with momentum, as PyTorch's torch.optim.SGD.
#pragma once

#include "taut/core/arena.hpp"
#include "taut/device/device.hpp"
#include "taut/train/optimizer.hpp"
#include "taut/train/parameter_groups.hpp"

namespace taut {

struct SgdOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
};

template <class T>
class Sgd {
 public:
  static constexpr std::string_view name = "Sgd";

  template <Trainable M>
  explicit Sgd(const M& model, SgdOptions options = {}, const std::vector<ParameterGroup>& groups = {})
      : options_(options), groups_(name, model, groups), count_(model.parameters().size()),
        velocity_(options.momentum != 0 ? count_ : 0, detail::memory_beside(model)) {
    detail::check_option(options.lr >= 0, name, "lr >= 0", options.lr);
    detail::check_option(options.momentum >= 0, name, "momentum >= 0", options.momentum);
    detail::check_option(options.weight_decay >= 0, name, "weight_decay >= 0", options.weight_decay);
    if (options.nesterov && (options.momentum == 0 || options.dampening != 0)) {
      fail("Sgd: nesterov expects a momentum and no dampening, found momentum ", options.momentum, " and dampening ", options.dampening);
    }
  }

  double lr() const { return options_.lr; }
  void set_lr(double lr) { options_.lr = lr; }

  template <Trainable M>
  void step(M& model) {
    const auto arrays = detail::arrays_of(model);
    detail::check_parameter_count(name, count_, arrays.parameters.size());
    ++steps_;
    groups_.for_each_span(model, options_.weight_decay, [&](index_t begin, index_t count, double lr_factor, double weight_decay) {
      model.device().template sgd_step<T>(count, arrays.parameters.data() + begin, arrays.gradients.data() + begin,
                                          velocity_.size() == 0 ? nullptr : velocity_.data() + begin,
                                          {.learning_rate = options_.lr * lr_factor, .momentum = options_.momentum,
                                           .dampening = options_.dampening, .weight_decay = weight_decay, .nesterov = options_.nesterov,
                                           .step = steps_});
    });
  }

  /// The parameter groups for a person to read; empty without any.
  const std::string& groups() const { return groups_.text(); }

  void save(State& state) const { state.set("optimizer.steps", static_cast<double>(steps_)); }
  void restore(const State& state) { steps_ = state.count("optimizer.steps"); }

  std::vector<NamedSpan<T>> memory() {
    if (velocity_.size() == 0) return {};
    return {{"optimizer.velocity", velocity_.span()}};
  }

 private:
  SgdOptions options_;
  detail::ParameterGroups groups_;
  index_t count_;
  Arena<T> velocity_;
  std::uint64_t steps_ = 0;
};

template <Trainable M>
Sgd(const M&, SgdOptions = {}, const std::vector<ParameterGroup>& = {}) -> Sgd<typename M::Scalar>;

}  // namespace taut
