/// Every kernel of the emotion network at a batch of 64, the op table's network rows; activations and softmax beside them.
#include <memory>
#include <vector>

#include "bench_support.hpp"
#include "taut/device/cpu.hpp"

namespace {

using bench::add;
using bench::batch;
using bench::index_t;
using bench::random_buffer;
using bench::Work;
using taut::Arena;

/// What the kernels of one benchmark work on; shared by the copies of the function that runs them.
template <class Device>
struct DataOn {
  explicit DataOn(unsigned threads) : device(threads) {}

  Device device;
  Arena<float> x, y, dx, weight, bias, workspace, vectors;
  Arena<std::uint8_t> argmax;
};

using Data = DataOn<taut::Cpu<>>;

/// What the cost model is compared with.
using Direct = taut::Cpu<taut::XsimdGemm, taut::ThreadPool, taut::ConvolutionAlgorithm::direct>;

template <index_t I, class Device = taut::Cpu<>>
void add_convolution(const std::string& algorithm = "") {
  static constexpr ops::ConvolutionRow row = ops::convolutions[I];
  static constexpr taut::Conv2dGeometry g = row.geometry;
  const auto data = [](unsigned threads) {
    auto made = std::make_shared<DataOn<Device>>(threads);
    made->x = random_buffer(batch * g.in_size());
    made->y = random_buffer(batch * g.out_size());
    made->weight = random_buffer(g.weight_size());
    made->bias = random_buffer(g.out_channels);
    made->workspace = Arena<float>(made->device.template conv2d_workspace<g, float>(batch));
    return made;
  };
  const std::string name = row.name + algorithm;
  add(name + " forward", Work::flops, row.flops(batch), [=](unsigned threads) {
    return [d = data(threads)] {
      d->device.template conv2d_forward<g, float>(batch, d->x.data(), d->weight.data(), d->bias.data(), row.activation, d->y.data(),
                                                  d->workspace.data());
    };
  });
  // Nobody asks for the gradient of the network's input.
  constexpr bool first_layer = g.in_channels == 1;
  add(name + " backward", Work::flops, (first_layer ? 1 : 2) * row.flops(batch), [=](unsigned threads) {
    auto made = data(threads);
    made->vectors = random_buffer(g.weight_size());
    made->dx = random_buffer(batch * g.in_size());
    return [d = made] {
      d->device.template conv2d_backward<g, float>(batch, d->x.data(), d->y.data(), d->weight.data(), d->vectors.data(), d->bias.data(),
                                                   first_layer ? nullptr : d->dx.data(), d->workspace.data());
    };
  });
}

template <index_t I>
void add_linear() {
  static constexpr ops::LinearRow row = ops::linears[I];
  static constexpr taut::LinearGeometry g = row.geometry;
  const auto data = [](unsigned threads) {
    auto made = std::make_shared<Data>(threads);
    made->x = random_buffer(batch * g.in);
    made->y = random_buffer(batch * g.out);
    made->weight = random_buffer(g.in * g.out);
    made->bias = random_buffer(g.out);
    made->workspace = Arena<float>(made->device.template linear_workspace<g, float>(batch));
    return made;
  };
  const std::string name = row.name;
  add(name + " forward", Work::flops, row.flops(batch), [=](unsigned threads) {
    return [d = data(threads)] {
      d->device.template linear_forward<g, float>(batch, d->x.data(), d->weight.data(), d->bias.data(), row.activation, d->y.data(),
                                                  d->workspace.data());
    };
  });
  add(name + " backward_input", Work::flops, row.flops(batch), [=](unsigned threads) {
    return [d = data(threads)] {
      d->device.template linear_backward_input<g, float>(batch, d->y.data(), d->weight.data(), d->x.data(), d->workspace.data());
    };
  });
  add(name + " backward_weight", Work::flops, row.flops(batch), [=](unsigned threads) {
    return [d = data(threads)] {
      d->device.template linear_backward_weight<g, float>(batch, d->x.data(), d->y.data(), d->weight.data(), d->bias.data(),
                                                          d->workspace.data());
    };
  });
}

template <index_t I>
void add_norm_pool() {
  static constexpr ops::NormPoolRow row = ops::norm_pools[I];
  static constexpr taut::NormPoolGeometry g = row.geometry;
  struct NormData : Data {
    using Data::Data;
    taut::BatchNormVectors<float> norm;
  };
  static constexpr index_t stride = (g.channels + 15) / 16 * 16;
  const auto data = [](unsigned threads) {
    auto made = std::make_shared<NormData>(threads);
    made->x = random_buffer(batch * g.in_size());
    made->y = random_buffer(batch * g.out_size());
    made->dx = random_buffer(batch * g.in_size());
    made->argmax = Arena<std::uint8_t>(batch * g.out_size());
    made->workspace = Arena<float>(made->device.template norm_pool_workspace<g, float>(batch));
    made->vectors = random_buffer(10 * stride);
    float* const v = made->vectors.data();
    made->norm = {v, v + stride, v + 2 * stride, v + 3 * stride, v + 4 * stride, v + 5 * stride, v + 6 * stride, v + 7 * stride};
    return made;
  };
  const auto forward = [](NormData& d) {
    if constexpr (g.normalize) d.device.template batch_norm_statistics<g, float>(batch, d.x.data(), {}, d.norm, d.workspace.data());
    d.device.template norm_pool_forward<g, float>(batch, d.x.data(), d.norm.scale, d.norm.shift, d.y.data(), g.pools() ? d.argmax.data() : nullptr);
  };
  const std::string name = "emotion " + row.name(batch);
  add(name + " forward", Work::bytes, row.forward_bytes(batch, sizeof(float)), [=](unsigned threads) {
    return [d = data(threads), forward] { forward(*d); };
  });
  add(name + " backward", Work::bytes, row.backward_bytes(batch, sizeof(float)), [=](unsigned threads) {
    auto made = data(threads);
    forward(*made);  // argmax and statistics
    return [d = made] {
      float* const sums = g.normalize ? d->vectors.data() + 8 * stride : nullptr;
      d->device.template norm_pool_backward<g, float>(batch, d->x.data(), d->y.data(), g.pools() ? d->argmax.data() : nullptr, d->norm,
                                                      d->dx.data(), sums, g.normalize ? sums + stride : nullptr, d->workspace.data());
    };
  });
}

void add_sweeps() {
  constexpr index_t parameters = 1'572'551, hidden = batch * 512, classes = 7;
  add("emotion dropout", Work::bytes, 2.0 * sizeof(float) * hidden, [](unsigned threads) {
    auto d = std::make_shared<Data>(threads);
    d->x = random_buffer(hidden);
    d->y = random_buffer(hidden);
    return [d] { d->device.dropout<float>(hidden, d->x.data(), d->y.data(), 50, {1, 2}); };
  });
  add("emotion cross_entropy", Work::bytes, 2.0 * sizeof(float) * batch * classes, [](unsigned threads) {
    auto d = std::make_shared<Data>(threads);
    d->x = random_buffer(batch * classes);
    d->y = random_buffer(batch * classes);
    return [d, labels = std::vector<std::int32_t>(batch, 3)] {
      benchmark::DoNotOptimize(d->device.cross_entropy<float>(batch, classes, d->x.data(), labels.data(), nullptr, 0, d->y.data()));
    };
  });
  // Reads parameters, gradients and both moments, writes all but the gradients.
  add("emotion adam_step", Work::bytes, 7.0 * sizeof(float) * parameters, [](unsigned threads) {
    auto d = std::make_shared<Data>(threads);
    d->x = random_buffer(parameters);
    d->y = random_buffer(parameters);
    d->weight = Arena<float>(parameters);
    d->bias = Arena<float>(parameters);
    return [d] {
      d->device.adam_step<float>(parameters, d->x.data(), d->y.data(), d->weight.data(), d->bias.data(), {.weight_decay = 1e-4});
    };
  });
}

/// Over the emotion network's hidden layer: forward reads x and writes y, backward reads two and writes one.
template <index_t I>
void add_activation() {
  static constexpr taut::Activation activation = ops::activations[I].activation;
  constexpr index_t hidden = batch * 512;
  const auto data = [](unsigned threads) {
    auto made = std::make_shared<Data>(threads);
    made->x = random_buffer(hidden);
    made->y = random_buffer(hidden);
    made->dx = random_buffer(hidden);
    return made;
  };
  const std::string name = ops::activations[I].name;
  add(name + " forward", Work::bytes, 2.0 * sizeof(float) * hidden, [=](unsigned threads) {
    return [d = data(threads)] { d->device.template activation_forward<activation, float>(hidden, d->x.data(), d->y.data()); };
  });
  add(name + " backward", Work::bytes, 3.0 * sizeof(float) * hidden, [=](unsigned threads) {
    return [d = data(threads)] {
      d->device.template activation_backward<activation, float>(hidden, d->x.data(), d->y.data(), d->dx.data());
    };
  });
}

void add_softmax(const ops::SoftmaxRow& row) {
  const index_t count = row.rows * row.classes;
  const auto data = [count](unsigned threads) {
    auto made = std::make_shared<Data>(threads);
    made->x = random_buffer(count);
    made->y = random_buffer(count);
    made->dx = random_buffer(count);
    return made;
  };
  const std::string size = " of " + std::to_string(row.rows) + "x" + std::to_string(row.classes);
  add("softmax" + size + " forward", Work::bytes, 2.0 * sizeof(float) * static_cast<double>(count), [=](unsigned threads) {
    return [d = data(threads), row] { d->device.softmax<float>(row.rows, row.classes, d->x.data(), d->y.data()); };
  });
  add("softmax" + size + " backward", Work::bytes, 3.0 * sizeof(float) * static_cast<double>(count), [=](unsigned threads) {
    return [d = data(threads), row] { d->device.softmax_backward<float>(row.rows, row.classes, d->x.data(), d->y.data(), d->dx.data()); };
  });
  add("log_softmax" + size + " forward", Work::bytes, 2.0 * sizeof(float) * static_cast<double>(count), [=](unsigned threads) {
    return [d = data(threads), row] { d->device.log_softmax<float>(row.rows, row.classes, d->x.data(), d->y.data()); };
  });
  add("log_softmax" + size + " backward", Work::bytes, 3.0 * sizeof(float) * static_cast<double>(count), [=](unsigned threads) {
    return [d = data(threads), row] {
      d->device.log_softmax_backward<float>(row.rows, row.classes, d->x.data(), d->y.data(), d->dx.data());
    };
  });
}

const bool added = [] {
  ops::for_each_index<ops::convolutions.size()>([]<index_t I> {
    if constexpr (ops::convolutions[I].network) {
      add_convolution<I>();
      constexpr auto automatic = taut::ConvolutionAlgorithm::automatic;
      constexpr taut::Conv2dGeometry g = ops::convolutions[I].geometry;
      if constexpr (taut::kernels::cpu::uses_winograd<g, float, taut::XsimdGemm, automatic> ||
                    taut::kernels::cpu::transforms_lines<g, float, taut::XsimdGemm, automatic>) {
        add_convolution<I, Direct>(" direct");
      }
    }
  });
  ops::for_each_index<ops::norm_pools.size()>([]<index_t I> {
    if constexpr (ops::norm_pools[I].network) add_norm_pool<I>();
  });
  ops::for_each_index<ops::linears.size()>([]<index_t I> {
    if constexpr (ops::linears[I].network) add_linear<I>();
  });
  ops::for_each_index<ops::activations.size()>([]<index_t I> { add_activation<I>(); });
  for (const ops::SoftmaxRow& row : ops::softmaxes) {
    if (row.network) add_softmax(row);
  }
  add_sweeps();
  return true;
}();

}  // namespace
