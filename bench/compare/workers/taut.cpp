/// Compare, Taut's side: whole steps of the emotion network, its convolutions and products, and what the machine itself can do.
/// taut THREADS FOLDER; tasks: `train ROWS`, `infer ROWS`, `check 16`, `memory 64`, `gemm MxNxK`, `conv1-forward ROWS`,
/// `conv1-backward-weight ROWS`, `conv2-forward ROWS`, `conv2-backward ROWS` (both gradients) … conv4, `peak 1`, `copy MEBIBYTES`,
/// `store MEBIBYTES`, `read KIBIBYTES`.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "emotion/network.hpp"
#include "taut/io.hpp"
#include "taut/taut.hpp"
#include "taut/train/adam.hpp"
#include "worker.hpp"

namespace {

using compare::Step;
using emotion::EmotionNet;
using taut::Arena;
using taut::index_t;
using Images = taut::BatchView<const float, EmotionNet::input_shape>;

/// So that no step is optimised away.
volatile float sink = 0;

index_t number(const std::string& text) { return static_cast<index_t>(std::stoul(text)); }

Arena<float> random_buffer(index_t count) {
  Arena<float> buffer(count);
  taut::Random random{1};
  for (float& value : buffer.span()) value = random.uniform(-1, 1);
  return buffer;
}

/// A model that takes batches of up to `Rows`, and what training it needs.
template <index_t Rows> struct Training {
  explicit Training(unsigned threads) : model(taut::seed(1), taut::Cpu<>{threads}), adam(model, {.lr = 1e-3, .weight_decay = 1e-4}) {}

  void train(std::span<const float> images, std::span<const std::int32_t> labels) {
    const taut::LossSums sums =
        model.forward_backward(Images{images.data(), static_cast<index_t>(labels.size())}, labels, taut::CrossEntropy<7>{});
    if (!(sums.loss > 0)) taut::fail("the loss is ", sums.loss);
    adam.step(model);
  }

  taut::Model<EmotionNet, float, taut::Cpu<>, Rows> model;
  taut::Adam<float> adam;
};

/// A session for batches of up to `Rows`, with the weights of the folder.
template <index_t Rows> struct Inference {
  using Session = taut::Session<EmotionNet, float, taut::Cpu<>, Rows>;

  Inference(unsigned threads, const std::string& folder) : session(*loaded(folder)), workspace(taut::Cpu<>{threads}) {}

  static auto loaded(const std::string& folder) {
    auto model = std::make_unique<taut::Model<EmotionNet, float, taut::Cpu<>, Rows>>(taut::seed(1), taut::Cpu<>{1});
    taut::import_weights(taut::read_safetensors(folder + "/weights.safetensors"), *model);
    return model;
  }

  const float* infer(std::span<const float> images, index_t rows) { return session.run(Images{images.data(), rows}, workspace).data; }

  Session session;
  typename Session::Workspace workspace;
};

/// `train` and `infer`: as a user of this batch size would build it, for 64 rows; a larger batch gets a larger model.
template <index_t Rows> Step network_step(unsigned threads, const std::string& folder, const std::string& task, index_t rows) {
  const auto images = std::make_shared<std::vector<float>>(compare::read_numbers<float>(folder + "/images.f32"));
  if (task == "infer") {
    return [=, network = std::make_shared<Inference<Rows>>(threads, folder)] { sink = *network->infer(*images, rows); };
  }
  const auto network = std::make_shared<Training<Rows>>(threads);
  const auto labels = std::make_shared<std::vector<std::int32_t>>(compare::read_numbers<std::int32_t>(folder + "/labels.i32"));
  return [=] { network->train(*images, std::span(*labels).first(rows)); };
}

double check(unsigned threads, const std::string& folder, index_t rows) {
  const std::vector<float> images = compare::read_numbers<float>(folder + "/images.f32");
  return compare::difference(folder, Inference<64>(threads, folder).infer(images, rows));
}

double memory(unsigned threads, const std::string& folder, index_t rows, long steps) {
  const std::vector<float> images = compare::read_numbers<float>(folder + "/images.f32");
  const std::vector<std::int32_t> labels = compare::read_numbers<std::int32_t>(folder + "/labels.i32");
  return compare::added_bytes([&] {
    Training<64> network(threads);
    for (long i = 0; i < steps; ++i) network.train(images, std::span(labels).first(rows));
  });
}

constexpr taut::Window three_padded{3, 1, 1};
constexpr std::array geometries{
    taut::Conv2dGeometry{1, 48, 48, 32, three_padded, three_padded}, taut::Conv2dGeometry{32, 24, 24, 64, three_padded, three_padded},
    taut::Conv2dGeometry{64, 12, 12, 128, three_padded, three_padded}, taut::Conv2dGeometry{128, 6, 6, 256, three_padded, three_padded}};

template <index_t I> Step convolution_step(unsigned threads, const std::string& pass, index_t rows) {
  static constexpr taut::Conv2dGeometry g = geometries[I];
  struct Data {
    explicit Data(unsigned count) : device(count) {}
    taut::Cpu<> device;
    Arena<float> x, y, weight, bias, workspace;
  };
  const auto d = std::make_shared<Data>(threads);
  d->x = random_buffer(rows * g.in_size());
  d->y = random_buffer(rows * g.out_size());
  d->weight = random_buffer(g.weight_size());
  d->bias = random_buffer(g.out_channels);
  d->workspace = Arena<float>(d->device.template conv2d_workspace<g, float>(rows));
  const auto forward = [=] {
    d->device.template conv2d_forward<g, float>(rows, d->x.data(), d->weight.data(), d->bias.data(), taut::Activation::identity,
                                                d->y.data(), d->workspace.data());
  };
  // The gradients go to buffers of their own, so that every step has the same numbers to work on.
  const auto out = std::make_shared<std::array<Arena<float>, 3>>(
      std::array<Arena<float>, 3>{Arena<float>(rows * g.in_size()), Arena<float>(g.weight_size()), Arena<float>(g.out_channels)});
  const auto backward = [=](float* dx) {
    d->device.template conv2d_backward<g, float>(rows, d->x.data(), d->y.data(), d->weight.data(), (*out)[1].data(), (*out)[2].data(), dx,
                                                 d->workspace.data());
  };
  if (pass == "forward") return forward;
  if (pass == "backward-weight") return [=] { backward(nullptr); };
  if (pass == "backward") return [=] { backward((*out)[0].data()); };
  return nullptr;
}

/// `conv2-forward`: the network's second convolution.
Step convolution_step(unsigned threads, const std::string& task, index_t rows) {
  const std::string pass = task.substr(std::min(task.size(), std::size_t{6}));
  switch (task[4]) {
    case '1':
      return convolution_step<0>(threads, pass, rows);
    case '2':
      return convolution_step<1>(threads, pass, rows);
    case '3':
      return convolution_step<2>(threads, pass, rows);
    case '4':
      return convolution_step<3>(threads, pass, rows);
    default:
      return nullptr;
  }
}

Step gemm_step(unsigned threads, const std::string& shape) {
  index_t m = 0, n = 0, k = 0;
  char by = 0;
  if (!(std::istringstream(shape) >> m >> by >> n >> by >> k)) taut::fail("expected a shape like 32x512x2304, found ", shape);
  struct Data {
    explicit Data(unsigned count) : pool(count) {}
    taut::ThreadPool pool;
    Arena<float> a, b, c, workspace;
  };
  const auto d = std::make_shared<Data>(threads);
  d->a = random_buffer(m * k);
  d->b = random_buffer(k * n);
  d->c = Arena<float>(m * n);
  d->workspace = Arena<float>(taut::XsimdGemm::workspace<float>(m, n, k));
  return [=] {
    using View = taut::kernels::cpu::MatrixView<float>;
    taut::XsimdGemm::multiply<float>(d->pool, m, n, k, View{d->a.data(), k, 1}, View{d->b.data(), n, 1}, {}, d->c.data(), n,
                                     d->workspace.data());
  };
}

// 2 ports × latency 4 ask for 8 accumulators; 12 leave 4 of 16 registers.
constexpr index_t accumulators = 12, peak_rounds = 1 << 16;
constexpr index_t peak_flops = 2 * accumulators * peak_rounds * taut::kernels::cpu::width<float>;

/// Fused multiply-adds that depend on nothing but their own accumulator.
float multiply_adds() {
  namespace cpu = taut::kernels::cpu;
  const float seed = sink;
  cpu::Vector<float> sums[accumulators];
  for (index_t i = 0; i < accumulators; ++i) sums[i] = cpu::broadcast(seed + static_cast<float>(i));
  const cpu::Vector<float> a = cpu::broadcast(0.999F), b = cpu::broadcast(seed + 0.001F);
  for (index_t round = 0; round < peak_rounds; ++round) {
#pragma GCC unroll 12
    for (index_t i = 0; i < accumulators; ++i) sums[i] = cpu::fma(sums[i], a, b);
  }
  for (index_t i = 1; i < accumulators; ++i) sums[0] = sums[0] + sums[i];
  float lanes[cpu::width<float>];
  sums[0].store_unaligned(lanes);
  return lanes[0];
}

Step machine_step(unsigned threads, const std::string& task, index_t mebibytes) {
  const auto pool = std::make_shared<taut::ThreadPool>(threads);
  if (task == "peak") {
    return [=] {
      pool->run(threads, [](index_t) {
        const float result = multiply_adds();
        if (result == 0.123F) sink = result;
      });
    };
  }
  const index_t count = mebibytes * 1024 * 1024 / sizeof(float);
  const auto from = std::make_shared<Arena<float>>(random_buffer(task == "copy" ? count : 0));
  const auto to = std::make_shared<Arena<float>>(random_buffer(count));
  return [=] {
    pool->run(threads, [&](index_t i) {
      const index_t begin = i * count / threads, end = (i + 1) * count / threads;
      if (task == "copy") std::memcpy(to->data() + begin, from->data() + begin, (end - begin) * sizeof(float));
      if (task == "store") std::memset(to->data() + begin, 1, (end - begin) * sizeof(float));
    });
    sink = to->data()[count / 2];
  };
}

/// Reads as fast as eight vectors at a time go: what a matrix times one vector can't be faster than.
float add_up(const float* from, index_t count) {
  namespace cpu = taut::kernels::cpu;
  constexpr index_t vectors = 8, step = vectors * cpu::width<float>;
  cpu::Vector<float> sums[vectors];
  for (cpu::Vector<float>& sum : sums) sum = cpu::broadcast(0.0F);
  for (index_t i = 0; i + step <= count; i += step) {
#pragma GCC unroll 8
    for (index_t v = 0; v < vectors; ++v) sums[v] = sums[v] + cpu::load_vector(from + i + v * cpu::width<float>);
  }
  for (index_t v = 1; v < vectors; ++v) sums[0] = sums[0] + sums[v];
  float lanes[cpu::width<float>];
  cpu::store_vector(lanes, sums[0]);
  return lanes[0];
}

Step read_step(unsigned threads, index_t kibibytes) {
  const index_t count = kibibytes * 1024 / sizeof(float);
  const auto pool = std::make_shared<taut::ThreadPool>(threads);
  const auto from = std::make_shared<Arena<float>>(random_buffer(count));
  return [=] {
    pool->run(threads, [&](index_t i) {
      const index_t begin = i * count / threads, end = (i + 1) * count / threads;
      const float result = add_up(from->data() + begin, end - begin);
      if (result == 0.123F) sink = result;
    });
  };
}

void serve(unsigned threads, const std::string& folder) {
#if defined(__clang__)
  const std::string compiler = "clang " __clang_version__;
#else
  const std::string compiler = "g++ " __VERSION__;
#endif
  std::ostringstream about;
  about << R"({"version": ")" << taut::version << R"(", "compiler": ")" << compiler << R"(", "float lanes": )"
        << taut::kernels::cpu::width<float> << R"(, "peak flops": )" << peak_flops * threads
        << R"(, "tasks": ["train", "infer", "gemm", "conv", "peak", "copy", "store", "read"]})";
  compare::serve(
      about.str(),
      [&](const std::string& task, const std::string& argument) -> Step {
        if (task == "train" || task == "infer") {
          const index_t rows = number(argument);
          return rows <= 64 ? network_step<64>(threads, folder, task, rows) : network_step<128>(threads, folder, task, rows);
        }
        if (task == "gemm") return gemm_step(threads, argument);
        if (task.starts_with("conv") && task.size() > 6) return convolution_step(threads, task, number(argument));
        if (task == "peak" || task == "copy" || task == "store") return machine_step(threads, task, number(argument));
        if (task == "read") return read_step(threads, number(argument));
        return nullptr;
      },
      [&](const std::string& task, const std::string& argument, long steps) -> std::optional<double> {
        if (task == "check") return check(threads, folder, number(argument));
        if (task == "memory") return memory(threads, folder, number(argument), steps);
        return std::nullopt;
      });
}

}  // namespace

int main(int count, char** arguments) {
  return compare::run(count, arguments, [](unsigned threads, const std::string& folder, const std::string&) { serve(threads, folder); });
}
