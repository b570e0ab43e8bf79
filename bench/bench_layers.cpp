/// Average pools, group norms, reshapes and upsampling of networks at a batch of 64: the layer table's network rows.
#include <memory>
#include <string>

#include "bench_support.hpp"
#include "ops/layer_table.hpp"
#include "taut/device/cpu.hpp"

namespace {

using bench::add;
using bench::batch;
using bench::index_t;
using bench::random_buffer;
using bench::Work;
using taut::Arena;

/// What the kernels of one benchmark work on; shared by the copies of the function that runs them.
struct Data {
  explicit Data(unsigned threads) : device(threads) {}

  taut::Cpu<> device;
  Arena<float> x, y, dx, vectors, workspace;
};

constexpr double bytes(index_t elements) { return static_cast<double>(batch * elements * sizeof(float)); }

/// A map reads one side and writes the other.
template <class Forward, class Backward>
void add_map(const std::string& name, index_t in_size, index_t out_size, Forward forward, Backward backward) {
  const auto data = [=](unsigned threads) {
    auto made = std::make_shared<Data>(threads);
    made->x = random_buffer(batch * in_size);
    made->y = random_buffer(batch * out_size);
    return made;
  };
  const double work = bytes(in_size + out_size);
  add(name + " forward", Work::bytes, work, [=](unsigned threads) { return [d = data(threads), forward] { forward(*d); }; });
  add(name + " backward", Work::bytes, work, [=](unsigned threads) { return [d = data(threads), backward] { backward(*d); }; });
}

template <index_t I>
void add_average_pool() {
  static constexpr taut::AveragePoolGeometry g = ops::average_pools[I].geometry;
  add_map(ops::map_name(ops::average_pools[I], batch), g.in_size(), g.out_size(),
          [](Data& d) { d.device.average_pool_forward<g, float>(batch, d.x.data(), d.y.data()); },
          [](Data& d) { d.device.average_pool_backward<g, float>(batch, d.y.data(), d.x.data()); });
}

template <index_t I>
void add_reshape() {
  static constexpr taut::ReshapeGeometry g = ops::reshapes[I].geometry;
  add_map(ops::map_name(ops::reshapes[I], batch), g.size, g.size,
          [](Data& d) { d.device.reshape<g, float>(batch, d.x.data(), d.y.data()); },
          [](Data& d) { d.device.reshape<g.back(), float>(batch, d.y.data(), d.x.data()); });
}

template <index_t I>
void add_upsample() {
  static constexpr taut::UpsampleGeometry g = ops::upsamples[I].geometry;
  add_map(ops::map_name(ops::upsamples[I], batch), g.in_size(), g.out_size(),
          [](Data& d) { d.device.upsample_forward<g, float>(batch, d.x.data(), d.y.data()); },
          [](Data& d) { d.device.upsample_backward<g, float>(batch, d.y.data(), d.x.data()); });
}

/// Forward reads x and writes y, backward reads x and dy and writes dx: what has to move, though a row is read more often while it is near.
template <index_t I>
void add_group_norm() {
  static constexpr taut::GroupNormGeometry g = ops::group_norms[I].geometry;
  static constexpr double eps = 1e-5;
  const auto data = [](unsigned threads) {
    auto made = std::make_shared<Data>(threads);
    made->x = random_buffer(batch * g.size());
    made->y = random_buffer(batch * g.size());
    made->dx = random_buffer(batch * g.size());
    made->vectors = random_buffer(4 * g.channels);  // weight, bias and their gradients
    made->workspace = Arena<float>(made->device.group_norm_workspace<g, float>(batch));
    return made;
  };
  const std::string name = ops::group_norm_name(ops::group_norms[I], batch);
  add(name + " forward", Work::bytes, bytes(2 * g.size()), [=](unsigned threads) {
    return [d = data(threads)] {
      const float* const weight = d->vectors.data();
      d->device.template group_norm_forward<g, float>(batch, d->x.data(), weight, weight + g.channels, eps, d->y.data());
    };
  });
  add(name + " backward", Work::bytes, bytes(3 * g.size()), [=](unsigned threads) {
    return [d = data(threads)] {
      float* const gradients = d->vectors.data() + 2 * g.channels;
      d->device.template group_norm_backward<g, float>(batch, d->x.data(), d->y.data(), d->vectors.data(), eps, d->dx.data(), gradients,
                                              gradients + g.channels, d->workspace.data());
    };
  });
}

const bool added = [] {
  ops::for_each_index<ops::average_pools.size()>([]<index_t I> {
    if constexpr (ops::average_pools[I].network) add_average_pool<I>();
  });
  ops::for_each_index<ops::group_norms.size()>([]<index_t I> {
    if constexpr (ops::group_norms[I].network) add_group_norm<I>();
  });
  ops::for_each_index<ops::reshapes.size()>([]<index_t I> {
    if constexpr (ops::reshapes[I].network) add_reshape<I>();
  });
  ops::for_each_index<ops::upsamples.size()>([]<index_t I> {
    if constexpr (ops::upsamples[I].network) add_upsample<I>();
  });
  return true;
}();

}  // namespace
