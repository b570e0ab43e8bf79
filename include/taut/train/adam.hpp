/// Adam and AdamW, as PyTorch's torch.optim.Adam and torch.optim.AdamW: they differ in where the weight decay acts.
#pragma once

#include "taut/core/arena.hpp"
#include "taut/device/device.hpp"
#include "taut/train/optimizer.hpp"

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
  explicit AdamFamily(const M& model, Options options)
      : options_(options), count_(model.parameters().size()), first_(count_), second_(count_) {
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
    check_parameter_count(name, count_, model.parameters().size());
    ++steps_;
    model.device().template adam_step<T>(count_, model.parameters().data(), model.gradients().data(), first_.data(), second_.data(),
                                         {.learning_rate = options_.lr, .beta1 = options_.betas.first, .beta2 = options_.betas.second,
                                          .eps = options_.eps, .weight_decay = options_.weight_decay, .decoupled = Decoupled,
                                          .step = steps_});
  }

  void save(State& state) const { state.set("optimizer.steps", static_cast<double>(steps_)); }
  void restore(const State& state) { steps_ = static_cast<std::uint64_t>(state.at("optimizer.steps")); }

  std::vector<NamedSpan<T>> memory() {
    return {{"optimizer.first_moment", first_.span()}, {"optimizer.second_moment", second_.span()}};
  }

 private:
  Options options_;
  index_t count_;
  Arena<T> first_, second_;
  std::uint64_t steps_ = 0;
};

}  // namespace detail

template <class T>
class Adam : public detail::AdamFamily<T, false, AdamOptions> {
 public:
  template <Trainable M>
  explicit Adam(const M& model, AdamOptions options = {}) : detail::AdamFamily<T, false, AdamOptions>(model, options) {}
};

template <Trainable M>
Adam(const M&, AdamOptions = {}) -> Adam<typename M::Scalar>;

template <class T>
class AdamW : public detail::AdamFamily<T, true, AdamWOptions> {
 public:
  template <Trainable M>
  explicit AdamW(const M& model, AdamWOptions options = {}) : detail::AdamFamily<T, true, AdamWOptions>(model, options) {}
};

template <Trainable M>
AdamW(const M&, AdamWOptions = {}) -> AdamW<typename M::Scalar>;

}  // namespace taut
