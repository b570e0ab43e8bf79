/// 07_custom_layer: a layer that Taut doesn't have, with kernels of its own: checked, trained, and run in a session. What it prints stands
/// at the end; docs/05_custom_layer.md explains it step by step. Compile with -DMISTAKE=1 to read its error.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <numbers>
#include <string>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/taut.hpp"

namespace mine {

using taut::index_t;
using taut::Shape;
using taut::TextBuilder;

/// y = scale · max(x, 0)², one learned scale a channel: the squared ReLU of So et al., "Primer", 2021, with a scale.
/// `SquaredReLU<>` takes its channels from the shape that reaches it, `SquaredReLU<channels>` states and checks them.
/// (C, H, W) → the same, (features) → the same. Parameter: scale (C) = 1.
template <index_t Channels = 0>
struct SquaredReLU {
  // What it does to shapes, what it owns, what it costs, what it is called: all of it constants.
  static constexpr taut::Role role = taut::Role::custom;
  static constexpr bool keeps_order = true;  // element by element, so that it may stand between a Flatten and a Linear

  static constexpr bool accepts(Shape in) {
    return (taut::is_image(in) || in.rank() == 1) && (Channels == 0 || in.d0 == Channels);
  }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr taut::TensorList tensors(Shape in) {
    taut::TensorList list;
    list.add({.name = "scale", .shape = {in.d0}, .order = taut::Order::sample, .initialization = {1, 1}});
    return list;
  }
  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void name(TextBuilder& text) {
    text << "SquaredReLU<";
    if (Channels != 0) text << Channels;
    text << ">";
  }
  static constexpr void expects(Shape in, TextBuilder& text) {
    if (taut::is_image(in) || in.rank() == 1) {
      text << Channels << " channels";
    } else {
      text << "an image or a vector";
    }
  }

  // The kernels: a task a row, so that how the work is cut doesn't depend on the threads. An image's channels are neighbours in memory,
  // the inner loop goes over them, and the compiler makes SIMD of it.
  template <Shape In, class T>
  static void forward(auto& device, const taut::LayerMemory<T>& memory) {
    const T* const scale = memory.tensors[0];
    device.run(memory.rows, [&](index_t row) {
      const T* const x = memory.x + row * In.size();
      T* const y = memory.y + row * In.size();
      for (index_t pixel = 0; pixel < In.size(); pixel += In.d0) {
        for (index_t c = 0; c < In.d0; ++c) {
          const T positive = std::max(x[pixel + c], T{0});
          y[pixel + c] = scale[c] * positive * positive;
        }
      }
    });
  }

  /// A sum of its own for each row's part of the scale's gradient.
  template <Shape In, class T>
  static index_t workspace(auto& /*device*/, index_t rows) {
    return rows * In.d0;
  }

  template <Shape In, class T>
  static void backward(auto& device, const taut::LayerMemory<T>& memory) {
    const T* const scale = memory.tensors[0];
    device.run(memory.rows, [&](index_t row) {
      const T* const x = memory.x + row * In.size();
      const T* const dy = memory.dy + row * In.size();
      T* const dx = memory.dx != nullptr ? memory.dx + row * In.size() : nullptr;
      T* const sums = memory.workspace + row * In.d0;
      std::fill_n(sums, In.d0, T{0});
      for (index_t pixel = 0; pixel < In.size(); pixel += In.d0) {
        for (index_t c = 0; c < In.d0; ++c) {
          const T positive = std::max(x[pixel + c], T{0});
          sums[c] += dy[pixel + c] * positive * positive;
          if (dx != nullptr) dx[pixel + c] = dy[pixel + c] * 2 * scale[c] * positive;
        }
      }
    });
    // In the order of the rows, whoever computed them: the same bits for any number of threads.
    T* const dscale = memory.gradients[0];
    std::fill_n(dscale, In.d0, T{0});
    for (index_t row = 0; row < memory.rows; ++row) {
      for (index_t c = 0; c < In.d0; ++c) dscale[c] += memory.workspace[row * In.d0 + c];
    }
  }

  /// In ONNX: Relu, times itself, times the scale, which an image wants as (C, 1, 1).
  static void append_onnx(auto& chain, const taut::LayerPlan& layer, const std::vector<std::string>& tensors) {
    chain.then({"Relu", {}});
    chain.then({"Mul", {chain.source()}});
    std::string scale = tensors[0];
    if (taut::is_image(layer.input)) scale = chain.beside({"Unsqueeze", {scale, chain.constant(std::vector<std::int64_t>{1, 2})}});
    chain.then({"Mul", {scale}});
  }
};

}  // namespace mine

// Stripes in four directions, wherever they begin: the mean square of a filter's answer tells them apart.
#if defined(MISTAKE)  // SquaredReLU<16> expects 16 channels but got 8x12x12 (layer 1, after Conv2d<8,5>)
using Net = taut::Sequential<taut::Shape{1, 16, 16}, taut::Conv2d<8, 5>, mine::SquaredReLU<16>, taut::GlobalAvgPool2d, taut::Flatten,
                             taut::Linear<4>>;
#else
using Net = taut::Sequential<taut::Shape{1, 16, 16}, taut::Conv2d<8, 5>, mine::SquaredReLU<8>, taut::GlobalAvgPool2d, taut::Flatten,
                             taut::Linear<4>>;
#endif
static_assert(Net::parameter_count == (8 * 25 + 8) + 8 + (8 * 4 + 4));

template <class T>
using Stripes = taut::Batch<T, Net::input_shape, 64>;

template <class T>
void draw(Stripes<T>& images, std::vector<std::int32_t>& labels, taut::Random& random) {
  labels.resize(images.rows());
  for (taut::index_t row = 0; row < images.rows(); ++row) {
    labels[row] = static_cast<std::int32_t>(random.below(4));
    const float angle = std::numbers::pi_v<float> * static_cast<float>(labels[row]) / 4, begin = random.uniform(0, 6.28F);
    for (taut::index_t i = 0; i < 256; ++i) {
      const float along = std::cos(angle) * static_cast<float>(i % 16) + std::sin(angle) * static_cast<float>(i / 16);
      images.row(row)[i] = static_cast<T>(std::sin(1.5F * along + begin) + 0.3F * random.normal());
    }
  }
}

/// The largest difference between the gradients and (loss(p + h) − loss(p − h)) / 2h, over all parameters.
double gradient_error() {
  taut::Model<Net, double, taut::Reference, 64> model{taut::seed(1)};
  taut::Random random{2};
  Stripes<double> images(3);
  std::vector<std::int32_t> labels;
  draw(images, labels, random);
  const auto loss = [&] {
    const taut::LossSums sums = model.forward_backward(images, labels, taut::CrossEntropy<4>{});
    return sums.loss / sums.weight;
  };
  loss();
  const std::vector<double> gradients(model.gradients().begin(), model.gradients().end());
  double largest = 0;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    constexpr double h = 1e-5;
    double& parameter = model.parameters()[i];
    const double value = parameter;
    parameter = value + h;
    const double above = loss();
    parameter = value - h;
    const double below = loss();
    parameter = value;
    largest = std::max(largest, std::abs((above - below) / (2 * h) - gradients[i]));
  }
  return largest;
}

using Trained = taut::Model<Net, float, taut::Cpu<>, 64>;

/// On so many threads.
Trained train(unsigned threads) {
  Trained model{taut::seed(42), taut::Cpu<>{threads}};
  taut::Adam adam{model, {.lr = 1e-2}};
  taut::Random random{3};
  Stripes<float> images;
  std::vector<std::int32_t> labels;
  for (int step = 0; step < 200; ++step) {
    draw(images, labels, random);
    model.forward_backward(images, labels, taut::CrossEntropy<4>{});
    adam.step(model);
  }
  return model;
}

int main() {
  std::cout << taut::summary<Net>() << "\n";

  // Correct first: plain loops, double, every parameter. The convolution's gradients come through the layer's dx.
  std::cout << "gradients differ from finite differences by less than 1e-9: " << std::boolalpha << (gradient_error() < 1e-9) << "\n";

  // Then fast: float, SIMD, threads. The same kernels, on another device.
  Trained model = train(1);
  const Trained other = train(3);
  const bool same = std::ranges::equal(model.parameters(), other.parameters());
  std::cout << "one thread and three, the same weights to the last bit: " << same << "\n";

  // A session takes the layer along, with its scale.
  const taut::Session<Net, float, taut::Cpu<>> session{model};
  decltype(session)::Workspace workspace;
  taut::Random random{4};
  Stripes<float> images;
  std::vector<std::int32_t> labels;
  draw(images, labels, random);
  const auto logits = session.run(images, workspace);
  int right = 0;
  for (taut::index_t row = 0; row < logits.rows; ++row) {
    const float* const scores = logits.row(row);
    right += std::max_element(scores, scores + 4) - scores == labels[row] ? 1 : 0;
  }
  std::cout << right << " of " << logits.rows << " new pictures right\n";

  // The scale is a tensor like any other: in weights files it is called "1.scale".
  for (const auto& tensor : model.export_tensors()) std::cout << tensor.name << " " << taut::to_string(tensor.shape) << "\n";
}

/* Prints:
#   Layer                         Output shape        Parameters   Multiply-adds  Step
------------------------------------------------------------------------------------
    input                         1x16x16
0   Conv2d<8,5>                   8x12x12                    208          28,800     1
1   SquaredReLU<8>                8x12x12                      8               0     2
2   GlobalAvgPool2d               8x1x1                        0               0     3
3   Flatten                       8                            0               0     4
4   Linear<4>                     4                           36              32     4
------------------------------------------------------------------------------------
total                                                        252          28,832

Memory for batches of up to 64 rows
parameters                  0.00 MiB   252 numbers; gradients and each optimizer moment as much again
buffers                     0.00 MiB   running statistics
training activations        1.12 MiB   with their gradients, packed by lifetime
inference activations       0.56 MiB   packed by lifetime

gradients differ from finite differences by less than 1e-9: true
one thread and three, the same weights to the last bit: true
64 of 64 new pictures right
0.weight 8x1x5x5
0.bias 8
1.scale 8
4.weight 4x8
4.bias 4
*/
