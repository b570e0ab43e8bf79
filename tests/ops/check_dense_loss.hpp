/// Check dense loss: a device's losses whose targets are numbers, against their definition.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/kernels/reference/dense_loss.hpp"

namespace ops {

/// Outputs, targets in [0, 1], and weights of the columns between 0.002 and 1.002.
template <class T>
struct DenseLossCase {
  Guarded<T> y, targets, weights;

  DenseLossCase(const DenseLossRow& row, std::uint64_t seed) : y(row.rows * row.columns), targets(y.size()), weights(row.columns) {
    y.randomize(seed, static_cast<float>(row.spread));
    targets.randomize(seed + 1);
    weights.randomize(seed + 2);
    for (T& target : targets.span()) target = std::abs(target);
    for (T& weight : weights.span()) weight = weight * weight + T(0.002);
  }
};

/// `loss(device or reference, y, targets, weights, dy)`; the sum within `loss_bound`, each gradient within slope_bound(i) over `mean_of`.
template <class T, class D, class Loss, class SlopeBound>
void check_dense_loss(const std::string& name, const DenseLossRow& row, const DenseLossCase<T>& data, const Loss& loss, double mean_of,
                      double loss_bound, const SlopeBound& slope_bound) {
  using O = Oracle<T>;
  CAPTURE(name);
  CAPTURE(row.rows);
  CAPTURE(row.columns);
  CAPTURE(row.spread);
  const std::vector<O> y = data.y.template as<O>(), targets = data.targets.template as<O>(), weights = data.weights.template as<O>();
  std::vector<O> exact(y.size());
  taut::Reference oracle;
  const taut::LossSums expected = loss(oracle, y.data(), targets.data(), weights.data(), exact.data());
  Guarded<T> first(y.size());
  double first_loss = 0;
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> gradient(y.size());
    const taut::LossSums sums = loss(device, data.y.data(), data.targets.data(), data.weights.data(), gradient.data());
    const taut::LossSums alone =
        loss(device, data.y.data(), data.targets.data(), data.weights.data(), static_cast<T*>(nullptr));
    CHECK((gradient.intact() && gradient.written()));
    CHECK_MESSAGE((sums.loss == alone.loss && sums.correct == alone.correct), "without a gradient it is another");
    CHECK(sums.weight == mean_of);
    CHECK(sums.correct == expected.correct);
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE((gradient.same_bits(first) && sums.loss == first_loss), "other bits than on one thread");
      continue;
    }
    first.copy_from(gradient);
    first_loss = sums.loss;
    CHECK(std::abs(sums.loss - expected.loss) <= loss_bound + sum_error<double>(y.size()) * std::abs(expected.loss));
    CHECK(beyond(std::as_const(gradient).span(), std::span<const O>(exact), [&](index_t i) {
            return slope_bound(i) / mean_of + 2 * static_cast<double>(std::numeric_limits<T>::min());
          }) == "");
  }
}

/// With u a roundoff of T. Soft cross entropy: as check_cross_entropy. Squares and Huber's: d is exact to u·(|y| + |t|), and what follows
/// is a few roundings of it. Binary: exponential, logarithm and sigmoid are a few roundings each, of at most |z| + log 2 and 1.
template <class T, class D>
void check_dense_losses(const DenseLossRow& row, std::uint64_t seed) {
  const DenseLossCase<T> data(row, seed);
  const index_t count = row.rows * row.columns;
  const double u = roundoff<T>, n = static_cast<double>(count);
  const auto magnitude = [&](index_t i) {
    return std::abs(static_cast<double>(data.y.data()[i])) + static_cast<double>(data.targets.data()[i]);
  };
  const auto sum_of = [&](auto&& term) {
    double sum = 0;
    for (index_t i = 0; i < count; ++i) sum += term(i);
    return sum;
  };

  const double relative = (4 * row.spread + static_cast<double>(row.columns) + 8) * u, columns = static_cast<double>(row.columns);
  const auto soft = [&](auto& device, const auto* y, const auto* targets, const auto* weights, auto* dy) {
    return device.soft_cross_entropy(row.rows, row.columns, y, targets, weights, 0.1, dy);
  };
  check_dense_loss<T, D>("soft cross entropy", row, data, soft, static_cast<double>(row.rows), relative * 2 * n,
                         [&](index_t) { return relative * 2 * columns; });

  const auto mse = [&](auto& device, const auto* y, const auto* targets, const auto*, auto* dy) { return device.mse(count, y, targets, dy); };
  check_dense_loss<T, D>("mse", row, data, mse, n, sum_of([&](index_t i) { return 4 * u * magnitude(i) * magnitude(i); }),
                         [&](index_t i) { return 6 * u * magnitude(i); });

  for (const double delta : {0.25, 1.0, 1e3}) {
    CAPTURE(delta);
    const auto huber = [&](auto& device, const auto* y, const auto* targets, const auto*, auto* dy) {
      return device.huber(count, y, targets, delta, dy);
    };
    check_dense_loss<T, D>("huber", row, data, huber, n, sum_of([&](index_t i) { return 4 * u * magnitude(i) * std::min(delta, magnitude(i)); }),
                           [&](index_t i) { return 6 * u * std::min(delta, magnitude(i)) + 2 * u * magnitude(i); });
  }

  const auto bce = [&](auto& device, const auto* y, const auto* targets, const auto* weights, auto* dy) {
    return device.bce_with_logits(count, row.columns, y, targets, weights, dy);
  };
  check_dense_loss<T, D>("bce_with_logits", row, data, bce, n, sum_of([&](index_t i) { return 16 * u * (magnitude(i) + 1); }),
                         [&](index_t) { return 24 * u; });
}

/// The largest numbers there are cost a finite loss, and what isn't a number a loss that isn't.
template <class T, class D>
void check_far_outputs() {
  D device = make_device<D>(1);
  const T far = std::is_same_v<T, float> ? std::numeric_limits<T>::max() : static_cast<T>(1e150);
  for (const index_t count : {index_t{1}, index_t{37}}) {
    CAPTURE(count);
    Guarded<T> y(count), targets(count), weights(count), gradient(count);
    std::ranges::fill(targets.span(), T{1});
    std::ranges::fill(weights.span(), T{1});
    for (const T value : {far, -far, T{1000}, T{-1000}}) {
      CAPTURE(value);
      std::ranges::fill(y.span(), value);
      CHECK(std::isfinite(device.mse(count, y.data(), targets.data(), gradient.data()).loss));
      CHECK(std::isfinite(device.huber(count, y.data(), targets.data(), 1.0, gradient.data()).loss));
      const taut::LossSums binary = device.bce_with_logits(count, count, y.data(), targets.data(), weights.data(), gradient.data());
      const double all = value > 0 ? 0 : -static_cast<double>(value) * static_cast<double>(count);
      CHECK(std::abs(binary.loss - all) <= sum_error<double>(count) * all);
      for (const T slope : gradient.span()) CHECK(slope == (value > 0 ? T{0} : T{-1} / static_cast<T>(count)));
      CHECK(std::isfinite(device.soft_cross_entropy(1, count, y.data(), targets.data(), weights.data(), 0.0, gradient.data()).loss));
    }
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
      CAPTURE(bad);
      std::ranges::fill(y.span(), T{0});
      y.span().back() = bad;
      targets.span().back() = 0;
      CHECK(!std::isfinite(device.mse(count, y.data(), targets.data(), gradient.data()).loss));
      CHECK(!std::isfinite(device.huber(count, y.data(), targets.data(), 1.0, gradient.data()).loss));
      CHECK(!std::isfinite(device.bce_with_logits(count, count, y.data(), targets.data(), weights.data(), gradient.data()).loss));
      CHECK(!std::isfinite(device.soft_cross_entropy(1, count, y.data(), targets.data(), weights.data(), 0.0, gradient.data()).loss));
    }
  }
}

template <class T, class D>
void check_all_dense_losses() {
  for (index_t i = 0; i < dense_losses.size(); ++i) check_dense_losses<T, D>(dense_losses[i], 3 * i);
  check_far_outputs<T, D>();
}

}  // namespace ops
