/// Check bias: a device's bias by itself, and column sums, against their definition.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/kernels/reference/bias.hpp"

namespace ops {

/// ReLU, which adds no rounding of its own: within a rounding of the sum.
template <class T, class D>
void check_add_bias(index_t pixels, index_t channels, bool has_bias, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(pixels);
  CAPTURE(channels);
  Guarded<T> before(pixels * channels), bias(channels), first(before.size());
  before.randomize(seed);
  bias.randomize(seed + 1);
  std::vector<O> exact = before.template as<O>();
  const std::vector<O> exact_bias = bias.template as<O>();
  taut::kernels::reference::add_bias<O>(pixels, channels, has_bias ? exact_bias.data() : nullptr, relu, exact.data());
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(before.size());
    y.copy_from(before);
    device.template add_bias<T>(pixels, channels, has_bias ? bias.data() : nullptr, relu, y.data());
    CHECK(y.intact());
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(y.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(y);
    CHECK(beyond(std::as_const(y).span(), std::span<const O>(exact),
                 [&](index_t i) { return 2 * roundoff<T> * std::abs(static_cast<double>(exact[i])); }) == "");
  }
}

template <class T, class D>
void check_column_sums(index_t pixels, index_t channels, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(pixels);
  CAPTURE(channels);
  Guarded<T> x(pixels * channels), first(channels);
  x.randomize(seed);
  std::vector<O> exact(channels), spread(channels);
  taut::kernels::reference::column_sums<O>(pixels, channels, x.template as<O>().data(), exact.data());
  taut::kernels::reference::column_sums<O>(pixels, channels, x.template absolute<O>().data(), spread.data());
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> sums(channels), workspace(device.template column_sums_workspace<T>(pixels, channels));
    device.template column_sums<T>(pixels, channels, x.data(), sums.data(), workspace.data());
    CHECK((sums.intact() && sums.written() && workspace.intact()));
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(sums.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(sums);
    CHECK(beyond(std::as_const(sums).span(), std::span<const O>(exact),
                 [&](index_t i) { return sum_error<T>(pixels) * static_cast<double>(spread[i]); }) == "");
  }
}

template <class T, class D>
void check_biases() {
  std::uint64_t seed = 0;
  for (const auto& [pixels, channels] : biases) {
    check_add_bias<T, D>(pixels, channels, true, ++seed);
    check_add_bias<T, D>(pixels, channels, false, ++seed);
    check_column_sums<T, D>(pixels, channels, ++seed);
  }
}

}  // namespace ops
