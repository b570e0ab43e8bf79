/// Check statistics: a device's batch statistics, and what batch norm makes of them, against their definition.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/norm_pool_calls.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/reference/norm_pool.hpp"

namespace ops {

/// mean within sum_error(n)·Σ|x|/n; variance about a point within the channel's range: within sum_error(n)·max|x − mean|² plus the
/// square of the mean's error; the rest by propagation. A mean far from zero may cost the variance no digits.
template <class T, class D>
void check_statistics(const NormPoolRow& row, const NormPoolCalls<D, T>& calls, std::uint64_t seed, float offset) {
  using O = Oracle<T>;
  CAPTURE(offset);
  const index_t channels = row.geometry.channels, pixels = row.rows * row.geometry.in_pixels();
  const taut::BatchNormOptions options{.eps = 1e-5, .momentum = 0.1};
  Guarded<T> x(pixels * channels);
  x.randomize(seed);
  for (T& value : x.span()) value += static_cast<T>(offset);
  NormVectors<T> before(channels), first(channels);
  before.randomize(seed + 1);
  first.randomize(seed + 1);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    NormVectors<T> norm(channels);
    norm.randomize(seed + 1);
    Guarded<T> workspace(calls.workspace(device, row.rows));
    calls.statistics(device, row.rows, x.data(), options, norm.pointers(), workspace.data());
    CHECK(norm.intact());
    CHECK_MESSAGE(workspace.intact(), "written beside the workspace");
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(norm.same_bits(first), "other bits than on one thread");
      continue;
    }
    for (auto member : {&NormVectors<T>::running_mean, &NormVectors<T>::running_variance, &NormVectors<T>::mean, &NormVectors<T>::inv_std,
                        &NormVectors<T>::scale, &NormVectors<T>::shift}) {
      (first.*member).copy_from(norm.*member);
    }
  }

  const std::vector<O> exact_x = x.template as<O>();
  std::vector<O> mean(channels), variance(channels);
  taut::kernels::reference::channel_statistics(pixels, channels, exact_x.data(), mean.data(), variance.data());
  const double unit = sum_error<T>(row.statistics_terms()), u = roundoff<T>;
  for (index_t c = 0; c < channels; ++c) {
    double sum = 0, furthest = 0;
    for (index_t p = 0; p < pixels; ++p) {
      sum += std::abs(static_cast<double>(exact_x[p * channels + c]));
      furthest = std::max(furthest, std::abs(static_cast<double>(exact_x[p * channels + c] - mean[c])));
    }
    const double m = static_cast<double>(mean[c]), v = static_cast<double>(variance[c]), eps = options.eps;
    const double gamma = static_cast<double>(first.gamma.data()[c]), beta = static_cast<double>(first.beta.data()[c]);
    const double inv_std = 1 / std::sqrt(v + eps), scale = gamma * inv_std, shift = beta - m * scale;
    const double mean_error = unit * sum / static_cast<double>(pixels);
    const double variance_error = unit * furthest * furthest + mean_error * mean_error;
    const double relative = 0.5 * variance_error / std::max(v + eps - variance_error, eps) + 4 * u;
    const double scale_error = std::abs(scale) * (relative + 2 * u);
    const double unbiased = pixels > 1 ? static_cast<double>(pixels) / static_cast<double>(pixels - 1) : 1;
    const double old_mean = static_cast<double>(before.running_mean.data()[c]);
    const double old_variance = static_cast<double>(before.running_variance.data()[c]);
    const auto check = [&](const std::string& what, const Guarded<T>& actual, double expected, double bound) {
      CAPTURE(what);
      CAPTURE(c);
      CHECK(std::abs(static_cast<double>(actual.data()[c]) - expected) <= bound);
    };
    check("mean", first.mean, m, mean_error + u * std::abs(m));
    check("inv_std", first.inv_std, inv_std, inv_std * relative);
    check("scale", first.scale, scale, scale_error);
    check("shift", first.shift, shift,
          std::abs(m) * scale_error + mean_error * std::abs(scale) + 4 * u * (std::abs(beta) + std::abs(m * scale)));
    check("running_mean", first.running_mean, old_mean + options.momentum * (m - old_mean),
          options.momentum * mean_error + 4 * u * (std::abs(old_mean) + std::abs(m)));
    check("running_variance", first.running_variance, old_variance + options.momentum * (v * unbiased - old_variance),
          options.momentum * variance_error * unbiased + 4 * u * (old_variance + v * unbiased));
  }

  D device = make_device<D>(1);
  calls.running(device, options, first.pointers());
  for (index_t c = 0; c < channels; ++c) {
    const double gamma = static_cast<double>(first.gamma.data()[c]), beta = static_cast<double>(first.beta.data()[c]);
    const double m = static_cast<double>(first.running_mean.data()[c]);
    const double scale = gamma / std::sqrt(static_cast<double>(first.running_variance.data()[c]) + options.eps);
    CHECK(std::abs(static_cast<double>(first.scale.data()[c]) - scale) <= 4 * u * std::abs(scale));
    CHECK(std::abs(static_cast<double>(first.shift.data()[c]) - (beta - m * scale)) <= 8 * u * (std::abs(beta) + std::abs(m * scale)));
  }
}

}  // namespace ops
