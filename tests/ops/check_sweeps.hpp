/// Check sweeps: a device's dropout and what goes over flat spans, element by element, against their definition.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/reference/dropout.hpp"

namespace ops {

/// The mask is exact; the kept elements are within a few roundings, of which 1 − p magnifies p's; in place is the same.
template <class T, class D>
void check_dropout(const DropoutRow& row, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(row.count);
  CAPTURE(row.percent);
  const taut::RandomKey key{seed, 0x1'0000'0003};  // a stream beyond 32 bits
  Guarded<T> x(row.count), first(row.count);
  x.randomize(seed);
  std::vector<O> exact(row.count);
  taut::kernels::reference::dropout<O>(row.count, x.template as<O>().data(), exact.data(), row.percent, key);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(row.count), in_place(row.count);
    device.template dropout<T>(row.count, x.data(), y.data(), row.percent, key);
    CHECK((y.intact() && y.written()));
    in_place.copy_from(x);
    device.template dropout<T>(row.count, in_place.data(), in_place.data(), row.percent, key);
    CHECK_MESSAGE(in_place.same_bits(y), "in place it is another");
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(y.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(y);
    const double relative = (4 + 200.0 / static_cast<double>(100 - row.percent)) * roundoff<T>;
    CHECK(beyond(std::as_const(y).span(), std::span<const O>(exact),
                 [&](index_t i) { return relative * std::abs(static_cast<double>(exact[i])); }) == "");
  }
}

template <class T, class D>
void check_span_functions(index_t count, std::uint64_t seed) {
  CAPTURE(count);
  Guarded<T> x(count);
  x.randomize(seed);
  double exact = 0, first = 0;
  for (const T value : x.span()) exact += static_cast<double>(value) * static_cast<double>(value);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    const double sum = device.template sum_of_squares<T>(count, x.data());
    if (threads == thread_counts<D>[0]) first = sum;
    CHECK_MESSAGE(sum == first, "other bits than on one thread");
    CHECK(std::abs(sum - exact) <= 2 * sum_error<T>(count) * exact);

    Guarded<T> scaled(count);
    scaled.copy_from(x);
    device.template scale<T>(count, T(0.3), scaled.data());
    CHECK(scaled.intact());
    index_t wrong = 0;
    for (index_t i = 0; i < count; ++i) wrong += scaled.data()[i] != x.data()[i] * T(0.3) ? 1 : 0;
    CHECK(wrong == 0);
  }
}

/// Within a rounding of the difference and one of the result.
template <class T, class D>
void check_lerp(index_t count, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(count);
  Guarded<T> values(count), before(count), first(count);
  values.randomize(seed);
  before.randomize(seed + 1);
  std::vector<O> exact(count);
  const double weight = 0.3;
  for (index_t i = 0; i < count; ++i) {
    const O old = static_cast<O>(before.data()[i]);
    exact[i] = old + static_cast<O>(weight) * (static_cast<O>(values.data()[i]) - old);
  }
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> average(count);
    average.copy_from(before);
    device.template lerp<T>(count, average.data(), values.data(), weight);
    CHECK(average.intact());
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(average.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(average);
    CHECK(beyond(std::as_const(average).span(), std::span<const O>(exact), [&](index_t i) {
            const double a = std::abs(static_cast<double>(before.data()[i])), v = std::abs(static_cast<double>(values.data()[i]));
            return 4 * roundoff<T> * (a + v);
          }) == "");
  }
}

template <class T, class D>
void check_sweeps() {
  for (index_t i = 0; i < dropouts.size(); ++i) check_dropout<T, D>(dropouts[i], i);
  for (index_t i = 0; i < spans.size(); ++i) {
    check_span_functions<T, D>(spans[i], i);
    check_lerp<T, D>(spans[i], i);
  }
}

}  // namespace ops
