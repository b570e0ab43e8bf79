/// Layers of one's own: their parameters, buffers, workspace and random numbers, in training, in a session and behind a Flatten.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/session.hpp"

using namespace taut;

namespace {

/// Everything that a layer may use. In training y = scale · x · mask, where the mask takes or doubles an element at random, and a buffer,
/// the centre of each channel, moves halfway to the first sample's first pixel; in inference y = scale · (x − centre).
struct Everything {
  static constexpr Role role = Role::custom;
  static constexpr bool keeps_order = true;

  static constexpr bool accepts(Shape in) { return in.rank() > 0; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"scale", {in.d0}, Order::sample, {0.5, 1.5}});
    list.add({"centre", {in.d0}, Order::sample, {0.25, 0.25}, false});
    return list;
  }
  static constexpr index_t multiply_adds(Shape in) { return in.size(); }
  static constexpr void name(TextBuilder& text) { text << "Everything"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }

  template <class T>
  static T mask(const LayerMemory<T>& memory, index_t i) {
    return static_cast<T>(2 * (philox(memory.key, i)[0] & 1U));
  }

  template <Shape In, class T>
  static index_t workspace(auto&, index_t rows) {
    return rows * In.size();
  }

  template <Shape In, class T>
  static void forward(auto& device, const LayerMemory<T>& memory) {
    const bool trains = memory.mode == Mode::training;
    if (T* const centre = memory.buffers[1]) {
      for (index_t c = 0; c < In.d0; ++c) centre[c] = T{0.5} * (centre[c] + memory.x[c]);
    }
    device.run(memory.rows, [&](index_t row) {
      for (index_t i = row * In.size(); i < (row + 1) * In.size(); ++i) {
        memory.workspace[i] = trains ? memory.x[i] * mask(memory, i) : memory.x[i] - memory.tensors[1][i % In.d0];
        memory.y[i] = memory.tensors[0][i % In.d0] * memory.workspace[i];
      }
    });
  }

  template <Shape In, class T>
  static void backward(auto& device, const LayerMemory<T>& memory) {
    std::fill_n(memory.gradients[0], In.d0, T{0});
    for (index_t i = 0; i < memory.rows * In.size(); ++i) {
      memory.gradients[0][i % In.d0] += memory.dy[i] * memory.x[i] * mask(memory, i);
    }
    if (memory.dx == nullptr) return;
    device.run(memory.rows, [&](index_t row) {
      for (index_t i = row * In.size(); i < (row + 1) * In.size(); ++i) {
        memory.dx[i] = memory.dy[i] * memory.tensors[0][i % In.d0] * mask(memory, i);
      }
    });
  }
};

/// Nothing but a forward pass: the sum of a sample's elements. (any shape) → (1).
struct Total {
  static constexpr Role role = Role::custom;
  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape) { return {1}; }
  static constexpr TensorList tensors(Shape) { return {}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "Total"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }

  template <Shape In, class T>
  static void forward(auto& /*device*/, const LayerMemory<T>& memory) {
    for (index_t row = 0; row < memory.rows; ++row) {
      memory.y[row] = 0;
      for (index_t i = 0; i < In.size(); ++i) memory.y[row] += memory.x[row * In.size() + i];
    }
  }
};

constexpr Shape image{2, 3, 3};
using First = Sequential<image, Everything, Conv2d<3, 2>, Flatten, Linear<4>>;
using Inside = Sequential<image, Conv2d<3, 2>, Everything, BatchNorm2d, ReLU, Flatten, Everything, Linear<4>>;
using Last = Sequential<image, Flatten, Linear<4>, Everything>;
using InBranches = Sequential<image, Residual<Everything, Conv2d<2, 1>>, Parallel<Everything, Block<>>, Flatten, Linear<4>>;
using Ungated = Sequential<image, Conv2d<3, 2>, SiLU, Everything, Everything, Flatten, Linear<4>>;

template <class Net, class T>
Batch<T, Net::input_shape, 4> random_samples(index_t rows, std::uint64_t seed) {
  Batch<T, Net::input_shape, 4> samples(rows);
  Random random{seed};
  for (index_t i = 0; i < rows * Net::input_shape.size(); ++i) samples.data()[i] = static_cast<T>(random.uniform(-1, 1));
  return samples;
}

/// The loss in training mode, from the same buffers and masks every time.
template <class M, class Samples>
double training_loss(M& model, const Samples& samples, const std::vector<double>& buffers) {
  std::ranges::copy(buffers, model.buffers().begin());
  model.set_forward_passes(5);
  const std::vector<std::int32_t> labels{3, 0, 2};
  const LossSums sums = model.forward_backward(samples, labels, CrossEntropy<4>{});
  return sums.loss / sums.weight;
}

template <class Net, class T, class D>
void check_session(D device) {
  Model<Net, T, D, 4> model{seed(7), std::move(device)};
  const std::vector<std::int32_t> labels{3, 0, 2};
  model.forward_backward(random_samples<Net, T>(3, 1), labels, CrossEntropy<4>{});  // moves the centres
  const Session<Net, T, D, 4> session{model};
  typename Session<Net, T, D, 4>::Workspace workspace;
  for (const index_t rows : {1U, 3U, 4U}) {
    const auto samples = random_samples<Net, T>(rows, 2);
    const auto expected = model.evaluate(samples), found = session.run(samples, workspace);
    T largest = 0, difference = 0;
    for (index_t i = 0; i < rows * 4; ++i) {
      largest = std::max(largest, std::abs(expected.data[i]));
      difference = std::max(difference, std::abs(found.data[i] - expected.data[i]));
    }
    CHECK(100 * largest > 1);
    CHECK(difference <= 8 * std::numeric_limits<T>::epsilon() * largest);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("gradients through a layer of one's own agree with finite differences", Net, First, Inside, Last, InBranches, Ungated) {
  Model<Net, double, Reference, 4> model{seed(3)};
  const auto samples = random_samples<Net, double>(3, 4);
  const std::vector<double> buffers(model.buffers().begin(), model.buffers().end());
  training_loss(model, samples, buffers);
  const std::vector<double> gradients(model.gradients().begin(), model.gradients().end());
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    constexpr double h = 1e-5;
    double& parameter = model.parameters()[i];
    const double value = parameter;
    parameter = value + h;
    const double above = training_loss(model, samples, buffers);
    parameter = value - h;
    const double below = training_loss(model, samples, buffers);
    parameter = value;
    CHECK(std::abs(gradients[i] - (above - below) / (2 * h)) <= 1e-8);
  }
}

TEST_CASE("a layer's buffers move in training and stay in inference") {
  Model<First, double, Reference, 4> model{seed(1)};
  const auto samples = random_samples<First, double>(3, 2);
  model.evaluate(samples);
  CHECK(model.buffers()[0] == 0.25);
  model.forward(samples);
  CHECK(model.buffers()[0] == 0.5 * (0.25 + samples.data()[0]));
  CHECK(model.buffers()[1] == 0.5 * (0.25 + samples.data()[1]));
}

TEST_CASE("a frozen layer's buffers stay, and its gradients are 0") {
  Model<Inside, double, Reference, 4> model{seed(1)};
  const auto samples = random_samples<Inside, double>(3, 2);
  const std::vector<std::int32_t> labels{3, 0, 2};
  model.freeze("1");
  model.forward_backward(samples, labels, CrossEntropy<4>{});
  const LayerPlan &frozen = Inside::plan.layers[1], &free = Inside::plan.layers[5];
  CHECK(model.buffers()[frozen.tensor_offset[1]] == 0.25);
  CHECK(model.gradients()[frozen.tensor_offset[0]] == 0);
  CHECK(model.buffers()[free.tensor_offset[1]] != 0.25);
  CHECK(model.gradients()[free.tensor_offset[0]] != 0);
  CHECK(model.gradients()[0] != 0);  // of the convolution before it
}

TEST_CASE_TEMPLATE("a session runs layers of one's own", Net, First, Inside, Last, InBranches, Ungated) {
  check_session<Net, double>(Reference{});
  check_session<Net, float>(Cpu<>{1});
  check_session<Net, float>(Cpu<>{3});
}

TEST_CASE("a layer may do without parameters, workspace and backward pass where nothing is trained") {
  using Net = Sequential<image, Total>;
  Model<Net, float, Cpu<>, 4> model{seed(1)};
  const auto samples = random_samples<Net, float>(2, 3);
  const Session<Net, float, Cpu<>, 4> session{model};
  decltype(session)::Workspace workspace;
  float expected = 0;
  for (index_t i = 0; i < image.size(); ++i) expected += samples.row(1)[i];
  CHECK(model.evaluate(samples).row(1)[0] == expected);
  CHECK(session.run(samples, workspace).row(1)[0] == expected);
}

TEST_CASE("a layer that keeps the order may stand between a Flatten and a Linear, whose weights are exported in PyTorch's order") {
  using Plain = Sequential<image, Flatten, Linear<4>>;
  using Net = Sequential<image, Flatten, Everything, Linear<4>>;
  Model<Plain, float, Reference, 4> plain{seed(5)};
  Model<Net, float, Reference, 4> model{seed(6)};
  std::vector<NamedTensor<float>> tensors = plain.export_tensors();
  for (auto& tensor : tensors) tensor.name = "2" + tensor.name.substr(1);
  // Channel 1's pixels are PyTorch's features 9 to 17: doubled in the layer, they do what doubled weights would.
  tensors.push_back({"1.scale", {18}, std::vector<float>(18, 1)});
  tensors.push_back({"1.centre", {18}, std::vector<float>(18, 0)});
  std::fill_n(tensors[2].values.begin() + 9, 9, 2.0F);
  model.import_tensors(tensors);

  auto samples = random_samples<Net, float>(3, 8);
  const auto found = model.evaluate(samples);
  for (index_t i = 0; i < 3 * 18; ++i) samples.data()[i] *= i % 2 == 1 ? 2.0F : 1.0F;  // channels are innermost
  const auto expected = plain.evaluate(samples);
  for (index_t i = 0; i < 3 * 4; ++i) CHECK(found.data[i] == expected.data[i]);
}

TEST_CASE_TEMPLATE("a device runs each task once", D, Reference, Cpu<>) {
  D device;
  std::vector<int> calls(1000, 0);
  device.run(1000, [&](index_t task) { ++calls[task]; });
  CHECK(std::ranges::count(calls, 1) == 1000);
  device.run(0, [&](index_t) { FAIL("there is no task"); });
}
