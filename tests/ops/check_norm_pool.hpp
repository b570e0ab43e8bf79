/// Check norm pool: a device's batch statistics and its normalise → activate → max-pool against their definition.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ops/activation_error.hpp"
#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/reference/norm_pool.hpp"

namespace ops {

template <class D, class T>
struct NormPoolCalls {
  index_t (*workspace)(D&, index_t rows);
  void (*statistics)(D&, index_t rows, const T* x, taut::BatchNormOptions, taut::BatchNormVectors<T>, T* workspace);
  void (*running)(D&, taut::BatchNormOptions, taut::BatchNormVectors<T>);
  void (*forward)(D&, index_t rows, const T* x, taut::BatchNormVectors<T>, T* y, std::uint8_t* argmax);
  void (*backward)(D&, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, taut::BatchNormVectors<T>, T* dx, T* dgamma,
                   T* dbeta, T* workspace);
};

template <index_t I>
inline constexpr taut::NormPoolGeometry norm_pool_geometry = norm_pools[I].geometry;

template <class D, class T, index_t I>
constexpr NormPoolCalls<D, T> norm_pool_calls() {
  NormPoolCalls<D, T> calls{[](D& d, index_t rows) { return d.template norm_pool_workspace<norm_pool_geometry<I>, T>(rows); },
                            nullptr,
                            nullptr,
                            [](D& d, index_t rows, const T* x, taut::BatchNormVectors<T> norm, T* y, std::uint8_t* argmax) {
                              d.template norm_pool_forward<norm_pool_geometry<I>, T>(rows, x, norm.scale, norm.shift, y, argmax);
                            },
                            nullptr};
  calls.backward = [](D& d, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, taut::BatchNormVectors<T> norm, T* dx,
                      T* dgamma, T* dbeta, T* workspace) {
    d.template norm_pool_backward<norm_pool_geometry<I>, T>(rows, x, dy, argmax, norm, dx, dgamma, dbeta, workspace);
  };
  if constexpr (norm_pool_geometry<I>.normalize) {
    calls.statistics = [](D& d, index_t rows, const T* x, taut::BatchNormOptions options, taut::BatchNormVectors<T> norm, T* workspace) {
      d.template batch_norm_statistics<norm_pool_geometry<I>, T>(rows, x, options, norm, workspace);
    };
    calls.running = [](D& d, taut::BatchNormOptions options, taut::BatchNormVectors<T> norm) {
      d.template batch_norm_running<norm_pool_geometry<I>, T>(options, norm);
    };
  }
  return calls;
}

/// A batch norm's eight vectors, guarded.
template <class T>
struct NormVectors {
  Guarded<T> gamma, beta, running_mean, running_variance, mean, inv_std, scale, shift;

  explicit NormVectors(index_t n) : gamma(n), beta(n), running_mean(n), running_variance(n), mean(n), inv_std(n), scale(n), shift(n) {}

  taut::BatchNormVectors<T> pointers() {
    return {gamma.data(), beta.data(),    running_mean.data(), running_variance.data(),
            mean.data(),  inv_std.data(), scale.data(),        shift.data()};
  }

  /// Vectors that agree with each other without a rounding, so that ReLU and max-pool decide the same on every device.
  void set_exactly(std::uint64_t seed) {
    taut::Random random{seed};
    constexpr T factors[] = {T(-2), T(-1), T(0.5), T(1), T(2)};
    for (index_t c = 0; c < gamma.size(); ++c) {
      gamma.data()[c] = factors[random.below(5)];
      beta.data()[c] = static_cast<T>(static_cast<int>(random.below(5)) - 2);
      mean.data()[c] = static_cast<T>(static_cast<int>(random.below(5)) - 2) / 2;
      inv_std.data()[c] = random.chance(0.5F) ? T(0.5) : T(0.25);
      scale.data()[c] = gamma.data()[c] * inv_std.data()[c];
      shift.data()[c] = beta.data()[c] - mean.data()[c] * scale.data()[c];
    }
  }
  /// Parameters and running statistics as they may be in training.
  void randomize(std::uint64_t seed) {
    gamma.randomize(seed);
    beta.randomize(seed + 1);
    running_mean.randomize(seed + 2);
    running_variance.randomize(seed + 3);
    for (T& variance : running_variance.span()) variance = variance * variance + T(0.25);
  }
  bool intact() {
    return gamma.intact() && beta.intact() && running_mean.intact() && running_variance.intact() && mean.intact() && inv_std.intact() &&
           scale.intact() && shift.intact();
  }
  bool same_bits(const NormVectors& other) const {
    return running_mean.same_bits(other.running_mean) && running_variance.same_bits(other.running_variance) && mean.same_bits(other.mean) &&
           inv_std.same_bits(other.inv_std) && scale.same_bits(other.scale) && shift.same_bits(other.shift);
  }
};

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

/// On a grid where nothing is rounded before the activation: the choices among equals must be exactly the definition's, and the values but
/// for the activation's own error. The grid lies within ±12.
template <class T, class D>
void check_norm_pool_forward(const NormPoolRow& row, const NormPoolCalls<D, T>& calls, const Guarded<T>& x, NormVectors<T>& norm,
                             const std::vector<Oracle<T>>& exact, const std::vector<std::uint8_t>& exact_argmax) {
  const double relative = activation_error<T>(row.geometry.activation, -12);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(exact.size()), y_alone(exact.size());
    Guarded<std::uint8_t> argmax(exact.size());
    calls.forward(device, row.rows, x.data(), norm.pointers(), y.data(), row.geometry.pools() ? argmax.data() : nullptr);
    CHECK((y.intact() && y.written() && argmax.intact()));
    CHECK(beyond(std::as_const(y).span(), std::span(exact), [&](index_t i) {
            return relative * std::abs(static_cast<double>(exact[i]));
          }) == "");
    if (row.geometry.pools()) {
      CHECK(argmax.written());
      CHECK(beyond(std::as_const(argmax).span(), std::span(exact_argmax), [](index_t) { return 0.0; }) == "");
    }
    calls.forward(device, row.rows, x.data(), norm.pointers(), y_alone.data(), nullptr);
    CHECK_MESSAGE(y.same_bits(y_alone), "without argmax y is another");
  }
}

/// With A the spread |dy|, N = (|x| + |mean|)·inv_std and n pixels: dbeta within sum_error · ΣA, dgamma within sum_error · ΣA·N,
/// dx within sum_error · |gamma|·inv_std·(A + ΣA/n + N·ΣA·N/n). An activation's slope below 1.2 is within 16 roundings of 1.
template <class T, class D>
void check_norm_pool_backward(const NormPoolRow& row, const NormPoolCalls<D, T>& calls, const Guarded<T>& x, NormVectors<T>& norm,
                              const std::vector<std::uint8_t>& argmax, std::uint64_t seed) {
  using O = Oracle<T>;
  const taut::NormPoolGeometry& g = row.geometry;
  const index_t pixels = row.rows * g.in_pixels(), size = pixels * g.channels;
  Guarded<std::uint8_t> choices(argmax.size());
  std::ranges::copy(argmax, choices.data());
  const std::uint8_t* const chosen = g.pools() ? choices.data() : nullptr;
  Guarded<T> dy(row.rows * g.out_size());
  dy.randomize(seed);
  const std::vector<O> exact_x = x.template as<O>(), scale = norm.scale.template as<O>(), shift = norm.shift.template as<O>(),
                       gamma = norm.gamma.template as<O>(), mean = norm.mean.template as<O>(), inv_std = norm.inv_std.template as<O>();
  std::vector<O> dx(size), spread(size), dgamma(g.channels), dbeta(g.channels), bound_gamma(g.channels), bound_beta(g.channels);
  namespace reference = taut::kernels::reference;
  const bool bent = g.activation != identity && g.activation != relu;
  const auto spread_back = [&](const taut::NormPoolGeometry& geometry, const std::vector<O>& from, std::vector<O>& to) {
    reference::activation_pool_backward(geometry, row.rows, exact_x.data(), scale.data(), shift.data(), from.data(), chosen, to.data());
  };
  spread_back(g, dy.template as<O>(), dx);
  taut::NormPoolGeometry without = g;
  if (bent) without.activation = identity;
  spread_back(without, dy.template absolute<O>(), spread);
  if (g.normalize) {
    reference::batch_norm_backward(pixels, g.channels, exact_x.data(), gamma.data(), mean.data(), inv_std.data(), dx.data(), dgamma.data(),
                                   dbeta.data());
    const O n = static_cast<O>(pixels);
    const auto normal = [&](index_t i) { return (std::abs(exact_x[i]) + std::abs(mean[i % g.channels])) * inv_std[i % g.channels]; };
    for (index_t i = 0; i < size; ++i) {
      bound_beta[i % g.channels] += spread[i];
      bound_gamma[i % g.channels] += spread[i] * normal(i);
    }
    for (index_t i = 0; i < size; ++i) {
      const index_t c = i % g.channels;
      spread[i] = std::abs(gamma[c]) * inv_std[c] * (spread[i] + bound_beta[c] / n + normal(i) * bound_gamma[c] / n);
    }
  }
  const index_t terms = row.overlap() + (g.normalize ? pixels + 4 : 0);

  Guarded<T> first(size), first_dgamma(g.channels), first_dbeta(g.channels);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> out(size), out_dgamma(g.channels), out_dbeta(g.channels), workspace(calls.workspace(device, row.rows));
    calls.backward(device, row.rows, x.data(), dy.data(), chosen, g.normalize ? norm.pointers() : taut::BatchNormVectors<T>{}, out.data(),
                   g.normalize ? out_dgamma.data() : nullptr, g.normalize ? out_dbeta.data() : nullptr, workspace.data());
    CHECK((out.intact() && out.written() && out_dgamma.intact() && out_dbeta.intact()));
    CHECK_MESSAGE(workspace.intact(), "written beside the workspace");
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(out.same_bits(first), "other bits than on one thread");
      CHECK_MESSAGE((out_dgamma.same_bits(first_dgamma) && out_dbeta.same_bits(first_dbeta)), "other bits than on one thread");
      continue;
    }
    first.copy_from(out);
    first_dgamma.copy_from(out_dgamma);
    first_dbeta.copy_from(out_dbeta);
    const auto check = [&](const std::string& what, const Guarded<T>& actual, const std::vector<O>& exact, const std::vector<O>& bound) {
      CAPTURE(what);
      const double unit = bent ? 1.2 * sum_error<T>(terms) + 32 * roundoff<T> : sum_error<T>(terms);
      CHECK(beyond(actual.span(), std::span<const O>(exact), [&](index_t i) { return unit * static_cast<double>(bound[i]); }) == "");
    };
    check("dx", out, dx, spread);
    if (!g.normalize) continue;
    check("dgamma", out_dgamma, dgamma, bound_gamma);
    check("dbeta", out_dbeta, dbeta, bound_beta);
  }
}

/// Without dgamma and dbeta the scale is a constant: dx within sum_error · |scale|·(spread |dy|), slopes as in check_norm_pool_backward.
template <class T, class D>
void check_norm_pool_constants(const NormPoolRow& row, const NormPoolCalls<D, T>& calls, const Guarded<T>& x, NormVectors<T>& norm,
                               const std::vector<std::uint8_t>& argmax, std::uint64_t seed) {
  using O = Oracle<T>;
  const taut::NormPoolGeometry& g = row.geometry;
  const index_t size = row.rows * g.in_size();
  Guarded<std::uint8_t> choices(argmax.size());
  std::ranges::copy(argmax, choices.data());
  const std::uint8_t* const chosen = g.pools() ? choices.data() : nullptr;
  Guarded<T> dy(row.rows * g.out_size()), first(size);
  dy.randomize(seed);
  const std::vector<O> exact_x = x.template as<O>(), scale = norm.scale.template as<O>(), shift = norm.shift.template as<O>();
  std::vector<O> dx(size), spread(size);
  const bool bent = g.activation != identity && g.activation != relu;
  taut::NormPoolGeometry without = g;
  if (bent) without.activation = identity;
  const auto back = [&](const taut::NormPoolGeometry& geometry, const std::vector<O>& from, std::vector<O>& to) {
    taut::kernels::reference::activation_pool_backward(geometry, row.rows, exact_x.data(), scale.data(), shift.data(), from.data(), chosen,
                                                       to.data());
    for (index_t i = 0; i < size; ++i) to[i] *= scale[i % g.channels];
  };
  back(g, dy.template as<O>(), dx);
  back(without, dy.template absolute<O>(), spread);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> out(size), workspace(calls.workspace(device, row.rows));
    calls.backward(device, row.rows, x.data(), dy.data(), chosen, norm.pointers(), out.data(), nullptr, nullptr, workspace.data());
    CHECK((out.intact() && out.written() && workspace.intact()));
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(out.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(out);
    const double unit = sum_error<T>(row.overlap() + 1) + (bent ? 16 * roundoff<T> : 0);
    CHECK(beyond(std::as_const(out).span(), std::span<const O>(dx),
                 [&](index_t i) { return unit * std::abs(static_cast<double>(spread[i])); }) == "");
  }
}

template <class T, class D>
void check_norm_pool(const NormPoolRow& row, index_t index, const NormPoolCalls<D, T>& calls) {
  const taut::NormPoolGeometry& g = row.geometry;
  const std::string name = row.name(row.rows);
  CAPTURE(name);
  D one = make_device<D>(1);
  for (index_t fewer = 1; fewer < row.rows; ++fewer) {
    REQUIRE_MESSAGE(calls.workspace(one, fewer) <= calls.workspace(one, row.rows), "a smaller batch asks for more workspace");
  }
  if (g.normalize) {
    check_statistics(row, calls, 10 * index, 0);
    check_statistics(row, calls, 10 * index, 100);
  }
  Guarded<T> x(row.rows * g.in_size());
  x.randomize_on_grid(10 * index + 5);
  NormVectors<T> norm(g.channels);
  norm.set_exactly(10 * index + 6);
  using O = Oracle<T>;
  std::vector<O> y(row.rows * g.out_size());
  std::vector<std::uint8_t> argmax(y.size());
  const std::vector<O> scale = norm.scale.template as<O>(), shift = norm.shift.template as<O>();
  const auto forward = [&](O* out, std::uint8_t* chosen) {
    taut::kernels::reference::norm_pool_forward(g, row.rows, x.template as<O>().data(), scale.data(), shift.data(), out, chosen);
  };
  forward(y.data(), argmax.data());
  check_norm_pool_forward(row, calls, x, norm, y, argmax);
  check_norm_pool_backward(row, calls, x, norm, argmax, 10 * index + 7);
  if (g.normalize) check_norm_pool_constants(row, calls, x, norm, argmax, 10 * index + 9);

  // A NaN comes through, pooled or not.
  x.data()[x.size() / 2] = std::numeric_limits<T>::quiet_NaN();
  forward(y.data(), nullptr);
  Guarded<T> poisoned(y.size());
  D device = make_device<D>(1);
  calls.forward(device, row.rows, x.data(), norm.pointers(), poisoned.data(), nullptr);
  index_t lost = 0;
  for (index_t i = 0; i < y.size(); ++i) lost += std::isnan(y[i]) != std::isnan(poisoned.data()[i]) ? 1 : 0;
  CHECK_MESSAGE(lost == 0, "a NaN was lost, or came from elsewhere");
}

template <class T, class D>
void check_norm_pools() {
  for_each_index<norm_pools.size()>([]<index_t I> { check_norm_pool<T, D>(norm_pools[I], I, norm_pool_calls<D, T, I>()); });
}

}  // namespace ops
