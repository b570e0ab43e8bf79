/// Adam and AdamW, as PyTorch's torch.optim.Adam and torch.optim.AdamW: they differ in where the weight decay acts.
#pragma once

#include "taut/core/arena.hpp"
#include "taut/device/device.hpp"
#include "taut/train/optimizer.hpp"
#include "taut/train/parameter_groups.hpp"

namespace taut {

/// PyTorch's betas.
struct Betas {
  double first = 0.9, second = 0.999;
};

struct AdamOptions {
  double lr = 1e-3;
  Betas betas{};
  double eps = 1e-8;
  double weight_decay = 0;  ///< added to the gradient, as an L2 penalty would be
};

struct AdamWOptions {
  double lr = 1e-3;
  Betas betas{};
  double eps = 1e-8;
  double weight_decay = 1e-2;  ///< times lr, taken off the weights themselves
};

namespace detail {

template <class T, bool Decoupled, class Options>
class AdamFamily {
 public:
  static constexpr std::string_view name = Decoupled ? "AdamW" : "Adam";

  template <Trainable M>
  AdamFamily(const M& model, Options options, const std::vector<ParameterGroup>& groups)
      : options_(options), groups_(name, model, groups), count_(model.parameters().size()),
        first_(count_, memory_beside(model)), second_(count_, memory_beside(model)) {
    check_option(options.lr >= 0, name, "lr >= 0", options.lr);
    check_option(options.betas.first >= 0 && options.betas.first < 1, name, "betas.first in [0, 1)", options.betas.first);
    check_option(options.betas.second >= 0 && options.betas.second < 1, name, "betas.second in [0, 1)", options.betas.second);
    check_option(options.eps >= 0, name, "eps >= 0", options.eps);
    check_option(options.weight_decay >= 0, name, "weight_decay >= 0", options.weight_decay);
  }

  double lr() const { return options_.lr; }
  void set_lr(double lr) { options_.lr = lr; }

  template <Trainable M>
  void step(M& model) {
    const auto arrays = arrays_of(model);
    check_parameter_count(name, count_, arrays.parameters.size());
    ++steps_;
    groups_.for_each_span(model, options_.weight_decay, [&](index_t begin, index_t count, double lr_factor, double weight_decay) {
      model.device().template adam_step<T>(count, arrays.parameters.data() + begin, arrays.gradients.data() + begin,
                                           first_.data() + begin, second_.data() + begin,
                                           {.learning_rate = options_.lr * lr_factor, .beta1 = options_.betas.first,
                                            .beta2 = options_.betas.second, .eps = options_.eps, .weight_decay = weight_decay,
                                            .decoupled = Decoupled, .step = steps_});
    });
  }

  /// The parameter groups for a person to read; empty without any.
  const std::string& groups() const { return groups_.text(); }

  void save(State& state) const { state.set("optimizer.steps", static_cast<double>(steps_)); }
  void restore(const State& state) { steps_ = state.count("optimizer.steps"); }

  std::vector<NamedSpan<T>> memory() {
    return {{"optimizer.first_moment", first_.span()}, {"optimizer.second_moment", second_.span()}};
  }

 private:
  Options options_;
  ParameterGroups groups_;
  index_t count_;
  Arena<T> first_, second_;
  std::uint64_t steps_ = 0;
};

}  // namespace detail

template <class T>
class Adam : public detail::AdamFamily<T, false, AdamOptions> {
 public:
  template <Trainable M>
  explicit Adam(const M& model, AdamOptions options = {}, const std::vector<ParameterGroup>& groups = {})
      : detail::AdamFamily<T, false, AdamOptions>(model, options, groups) {}
};

template <Trainable M>
Adam(const M&, AdamOptions = {}, const std::vector<ParameterGroup>& = {}) -> Adam<typename M::Scalar>;

template <class T>
class AdamW : public detail::AdamFamily<T, true, AdamWOptions> {
 public:
  template <Trainable M>
  explicit AdamW(const M& model, AdamWOptions options = {}, const std::vector<ParameterGroup>& groups = {})
      : detail::AdamFamily<T, true, AdamWOptions>(model, options, groups) {}
};

template <Trainable M>
AdamW(const M&, AdamWOptions = {}, const std::vector<ParameterGroup>& = {}) -> AdamW<typename M::Scalar>;

}  // namespace taut
