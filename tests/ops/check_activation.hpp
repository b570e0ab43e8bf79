/// Check activation: a device's activations and their gradients against long double, and softmax against its definition.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ops/activation_error.hpp"
#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/reference/softmax.hpp"

namespace ops {

/// From 2⁻⁴⁰ to 2⁸, both signs, many of them where the functions bend.
template <class T>
void fill_widely(Guarded<T>& x, std::uint64_t seed) {
  taut::Random random{seed};
  for (T& value : x.span()) {
    const T magnitude = std::ldexp(static_cast<T>(random.uniform(1, 2)), static_cast<int>(random.below(48)) - 40);
    value = random.chance(0.5F) ? static_cast<T>(random.uniform(-12, 12)) : random.chance(0.5F) ? magnitude : -magnitude;
  }
}

template <class T, class D, taut::Activation A>
void check_activation(index_t count, std::uint64_t seed) {
  Guarded<T> x(count), dy(count), first(count), first_dx(count);
  fill_widely(x, seed);
  dy.randomize(seed + 1);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(count), dx(count), in_place(count);
    device.template activation_forward<A, T>(count, x.data(), y.data());
    in_place.copy_from(x);
    device.template activation_forward<A, T>(count, in_place.data(), in_place.data());
    CHECK((y.intact() && y.written() && in_place.intact() && in_place.same_bits(y)));

    const Guarded<T>& saved = A.gated() ? x : y;
    device.template activation_backward<A, T>(count, saved.data(), dy.data(), dx.data());
    in_place.copy_from(dy);
    device.template activation_backward<A, T>(count, saved.data(), in_place.data(), in_place.data());
    CHECK((dx.intact() && dx.written() && in_place.intact() && in_place.same_bits(dx)));

    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE((y.same_bits(first) && dx.same_bits(first_dx)), "other bits than on one thread");
      continue;
    }
    first.copy_from(y);
    first_dx.copy_from(dx);
    std::vector<long double> exact(count), exact_dx(count), bound_dx(count);
    for (index_t i = 0; i < count; ++i) {
      const long double at = x.data()[i], output = y.data()[i], gradient = dy.data()[i];
      exact[i] = exact_activation(A, at);
      ExactSlope slope = exact_slope(A, at);
      if (A == taut::Activation::sigmoid) slope = {output * (1 - output), output * (1 - output)};
      if (A == taut::Activation::tanh) slope = {(1 - output) * (1 + output), (1 - output) * (1 + output)};
      exact_dx[i] = gradient * slope.value;
      bound_dx[i] = std::abs(gradient) * slope.magnitude;
    }
    CHECK(beyond(std::as_const(y).span(), std::span(exact), [&](index_t i) {
            return activation_bound<T>(A, static_cast<double>(x.data()[i]));
          }) == "");
    CHECK(beyond(std::as_const(dx).span(), std::span(exact_dx), [&](index_t i) {
            // A derivative that is no normal number any more has fewer digits; x, and z' < 2(1 + x²), are as many times as large.
            const double at = static_cast<double>(x.data()[i]), lost = static_cast<double>(std::numeric_limits<T>::denorm_min());
            return 2 * (activation_error<T>(A, at) + 4 * roundoff<T>) * static_cast<double>(bound_dx[i]) +
                   4 * lost * (1 + std::abs(at)) * (1 + at * at);
          }) == "");
  }
}

/// A NaN stays one; infinity and the largest numbers have the limit of smaller ones, value and slope.
template <class T, class D, taut::Activation A>
void check_activation_limits() {
  constexpr T infinity = std::numeric_limits<T>::infinity(), largest = std::numeric_limits<T>::max();
  constexpr std::array limits{infinity, largest, -infinity, -largest, std::numeric_limits<T>::quiet_NaN(), T{0}};
  Guarded<T> inputs(limits.size()), dy(limits.size()), outputs(limits.size()), gradients(limits.size());
  std::ranges::copy(limits, inputs.data());
  std::ranges::fill(dy.span(), T{1});
  const std::span<T> x = inputs.span(), y = outputs.span(), dx = gradients.span();
  D device = make_device<D>(1);
  device.template activation_forward<A, T>(x.size(), x.data(), y.data());
  device.template activation_backward<A, T>(x.size(), A.gated() ? x.data() : y.data(), dy.data(), dx.data());
  using Kind = taut::Activation::Kind;
  const bool bounded = A.kind == Kind::sigmoid || A.kind == Kind::tanh;
  CHECK(y[0] == (bounded ? T{1} : infinity));
  CHECK(y[1] == (bounded ? T{1} : largest));
  CHECK(dx[0] == (bounded ? T{0} : T{1}));
  CHECK(dx[1] == dx[0]);
  const T slope = A.kind == Kind::leaky_relu ? static_cast<T>(A.negative_slope) : T{0};
  if (A.kind == Kind::tanh) {
    CHECK(y[2] == T{-1});
  } else if (slope != 0) {
    CHECK(y[2] == -infinity);
  } else if (A.kind != Kind::leaky_relu) {  // 0 · ∞ has no value
    CHECK(y[2] == T{0});
  }
  if (slope < 1) CHECK(y[3] == (A.kind == Kind::tanh ? T{-1} : slope * -largest));
  CHECK(dx[2] == slope);
  CHECK(dx[3] == slope);
  CHECK(std::isnan(y[4]));
  CHECK(y[5] == (A.kind == Kind::sigmoid ? T{0.5} : T{0}));
}

template <class T, class D>
void check_activations() {
  for_each_index<activations.size()>([]<index_t I> {
    const std::string name = activations[I].name;
    CAPTURE(name);
    for (index_t i = 0; i < spans.size(); ++i) {
      CAPTURE(spans[i]);
      check_activation<T, D, activations[I].activation>(spans[i], 100 * I + i);
    }
    check_activation_limits<T, D, activations[I].activation>();
  });
}

/// Both forward passes within the roundings of x − max, of the sum and of eˣ; both backward passes those of a sum over the classes.
template <class T, class D>
void check_softmax_layer(const SoftmaxRow& row, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(row.rows);
  CAPTURE(row.classes);
  CAPTURE(row.spread);
  const index_t count = row.rows * row.classes;
  Guarded<T> x(count), dy(count), firsts[4]{Guarded<T>(count), Guarded<T>(count), Guarded<T>(count), Guarded<T>(count)};
  x.randomize(seed, static_cast<float>(row.spread));
  dy.randomize(seed + 1);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(count), log_y(count), dx(count), log_dx(count);
    device.template softmax<T>(row.rows, row.classes, x.data(), y.data());
    device.template log_softmax<T>(row.rows, row.classes, x.data(), log_y.data());
    device.template softmax_backward<T>(row.rows, row.classes, y.data(), dy.data(), dx.data());
    device.template log_softmax_backward<T>(row.rows, row.classes, log_y.data(), dy.data(), log_dx.data());
    Guarded<T>* const results[]{&y, &log_y, &dx, &log_dx};
    bool intact = true, same = true;
    for (index_t i = 0; i < 4; ++i) {
      intact = intact && results[i]->intact() && results[i]->written();
      if (threads == thread_counts<D>[0]) firsts[i].copy_from(*results[i]);
      same = same && results[i]->same_bits(firsts[i]);
    }
    CHECK(intact);
    CHECK_MESSAGE(same, "other bits than on one thread");
    if (threads != thread_counts<D>[0]) continue;

    namespace reference = taut::kernels::reference;
    const std::vector<O> exact_dy = dy.template as<O>();
    std::vector<O> exact(count);
    const double forward = (4 * row.spread + std::sqrt(static_cast<double>(row.classes)) * 8 + 8) * roundoff<T>;
    reference::softmax<O>(row.rows, row.classes, x.template as<O>().data(), exact.data());
    CHECK(beyond(std::as_const(y).span(), std::span<const O>(exact), [&](index_t i) {
            return forward * static_cast<double>(exact[i]) + static_cast<double>(std::numeric_limits<T>::min());
          }) == "");
    reference::log_softmax<O>(row.rows, row.classes, x.template as<O>().data(), exact.data());
    CHECK(beyond(std::as_const(log_y).span(), std::span<const O>(exact), [&](index_t) { return forward; }) == "");

    // From the device's own y: what is tested here is the backward pass alone. |Σ y·dy| ≤ 1, |Σ dy| ≤ classes.
    reference::softmax_backward<O>(row.rows, row.classes, y.template as<O>().data(), exact_dy.data(), exact.data());
    CHECK(beyond(std::as_const(dx).span(), std::span<const O>(exact), [&](index_t i) {
            return 2 * (sum_error<T>(row.classes) + 4 * roundoff<T>) * static_cast<double>(y.data()[i]) +
                   static_cast<double>(std::numeric_limits<T>::min());
          }) == "");
    reference::log_softmax_backward<O>(row.rows, row.classes, log_y.template as<O>().data(), exact_dy.data(), exact.data());
    CHECK(beyond(std::as_const(log_dx).span(), std::span<const O>(exact), [&](index_t i) {
            const double y_here = std::exp(static_cast<double>(log_y.data()[i]));
            return (sum_error<T>(row.classes) + 8 * roundoff<T>) * (1 + static_cast<double>(row.classes) * y_here);
          }) == "");
  }
}

template <class T, class D>
void check_softmax_layers() {
  for (index_t i = 0; i < softmaxes.size(); ++i) check_softmax_layer<T, D>(softmaxes[i], 500 + i);
}

}  // namespace ops
