/// Check norm pool: a device's normalise → activate → max-pool against their definition.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ops/activation_error.hpp"
#include "ops/check_statistics.hpp"
#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/norm_pool_calls.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/reference/norm_pool.hpp"

namespace ops {

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
