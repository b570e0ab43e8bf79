/// Check loss: a device's cross entropy and softmax against their definition.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/kernels/reference/loss.hpp"

namespace ops {

template <class T>
struct LossCase {
  Guarded<T> logits, class_weights;
  std::vector<std::int32_t> labels;

  LossCase(const LossRow& row, std::uint64_t seed) : logits(row.rows * row.classes), class_weights(row.classes), labels(row.rows) {
    logits.randomize(seed, static_cast<float>(row.spread));
    if (row.ties) std::fill_n(logits.data(), logits.size(), T(0.5));
    class_weights.randomize(seed + 1);
    for (T& weight : class_weights.span()) weight = weight * weight + T(0.002);
    taut::Random random{seed + 2};
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(row.classes)));
  }
};

/// log p = x − log Σ exp: with r the range of a row's logits and K classes, within e = (2r + K + 8)·roundoff; p within e·p, the loss
/// within e plus its own roundings, a gradient within e·p·(weights) plus its own.
template <class T, class D>
void check_cross_entropy(const LossRow& row, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(row.rows);
  CAPTURE(row.classes);
  CAPTURE(row.smoothing);
  CAPTURE(row.spread);
  const LossCase<T> data(row, seed);
  const T* const weights = row.weighted ? data.class_weights.data() : nullptr;
  const std::vector<O> logits = data.logits.template as<O>(), exact_weights = data.class_weights.template as<O>();
  std::vector<O> exact(logits.size());
  const taut::LossSums expected = taut::kernels::reference::cross_entropy<O>(
      row.rows, row.classes, logits.data(), data.labels.data(), row.weighted ? exact_weights.data() : nullptr, row.smoothing, exact.data());
  const double relative = (2 * 2 * row.spread + static_cast<double>(row.classes) + 8) * roundoff<T>;
  const double largest_weight = row.weighted ? 1.002 : 1;

  Guarded<T> first(logits.size());
  double first_loss = 0;
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> gradient(logits.size());
    const taut::LossSums sums = device.template cross_entropy<T>(row.rows, row.classes, data.logits.data(), data.labels.data(), weights,
                                                                 row.smoothing, gradient.data());
    const taut::LossSums alone = device.template cross_entropy<T>(row.rows, row.classes, data.logits.data(), data.labels.data(), weights,
                                                                  row.smoothing, nullptr);
    CHECK((gradient.intact() && gradient.written()));
    const bool same = sums.loss == alone.loss && sums.weight == alone.weight && sums.correct == alone.correct;
    CHECK_MESSAGE(same, "without a gradient it is another");
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE((gradient.same_bits(first) && sums.loss == first_loss), "other bits than on one thread");
      continue;
    }
    first.copy_from(gradient);
    first_loss = sums.loss;
    CHECK(sums.correct == expected.correct);
    CHECK(std::abs(sums.weight - expected.weight) <= sum_error<double>(row.rows) * expected.weight);
    const double loss_bound = relative * largest_weight * static_cast<double>(row.rows) + 4 * roundoff<T> * std::abs(expected.loss);
    CHECK(std::abs(sums.loss - expected.loss) <= loss_bound);
    CHECK(beyond(std::as_const(gradient).span(), std::span<const O>(exact),
                 [&](index_t) { return relative * 2 * largest_weight / expected.weight; }) == "");
  }
}

template <class T, class D>
void check_softmax(const LossRow& row, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(row.rows);
  CAPTURE(row.classes);
  CAPTURE(row.spread);
  const LossCase<T> data(row, seed);
  std::vector<O> exact(data.logits.size());
  taut::kernels::reference::softmax<O>(row.rows, row.classes, data.logits.template as<O>().data(), exact.data());
  const double relative = (2 * 2 * row.spread + static_cast<double>(row.classes) + 8) * roundoff<T>;
  Guarded<T> first(data.logits.size());
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> probabilities(data.logits.size());
    device.template softmax<T>(row.rows, row.classes, data.logits.data(), probabilities.data());
    CHECK((probabilities.intact() && probabilities.written()));
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(probabilities.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(probabilities);
    CHECK(beyond(std::as_const(probabilities).span(), std::span<const O>(exact), [&](index_t i) {
            return relative * static_cast<double>(exact[i]) + static_cast<double>(std::numeric_limits<T>::min());
          }) == "");
  }
}

/// A logit that isn't a number makes a loss that isn't: that is how a training that went wrong is noticed.
template <class T, class D>
void check_non_finite_loss() {
  const LossRow row{64, 7};
  for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    LossCase<T> data(row, 1);
    data.logits.data()[7 * 40 + 3] = bad;
    D device = make_device<D>(1);
    const taut::LossSums sums =
        device.template cross_entropy<T>(row.rows, row.classes, data.logits.data(), data.labels.data(), nullptr, 0, nullptr);
    CHECK(!std::isfinite(sums.loss));
  }
}

template <class T, class D>
void check_losses() {
  for (index_t i = 0; i < losses.size(); ++i) {
    check_cross_entropy<T, D>(losses[i], 3 * i);
    check_softmax<T, D>(losses[i], 3 * i);
  }
  check_non_finite_loss<T, D>();
}

}  // namespace ops
