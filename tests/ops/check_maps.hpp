/// Check maps: a device's average-pooling, reshaping and upsampling, linear maps without parameters, against their definition.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/layer_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/kernels/reference/average_pool.hpp"
#include "taut/kernels/reference/reshape.hpp"
#include "taut/kernels/reference/upsample.hpp"

namespace ops {

/// One direction of a map: sizes of a row, the most terms that an element of `to` is a sum of, the device's kernel and the definition.
template <class D, class T>
struct MapPass {
  using O = Oracle<T>;
  const char* name;
  index_t from_size, to_size, terms;
  void (*run)(D&, index_t rows, const T* from, T* to);
  void (*define)(index_t rows, const O* from, O* to);
};

/// Within sum_error · Σ|weight · element|: the weights of all these maps are positive, so that the map of the absolute values is that sum.
template <class T, class D>
void check_map_pass(const MapPass<D, T>& pass, index_t rows, std::uint64_t seed) {
  using O = Oracle<T>;
  const std::string direction = pass.name;
  CAPTURE(direction);
  Guarded<T> from(rows * pass.from_size), first(rows * pass.to_size);
  from.randomize(seed);
  std::vector<O> exact(first.size()), spread(first.size());
  pass.define(rows, from.template as<O>().data(), exact.data());
  pass.define(rows, from.template absolute<O>().data(), spread.data());
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> to(first.size());
    pass.run(device, rows, from.data(), to.data());
    CHECK((to.intact() && to.written()));
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(to.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(to);
    const double unit = pass.terms == 0 ? 0 : sum_error<T>(pass.terms);
    const auto bound = [&](index_t i) { return unit * static_cast<double>(spread[i]); };
    CHECK(beyond(std::as_const(to).span(), std::span<const O>(exact), bound) == "");
  }

  // A NaN comes through.
  from.data()[from.size() / 2] = std::numeric_limits<T>::quiet_NaN();
  pass.define(rows, from.template as<O>().data(), exact.data());
  D device = make_device<D>(1);
  Guarded<T> poisoned(first.size());
  pass.run(device, rows, from.data(), poisoned.data());
  index_t lost = 0;
  for (index_t i = 0; i < exact.size(); ++i) lost += std::isnan(exact[i]) && !std::isnan(poisoned.data()[i]) ? 1 : 0;
  CHECK_MESSAGE(lost == 0, "a NaN was lost");
}

template <class T, class D>
void check_average_pools() {
  using O = Oracle<T>;
  for_each_index<average_pools.size()>([]<index_t I> {
    static constexpr taut::AveragePoolGeometry g = average_pools[I].geometry;
    const std::string name = map_name(average_pools[I], average_pools[I].rows);
    CAPTURE(name);
    constexpr index_t window = g.vertical.kernel * g.horizontal.kernel;
    check_map_pass<T, D>({"forward", g.in_size(), g.out_size(), window + 2,
                          [](D& d, index_t rows, const T* x, T* y) { d.template average_pool_forward<g, T>(rows, x, y); },
                          [](index_t rows, const O* x, O* y) { taut::kernels::reference::average_pool_forward(g, rows, x, y); }},
                         average_pools[I].rows, 2 * I);
    check_map_pass<T, D>({"backward", g.out_size(), g.in_size(), window + 2,
                          [](D& d, index_t rows, const T* dy, T* dx) { d.template average_pool_backward<g, T>(rows, dy, dx); },
                          [](index_t rows, const O* dy, O* dx) { taut::kernels::reference::average_pool_backward(g, rows, dy, dx); }},
                         average_pools[I].rows, 2 * I + 1);
  });
}

/// Nothing is computed: nothing may differ.
template <class T, class D>
void check_reshapes() {
  using O = Oracle<T>;
  for_each_index<reshapes.size()>([]<index_t I> {
    static constexpr taut::ReshapeGeometry g = reshapes[I].geometry;
    const std::string name = map_name(reshapes[I], reshapes[I].rows);
    CAPTURE(name);
    check_map_pass<T, D>({"forward", g.size, g.size, 0, [](D& d, index_t rows, const T* x, T* y) { d.template reshape<g, T>(rows, x, y); },
                          [](index_t rows, const O* x, O* y) { taut::kernels::reference::reshape(g, rows, x, y); }},
                         reshapes[I].rows, 2 * I);
    // Back: what the definition sends to one place comes from there again.
    check_map_pass<T, D>({"backward", g.size, g.size, 0,
                          [](D& d, index_t rows, const T* dy, T* dx) { d.template reshape<g.back(), T>(rows, dy, dx); },
                          [](index_t rows, const O* dy, O* dx) {
                            std::vector<O> places(rows * g.size), moved(rows * g.size);
                            for (index_t i = 0; i < places.size(); ++i) places[i] = static_cast<O>(i);
                            taut::kernels::reference::reshape(g, rows, places.data(), moved.data());
                            for (index_t i = 0; i < places.size(); ++i) dx[static_cast<index_t>(moved[i])] = dy[i];
                          }},
                         reshapes[I].rows, 2 * I + 1);
  });
}

/// A weight is a product of two fractions, each rounded, and one of them a difference from 1.
template <class T, class D>
void check_upsamples() {
  using O = Oracle<T>;
  for_each_index<upsamples.size()>([]<index_t I> {
    static constexpr taut::UpsampleGeometry g = upsamples[I].geometry;
    const std::string name = map_name(upsamples[I], upsamples[I].rows);
    CAPTURE(name);
    constexpr index_t between = g.bilinear ? 4 : 0, behind = (g.bilinear ? 4 : 1) * g.vertical * g.horizontal;
    check_map_pass<T, D>({"forward", g.in_size(), g.out_size(), between == 0 ? 0 : between + 4,
                          [](D& d, index_t rows, const T* x, T* y) { d.template upsample_forward<g, T>(rows, x, y); },
                          [](index_t rows, const O* x, O* y) { taut::kernels::reference::upsample_forward(g, rows, x, y); }},
                         upsamples[I].rows, 2 * I);
    check_map_pass<T, D>({"backward", g.out_size(), g.in_size(), behind + 4,
                          [](D& d, index_t rows, const T* dy, T* dx) { d.template upsample_backward<g, T>(rows, dy, dx); },
                          [](index_t rows, const O* dy, O* dx) { taut::kernels::reference::upsample_backward(g, rows, dy, dx); }},
                         upsamples[I].rows, 2 * I + 1);
  });
}

}  // namespace ops
