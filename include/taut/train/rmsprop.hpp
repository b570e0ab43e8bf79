/// RMSprop: each gradient divided by its running root mean square, as PyTorch's torch.optim.RMSprop.
#pragma once

#include "taut/core/arena.hpp"
#include "taut/device/device.hpp"
#include "taut/train/optimizer.hpp"
#include "taut/train/parameter_groups.hpp"

namespace taut {

struct RMSpropOptions {
  double lr = 1e-2;
  double alpha = 0.99;      ///< how much of the mean square is kept in a step
  double eps = 1e-8;
  double weight_decay = 0;  ///< added to the gradient, as an L2 penalty would be
  double momentum = 0;
  bool centered = false;    ///< divides by the root of the variance instead of that of the mean square
};

/// https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html; a variance that rounding made negative counts as 0.
template <class T>
class RMSprop {
 public:
  static constexpr std::string_view name = "RMSprop";

  template <Trainable M>
  explicit RMSprop(const M& model, RMSpropOptions options = {}, const std::vector<ParameterGroup>& groups = {})
      : options_(options), groups_(name, model, groups), count_(model.parameters().size()),
        square_(count_, detail::memory_beside(model)),
        mean_(options.centered ? count_ : 0, detail::memory_beside(model)),
        velocity_(options.momentum != 0 ? count_ : 0, detail::memory_beside(model)) {
    detail::check_option(options.lr >= 0, name, "lr >= 0", options.lr);
    detail::check_option(options.alpha >= 0 && options.alpha < 1, name, "alpha in [0, 1)", options.alpha);
    detail::check_option(options.eps >= 0, name, "eps >= 0", options.eps);
    detail::check_option(options.weight_decay >= 0, name, "weight_decay >= 0", options.weight_decay);
    detail::check_option(options.momentum >= 0, name, "momentum >= 0", options.momentum);
  }

  double lr() const { return options_.lr; }
  void set_lr(double lr) { options_.lr = lr; }

  template <Trainable M>
  void step(M& model) {
    const auto arrays = detail::arrays_of(model);
    detail::check_parameter_count(name, count_, arrays.parameters.size());
    groups_.for_each_span(model, options_.weight_decay, [&](index_t begin, index_t count, double lr_factor, double weight_decay) {
      const auto at = [begin](Arena<T>& arena) { return arena.size() == 0 ? nullptr : arena.data() + begin; };
      model.device().template rmsprop_step<T>(count, arrays.parameters.data() + begin, arrays.gradients.data() + begin, at(square_),
                                              at(mean_), at(velocity_),
                                              {.learning_rate = options_.lr * lr_factor, .alpha = options_.alpha, .eps = options_.eps,
                                               .weight_decay = weight_decay, .momentum = options_.momentum});
    });
  }

  /// The parameter groups for a person to read; empty without any.
  const std::string& groups() const { return groups_.text(); }

  void save(State&) const {}
  void restore(const State&) {}

  std::vector<NamedSpan<T>> memory() {
    std::vector<NamedSpan<T>> spans{{"optimizer.mean_square", square_.span()}};
    if (mean_.size() != 0) spans.push_back({"optimizer.mean", mean_.span()});
    if (velocity_.size() != 0) spans.push_back({"optimizer.velocity", velocity_.span()});
    return spans;
  }

 private:
  RMSpropOptions options_;
  detail::ParameterGroups groups_;
  index_t count_;
  Arena<T> square_, mean_, velocity_;
};

template <Trainable M>
RMSprop(const M&, RMSpropOptions = {}, const std::vector<ParameterGroup>& = {}) -> RMSprop<typename M::Scalar>;

}  // namespace taut
