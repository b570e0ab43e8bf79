/// Check optimizers: a device's optimizer steps, element by element, against their definition.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/reference/optimizer.hpp"

namespace ops {

/// A flat span of parameters with its gradients and an optimizer's two memories.
template <class T>
struct Parameters {
  Guarded<T> values, gradients, first, second;

  Parameters(index_t count, std::uint64_t seed) : values(count), gradients(count), first(count), second(count) {
    values.randomize(seed);
    gradients.randomize(seed + 1);
    first.randomize(seed + 2);
    second.randomize(seed + 3);
    for (T& square : second.span()) square = square * square;
  }
  bool intact() { return values.intact() && gradients.intact() && first.intact() && second.intact(); }
  bool same_bits(const Parameters& other) const {
    return values.same_bits(other.values) && first.same_bits(other.first) && second.same_bits(other.second);
  }
};

/// The same for RMSprop, with its three memories.
template <class T>
struct RMSpropParameters {
  Guarded<T> values, gradients, square, mean, velocity;

  RMSpropParameters(index_t count, std::uint64_t seed) : values(count), gradients(count), square(count), mean(count), velocity(count) {
    values.randomize(seed);
    gradients.randomize(seed + 1);
    mean.randomize(seed + 2);
    velocity.randomize(seed + 3);
    square.randomize(seed + 4);
    for (T& value : square.span()) value = value * value;
  }
  bool intact() { return values.intact() && gradients.intact() && square.intact() && mean.intact() && velocity.intact(); }
  bool same_bits(const RMSpropParameters& other) const {
    return values.same_bits(other.values) && square.same_bits(other.square) && mean.same_bits(other.mean) &&
           velocity.same_bits(other.velocity);
  }
  void copy_from(const RMSpropParameters& other) {
    values.copy_from(other.values);
    square.copy_from(other.square);
    mean.copy_from(other.mean);
    velocity.copy_from(other.velocity);
  }
};

/// With G = |g| + decay·|p| as absolute values: the moments within a few roundings of their absolute sums, the step by propagation through
/// m / (√(v/c) + eps); √v's relative error is half of v's.
template <class T, class D>
void check_adam(index_t count, const taut::AdamStep& step, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(count);
  CAPTURE(step.step);
  CAPTURE(step.weight_decay);
  CAPTURE(step.decoupled);
  const Parameters<T> before(count, seed);
  std::vector<O> values = before.values.template as<O>(), first_moment = before.first.template as<O>(),
                 second_moment = before.second.template as<O>();
  taut::kernels::reference::adam_step<O>(count, values.data(), before.gradients.template as<O>().data(), first_moment.data(),
                                         second_moment.data(), step);
  const double u = roundoff<T>, correction1 = 1 - std::pow(step.beta1, static_cast<double>(step.step)),
               correction2 = 1 - std::pow(step.beta2, static_cast<double>(step.step));
  const auto gradient = [&](index_t i) {
    return std::abs(static_cast<double>(before.gradients.data()[i])) +
           (step.decoupled ? 0 : step.weight_decay) * std::abs(static_cast<double>(before.values.data()[i]));
  };
  const auto first_bound = [&](index_t i) {
    return 6 * u * (step.beta1 * std::abs(static_cast<double>(before.first.data()[i])) + (1 - step.beta1) * gradient(i));
  };
  const auto second_bound = [&](index_t i) {
    return 8 * u * (step.beta2 * static_cast<double>(before.second.data()[i]) + (1 - step.beta2) * gradient(i) * gradient(i));
  };
  const auto value_bound = [&](index_t i) {
    const double v = static_cast<double>(second_moment[i]), root = std::sqrt(v / correction2) + step.eps;
    const double moved = step.learning_rate / correction1 / root;
    const double relative = (v > 0 ? 0.5 * second_bound(i) / v : 0) + 8 * u;
    return 4 * u * std::abs(static_cast<double>(before.values.data()[i])) +
           moved * (first_bound(i) + relative * std::abs(static_cast<double>(first_moment[i])));
  };

  Parameters<T> reference(count, seed);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Parameters<T> now(count, seed);
    device.template adam_step<T>(count, now.values.data(), now.gradients.data(), now.first.data(), now.second.data(), step);
    CHECK(now.intact());
    CHECK_MESSAGE(now.gradients.same_bits(before.gradients), "the gradients were changed");
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(now.same_bits(reference), "other bits than on one thread");
      continue;
    }
    reference.values.copy_from(now.values);
    reference.first.copy_from(now.first);
    reference.second.copy_from(now.second);
    CHECK(beyond(std::as_const(now.first).span(), std::span<const O>(first_moment), first_bound) == "");
    CHECK(beyond(std::as_const(now.second).span(), std::span<const O>(second_moment), second_bound) == "");
    CHECK(beyond(std::as_const(now.values).span(), std::span<const O>(values), value_bound) == "");
  }
}

/// Within a few roundings of the absolute values of what is added up.
template <class T, class D>
void check_sgd(index_t count, const taut::SgdStep& step, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(count);
  CAPTURE(step.momentum);
  CAPTURE(step.nesterov);
  CAPTURE(step.step);
  const Parameters<T> before(count, seed);
  const bool has_velocity = step.momentum != 0;
  std::vector<O> values = before.values.template as<O>(), velocity = before.first.template as<O>();
  taut::kernels::reference::sgd_step<O>(count, values.data(), before.gradients.template as<O>().data(),
                                        has_velocity ? velocity.data() : nullptr, step);
  const double u = roundoff<T>;
  const auto velocity_bound = [&](index_t i) {
    const double value = std::abs(static_cast<double>(before.values.data()[i]));
    return 6 * u * (std::abs(static_cast<double>(before.gradients.data()[i])) + step.weight_decay * value +
                    std::abs(static_cast<double>(before.first.data()[i])));
  };
  const auto value_bound = [&](index_t i) {
    return 2 * u * std::abs(static_cast<double>(before.values.data()[i])) + 4 * step.learning_rate * velocity_bound(i);
  };
  Parameters<T> reference(count, seed);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Parameters<T> now(count, seed);
    device.template sgd_step<T>(count, now.values.data(), now.gradients.data(), has_velocity ? now.first.data() : nullptr, step);
    CHECK(now.intact());
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(now.same_bits(reference), "other bits than on one thread");
      continue;
    }
    reference.values.copy_from(now.values);
    reference.first.copy_from(now.first);
    CHECK(beyond(std::as_const(now.values).span(), std::span<const O>(values), value_bound) == "");
    if (has_velocity) CHECK(beyond(std::as_const(now.first).span(), std::span<const O>(velocity), velocity_bound) == "");
  }
}

/// With G = |g| + decay·|p|: the means within a few roundings of their absolute sums; the denominator's error by the derivative of the
/// root, which is steep where the variance is small; the update's by that of the quotient.
template <class T, class D>
void check_rmsprop(index_t count, const taut::RMSpropStep& step, bool centered, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(count);
  CAPTURE(step.momentum);
  CAPTURE(step.weight_decay);
  CAPTURE(centered);
  const bool has_velocity = step.momentum != 0;
  const auto prepared = [&] {
    auto parameters = std::make_unique<RMSpropParameters<T>>(count, seed);
    for (index_t i = 0; i < count; ++i) {  // a mean square is at least the mean's square
      parameters->square.data()[i] += parameters->mean.data()[i] * parameters->mean.data()[i] + T(0.01);
    }
    return parameters;
  };
  const auto before = prepared();
  std::vector<O> values = before->values.template as<O>(), square = before->square.template as<O>(), mean = before->mean.template as<O>(),
                 velocity = before->velocity.template as<O>();
  taut::kernels::reference::rmsprop_step<O>(count, values.data(), before->gradients.template as<O>().data(), square.data(),
                                            centered ? mean.data() : nullptr, has_velocity ? velocity.data() : nullptr, step);
  const double u = roundoff<T>;
  const auto at = [](const Guarded<T>& from, index_t i) { return std::abs(static_cast<double>(from.data()[i])); };
  const auto gradient = [&](index_t i) { return at(before->gradients, i) + step.weight_decay * at(before->values, i); };
  const auto square_bound = [&](index_t i) {
    return 8 * u * (step.alpha * at(before->square, i) + (1 - step.alpha) * gradient(i) * gradient(i));
  };
  const auto mean_bound = [&](index_t i) { return 6 * u * (step.alpha * at(before->mean, i) + (1 - step.alpha) * gradient(i)); };
  const auto velocity_bound = [&](index_t i) {
    const double m = centered ? static_cast<double>(mean[i]) : 0, whole = static_cast<double>(square[i]), variance = whole - m * m;
    const double off = square_bound(i) + (centered ? 2 * std::abs(m) * mean_bound(i) + 4 * u * whole : 0);
    const double root = std::sqrt(variance), denominator = root + step.eps, root_off = off / root + 4 * u * denominator;
    return gradient(i) * (8 * u + root_off / (denominator - root_off)) / denominator +
           4 * u * (step.momentum * at(before->velocity, i) + gradient(i) / denominator);
  };
  const auto value_bound = [&](index_t i) {
    return 2 * u * at(before->values, i) + step.learning_rate * (velocity_bound(i) + 4 * u * std::abs(static_cast<double>(velocity[i])) +
                                                                 4 * u * gradient(i) / std::sqrt(0.01));
  };
  const auto reference = prepared();
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    const auto now = prepared();
    device.template rmsprop_step<T>(count, now->values.data(), now->gradients.data(), now->square.data(),
                                    centered ? now->mean.data() : nullptr, has_velocity ? now->velocity.data() : nullptr, step);
    CHECK(now->intact());
    CHECK_MESSAGE(now->gradients.same_bits(before->gradients), "the gradients were changed");
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(now->same_bits(*reference), "other bits than on one thread");
      continue;
    }
    reference->copy_from(*now);
    CHECK(beyond(std::as_const(now->square).span(), std::span<const O>(square), square_bound) == "");
    CHECK(beyond(std::as_const(now->mean).span(), std::span<const O>(mean), mean_bound) == "");
    CHECK(beyond(std::as_const(now->velocity).span(), std::span<const O>(velocity), velocity_bound) == "");
    CHECK(beyond(std::as_const(now->values).span(), std::span<const O>(values), value_bound) == "");
  }
}

template <class T, class D>
void check_optimizers() {
  for (index_t i = 0; i < spans.size(); ++i) {
    check_adam<T, D>(spans[i], {}, 4 * i);
    check_adam<T, D>(spans[i], {.weight_decay = 1e-2, .step = 7}, 4 * i);
    check_adam<T, D>(
        spans[i],
        {.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.9, .eps = 1e-3, .weight_decay = 0.1, .decoupled = true, .step = 1000}, 4 * i);
    check_sgd<T, D>(spans[i], {}, 4 * i);
    check_sgd<T, D>(spans[i], {.momentum = 0.9, .weight_decay = 1e-2}, 4 * i);
    check_sgd<T, D>(spans[i], {.momentum = 0.9, .dampening = 0.5, .weight_decay = 1e-2, .step = 2}, 4 * i);
    check_sgd<T, D>(spans[i], {.learning_rate = 0.1, .momentum = 0.9, .nesterov = true, .step = 3}, 4 * i);
    check_rmsprop<T, D>(spans[i], {}, false, 5 * i);
    check_rmsprop<T, D>(spans[i], {.alpha = 0.9, .weight_decay = 0.1, .momentum = 0.9}, false, 5 * i);
    check_rmsprop<T, D>(spans[i], {.alpha = 0.9, .eps = 1e-3}, true, 5 * i);
    check_rmsprop<T, D>(spans[i], {.learning_rate = 0.1, .weight_decay = 0.1, .momentum = 0.5}, true, 5 * i);
  }
}

}  // namespace ops
