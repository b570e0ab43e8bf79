/// Op table: every kernel of a device over shapes that are odd on purpose, and over the emotion network's; for tests and benchmarks.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>

#include "taut/core/for_each_index.hpp"
#include "taut/core/geometry.hpp"

namespace ops {

using taut::index_t;

using taut::for_each_index;  // rows are template arguments of the kernels

/// Every row says how many numbers it adds up for one element of each output; the tests' tolerances follow from that (tolerance.hpp).
/// `network`: what the benchmarks measure, at their own batch: the emotion network's rows, and some of others.
struct ConvolutionRow {
  const char* name;
  taut::Conv2dGeometry geometry;
  index_t rows;
  bool bias = true;
  taut::Activation activation = taut::Activation::identity;
  bool network = false;

  /// Of each of the three passes; padding taps counted.
  constexpr double flops(index_t batch) const { return 2.0 * static_cast<double>(batch * geometry.multiply_adds()); }
  constexpr index_t forward_terms() const { return geometry.taps() * geometry.group_in_channels() + 1; }
  constexpr index_t backward_input_terms() const { return geometry.taps() * geometry.group_out_channels(); }
  constexpr index_t backward_weight_terms() const { return rows * geometry.out_pixels(); }
};

inline constexpr taut::Activation relu = taut::Activation::relu;
inline constexpr taut::Activation identity = taut::Activation::identity;

/// Each is swept over `spans` and ends every product of the tables below; the benchmarks sweep the emotion network's hidden layer.
struct ActivationRow {
  const char* name;
  taut::Activation activation;
};

inline constexpr std::array activations{
    ActivationRow{"relu", relu},
    ActivationRow{"leaky_relu 0.2", taut::Activation::leaky_relu(0.2)},
    ActivationRow{"leaky_relu 0", taut::Activation::leaky_relu(0)},
    ActivationRow{"leaky_relu 1.5", taut::Activation::leaky_relu(1.5)},
    ActivationRow{"sigmoid", taut::Activation::sigmoid},
    ActivationRow{"tanh", taut::Activation::tanh},
    ActivationRow{"silu", taut::Activation::silu},
    ActivationRow{"gelu", taut::Activation::gelu},
    ActivationRow{"gelu_tanh", taut::Activation::gelu_tanh},
};

constexpr const char* name_of(taut::Activation activation) {
  for (const ActivationRow& row : activations) {
    if (row.activation == activation) return row.name;
  }
  return "";
}

// Window{kernel, stride, padding, dilation}; geometry {in channels, height, width, out channels, vertical, horizontal, groups}.
inline constexpr std::array convolutions{
    ConvolutionRow{"1x1 on one pixel", {1, 1, 1, 1, {1}, {1}}, 1},
    ConvolutionRow{"3x3 on one pixel", {3, 1, 1, 5, {3, 1, 1}, {3, 1, 1}}, 3, true, relu},
    ConvolutionRow{"3x3 without padding", {5, 5, 7, 33, {3}, {3}}, 1, false},
    ConvolutionRow{"3x3 to 17 channels", {3, 5, 7, 17, {3, 1, 1}, {3, 1, 1}}, 3, true, relu},
    ConvolutionRow{"3x3 with padding 2", {3, 5, 7, 5, {3, 1, 2}, {3, 1, 2}}, 3},
    ConvolutionRow{"5x5 from one channel", {1, 6, 6, 33, {5, 1, 2}, {5, 1, 2}}, 64, true, relu},
    ConvolutionRow{"3x3 stride 2", {5, 9, 4, 8, {3, 2, 1}, {3, 2, 1}}, 3},
    ConvolutionRow{"3x3 dilation 2", {8, 9, 4, 5, {3, 1, 1, 2}, {3, 1, 1, 2}}, 3, false, relu},
    ConvolutionRow{"3x3 in 2 groups", {8, 6, 6, 34, {3, 1, 1}, {3, 1, 1}, 2}, 3},
    ConvolutionRow{"3x3 depthwise", {17, 5, 7, 17, {3, 1, 1}, {3, 1, 1}, 17}, 3, true, relu},
    ConvolutionRow{"3x3 depthwise, twofold, stride 2", {5, 6, 6, 10, {3, 2, 1}, {3, 2, 1}, 5}, 3, false},
    ConvolutionRow{"3x1", {33, 5, 7, 17, {3, 1, 1}, {1}}, 3},
    ConvolutionRow{"1x5", {17, 9, 4, 3, {1}, {5, 1, 2}}, 3, true, relu},
    ConvolutionRow{"5x3 stride 2x1 dilation 1x2 in 2 groups", {6, 9, 4, 10, {5, 2, 2}, {3, 1, 1, 2}, 2}, 3},
    ConvolutionRow{"1x1 stride 2: pixels that nobody reads", {33, 6, 6, 8, {1, 2}, {1, 2}}, 3},
    ConvolutionRow{"2x2 stride 3", {3, 9, 4, 5, {2, 3, 1}, {2, 3, 1}}, 3},
    ConvolutionRow{"as large as the image", {8, 5, 7, 17, {5}, {7}}, 3},
    ConvolutionRow{"5x5 stride 2 with padding 2, three channels", {3, 9, 11, 17, {5, 2, 2}, {5, 2, 2}}, 2},
    ConvolutionRow{"1x2 stride 2x3: pixels that nobody reads", {3, 7, 15, 4, {1, 2}, {2, 3}}, 2},
    ConvolutionRow{"5x5 with padding 2 and 4", {5, 6, 6, 8, {5, 1, 2}, {5, 1, 4}}, 2},
    ConvolutionRow{"3x3 from 16 to 72 channels", {16, 4, 6, 72, {3, 1, 1}, {3, 1, 1}}, 33},
    ConvolutionRow{"3x3 on lines of 600 pixels", {4, 3, 600, 40, {3, 1, 1}, {3, 1, 1}}, 5},
    ConvolutionRow{"1x1 on lines of 6000 pixels", {1, 2, 6000, 40, {1}, {1}}, 1},
    ConvolutionRow{"3x3 from one channel, many tasks", {1, 18, 16, 8, {3, 1, 1}, {3, 1, 1}}, 100, true, relu},
    // Channels enough for Winograd's algorithm, whatever the width of a vector up to 512 bits; images that its tiles don't divide.
    ConvolutionRow{"3x3 of 32 channels", {32, 5, 7, 32, {3, 1, 1}, {3, 1, 1}}, 3, true, relu},
    ConvolutionRow{"3x3 of 32 channels without padding", {32, 9, 4, 64, {3}, {3}}, 1, false},
    ConvolutionRow{"3x3 of 64 channels with padding 2", {64, 6, 6, 32, {3, 1, 2}, {3, 1, 2}}, 3},
    ConvolutionRow{"3x3 of 32 channels with padding 2 and 0", {32, 4, 9, 32, {3, 1, 2}, {3}}, 3, true, relu},
    ConvolutionRow{"3x3 of 32 channels on 2x2 pixels", {32, 2, 2, 32, {3, 1, 1}, {3, 1, 1}}, 64, true, relu},
    ConvolutionRow{"3x3 of 32 channels on 3x3 pixels", {32, 3, 3, 96, {3, 1, 1}, {3, 1, 1}}, 64},
    ConvolutionRow{"3x3 of 32 channels on a large image", {32, 41, 39, 32, {3, 1, 1}, {3, 1, 1}}, 2},
    ConvolutionRow{"3x3 of 64 channels, many tasks", {64, 7, 7, 64, {3, 1, 1}, {3, 1, 1}}, 64},
    ConvolutionRow{"enough work for many tasks", {33, 6, 6, 17, {3, 1, 1}, {3, 1, 1}}, 64, true, relu},
    ConvolutionRow{"5x5 depthwise, dilation 2", {33, 9, 11, 33, {5, 1, 4, 2}, {5, 1, 4, 2}, 33}, 3, false, relu},
    ConvolutionRow{"3x3 depthwise, stride 2, many tasks", {64, 14, 15, 64, {3, 2, 1}, {3, 2, 1}, 64}, 64, true, relu},
    ConvolutionRow{"3x3 in 8 groups of 4 to 4", {32, 6, 7, 32, {3, 1, 1}, {3, 1, 1}, 8}, 3, true, relu},
    ConvolutionRow{"3x3 in 2 groups of 32 to 8", {64, 5, 6, 16, {3, 1, 1}, {3, 1, 1}, 2}, 2},
    ConvolutionRow{"3x3 stride 2 in 15 groups of 1 to 3", {15, 6, 5, 45, {3, 2, 1}, {3, 2, 1}, 15}, 3},
    ConvolutionRow{"3x1 depthwise on one column", {16, 7, 1, 16, {3, 1, 1}, {1}, 16}, 1},
    ConvolutionRow{"emotion conv1", {1, 48, 48, 32, {3, 1, 1}, {3, 1, 1}}, 5, true, identity, true},
    ConvolutionRow{"emotion conv2", {32, 24, 24, 64, {3, 1, 1}, {3, 1, 1}}, 2, true, identity, true},
    ConvolutionRow{"emotion conv3", {64, 12, 12, 128, {3, 1, 1}, {3, 1, 1}}, 2, true, identity, true},
    ConvolutionRow{"emotion conv4", {128, 6, 6, 256, {3, 1, 1}, {3, 1, 1}}, 3, true, identity, true},
    ConvolutionRow{"64 channels depthwise", {64, 24, 24, 64, {3, 1, 1}, {3, 1, 1}, 64}, 2, true, identity, true},
    ConvolutionRow{"64 channels in groups of 4", {64, 24, 24, 64, {3, 1, 1}, {3, 1, 1}, 16}, 2, true, identity, true},
};

/// The rows of channels enough for Winograd's algorithm, the emotion network's aside.
inline constexpr index_t first_wide_convolution = 24, wide_convolutions = 8;
static_assert(convolutions[first_wide_convolution].geometry.in_channels == 32 &&
              convolutions[first_wide_convolution + wide_convolutions - 1].geometry.in_channels == 64 &&
              convolutions[first_wide_convolution + wide_convolutions].geometry.in_channels == 33);

/// The rows before this one are the odd shapes.
inline constexpr index_t first_network_convolution =
    static_cast<index_t>(std::find_if(convolutions.begin(), convolutions.end(), [](const ConvolutionRow& row) { return row.network; }) -
                         convolutions.begin());

struct LinearRow {
  const char* name;
  taut::LinearGeometry geometry;
  index_t rows;
  bool bias = true;
  taut::Activation activation = taut::Activation::identity;
  bool network = false;

  constexpr double flops(index_t batch) const { return 2.0 * static_cast<double>(batch * geometry.in * geometry.out); }
  constexpr index_t forward_terms() const { return geometry.in + 1; }
  constexpr index_t backward_input_terms() const { return geometry.out; }
  constexpr index_t backward_weight_terms() const { return rows; }
};

inline constexpr std::array linears{
    LinearRow{"1 to 1", {1, 1}, 1},
    LinearRow{"1 to 7", {1, 7}, 3, true, relu},
    LinearRow{"5 to 3", {5, 3}, 1, false},
    LinearRow{"3 to 5", {3, 5}, 64},
    LinearRow{"8 to 1", {8, 1}, 64, true, relu},
    LinearRow{"17 to 33", {17, 33}, 3, false, relu},
    LinearRow{"33 to 17", {33, 17}, 64},
    LinearRow{"1030 to 33, one row", {1030, 33}, 1, true, relu},
    LinearRow{"300 to 130, enough work for many tasks", {300, 130}, 64, true, relu},
    LinearRow{"emotion linear1", {2304, 512}, 13, true, relu, true},
    LinearRow{"emotion linear2", {512, 7}, 64, true, identity, true},
};

/// Normalise → activate → max-pool.
struct NormPoolRow {
  taut::NormPoolGeometry geometry;
  index_t rows;
  bool network = false;

  constexpr index_t statistics_terms() const { return rows * geometry.in_pixels(); }
  /// How many windows an element may lie in.
  constexpr index_t overlap() const { return geometry.vertical.kernel * geometry.horizontal.kernel; }
  /// Bytes that have to move: forward reads x twice (statistics, then the sweep) and writes y.
  constexpr double forward_bytes(index_t batch, index_t element) const {
    return static_cast<double>(batch * element * ((geometry.normalize ? 2 : 1) * geometry.in_size() + geometry.out_size()));
  }
  /// Backward reads x and dy twice where it normalises (sums, then the sweep) and writes dx.
  constexpr double backward_bytes(index_t batch, index_t element) const {
    const index_t read = (geometry.normalize ? 2 : 1) * (geometry.in_size() + geometry.out_size());
    return static_cast<double>(batch * element * (read + geometry.in_size()));
  }

  std::string name(index_t batch) const {
    std::ostringstream text;
    const auto& g = geometry;
    text << (g.normalize ? "norm " : "") << name_of(g.activation) << (g.activation == identity ? "" : " ");
    if (g.pools()) {
      const auto window = [&](const char* axis, taut::Window w) {
        text << axis << w.kernel << "/" << w.stride << (w.padding != 0 ? "+" : "");
        if (w.padding != 0) text << w.padding;
        text << " ";
      };
      window("pool ", g.vertical);
      window("x ", g.horizontal);
    }
    text << "of " << batch << "x" << g.in_height << "x" << g.in_width << "x" << g.channels;
    return text.str();
  }
};

/// Each combination of the three, over channels, images, batches and windows in turn, then the emotion network's.
inline constexpr auto norm_pools = [] {
  using taut::Window;
  struct Image {
    index_t height, width;
  };
  struct Windows {
    Window vertical, horizontal;
  };
  constexpr std::array<index_t, 6> channels{1, 3, 5, 8, 17, 33};
  constexpr std::array<Image, 4> images{{{5, 7}, {6, 6}, {9, 4}, {4, 9}}};
  constexpr std::array<Windows, 6> windows{{{{}, {}},
                                            {{2, 2}, {2, 2}},            // on odd images this is RoundDown
                                            {{3, 2, 1}, {3, 2, 1}},
                                            {{3, 1}, {3, 1}},            // overlapping
                                            {{3, 1, 1}, {1}},            // one axis
                                            {{2, 3}, {3, 1, 1}}}};       // gaps, rectangular
  constexpr std::array<index_t, 3> batches{1, 3, 16};
  constexpr index_t combinations = 4 * windows.size();
  constexpr std::array curved{taut::Activation::leaky_relu(0.2), taut::Activation::sigmoid, taut::Activation::tanh, taut::Activation::silu,
                              taut::Activation::gelu};
  std::array<NormPoolRow, combinations + 3 * curved.size() + 8> table{};
  index_t next = 0;
  for (const Windows& window : windows) {
    for (const bool normalize : {false, true}) {
      for (const taut::Activation activation : {identity, relu}) {
        const Image image = images[next % images.size()];
        const index_t depth = channels[next % channels.size()];
        table[next] = {{depth, image.height, image.width, normalize, activation, window.vertical, window.horizontal},
                       batches[next % batches.size()]};
        ++next;
      }
    }
  }
  for (const taut::Activation activation : curved) {
    for (index_t w = 0; w < 3; ++w) {  // normalised without a pool, and once with a pool
      const Image image = images[next % images.size()];
      const bool normalize = w == 0 || next % 2 == 0;
      table[next] = {{channels[next % channels.size()], image.height, image.width, normalize, activation, windows[w].vertical,
                      windows[w].horizontal},
                     batches[next % batches.size()]};
      ++next;
    }
  }
  table[next++] = {{3, 1, 1, true, relu, {}, {}}, 1};           // one pixel: a variance of zero
  table[next++] = {{17, 1, 1, true, identity, {}, {}}, 3};
  table[next++] = {{33, 6, 6, true, relu, {2, 2}, {2, 2}}, 64};  // enough work for many tasks
  for (const auto& [count, extent, rows] : {std::array<index_t, 3>{32, 48, 3}, {64, 24, 3}, {128, 12, 3}, {256, 6, 3}}) {
    table[next++] = {{count, extent, extent, true, relu, {2, 2}, {2, 2}}, rows, true};
  }
  table[next++] = {{512, 1, 1, false, relu, {}, {}}, 64};
  return table;
}();

struct DropoutRow {
  index_t count, percent;
};

inline constexpr std::array dropouts{DropoutRow{1, 50},   DropoutRow{3, 0},    DropoutRow{5, 50},         DropoutRow{17, 10},
                                     DropoutRow{33, 99},  DropoutRow{1000, 1}, DropoutRow{64 * 512, 50},  DropoutRow{100'003, 30}};

/// Logits are uniform within ±spread; with ties every logit of a row is the same.
struct LossRow {
  index_t rows, classes;
  bool weighted = false;
  double smoothing = 0;
  double spread = 3;
  bool ties = false;
};

inline constexpr std::array losses{
    LossRow{1, 1},        LossRow{1, 2},           LossRow{3, 5, true},        LossRow{3, 7, false, 0.1},
    LossRow{3, 8, true, 0.5}, LossRow{64, 7, true, 0.1}, LossRow{64, 17},      LossRow{3, 33, true, 1},
    LossRow{3, 7, true, 0.1, 1e4}, LossRow{3, 7, false, 0, 80}, LossRow{3, 7, true, 0.1, 3, true}, LossRow{1000, 7, true, 0.1},
};

/// Losses with a number as each output's target: outputs within ±spread, targets in [0, 1].
struct DenseLossRow {
  index_t rows, columns;
  double spread = 3;
};

inline constexpr std::array dense_losses{
    DenseLossRow{1, 1},       DenseLossRow{1, 3},      DenseLossRow{3, 5},   DenseLossRow{64, 1}, DenseLossRow{3, 17, 80},
    DenseLossRow{64, 7, 1e4}, DenseLossRow{33, 33, 1}, DenseLossRow{64, 1000},
};

/// Softmax and its logarithm, of values within ±spread.
struct SoftmaxRow {
  index_t rows, classes;
  double spread = 3;
  bool network = false;
};

inline constexpr std::array softmaxes{SoftmaxRow{1, 1},      SoftmaxRow{3, 2},     SoftmaxRow{64, 7},      SoftmaxRow{5, 8},
                                      SoftmaxRow{3, 17, 80}, SoftmaxRow{7, 33, 1e4}, SoftmaxRow{1, 1000},  SoftmaxRow{700, 64},
                                      SoftmaxRow{16 * 24 * 24, 64, 3, true}};

inline constexpr std::array<index_t, 6> spans{1, 3, 17, 33, 1000, 100'003};  // elements of an optimizer's sweep

/// Pixels and channels of what a bias is added to.
inline constexpr std::array<std::pair<index_t, index_t>, 6> biases{{{1, 1}, {3, 17}, {64, 33}, {257, 8}, {5000, 40}, {64, 2304}}};

/// Branches whose channels are put one behind the other.
struct ConcatenationRow {
  index_t pixels;
  std::array<index_t, 8> channels;
  index_t branches;
};

inline constexpr std::array concatenations{
    ConcatenationRow{1, {1}, 1},
    ConcatenationRow{1, {3, 1}, 2},
    ConcatenationRow{35, {17, 5, 1, 33}, 4},
    ConcatenationRow{3 * 25, {8, 16}, 2},
    ConcatenationRow{64 * 49, {64, 128, 32, 32}, 4},
    ConcatenationRow{7, {1, 2, 3, 4, 5, 6, 7, 8}, 8},
};

/// A product C (m, n) = A (m, k) · B (k, n): what a step of the emotion network at a batch of 64 amounts to, or a square. The weight's
/// gradient has A transposed, the input's B.
struct ProductRow {
  const char* name;
  index_t m, n, k;
  bool a_transposed = false, b_transposed = false;

  constexpr double flops() const { return 2.0 * static_cast<double>(m * n * k); }
};

inline constexpr index_t network_batch = 64;

inline constexpr std::array products{
    ProductRow{"conv1", network_batch * 48 * 48, 32, 9},
    ProductRow{"conv2", network_batch * 24 * 24, 64, 32 * 9},
    ProductRow{"conv3", network_batch * 12 * 12, 128, 64 * 9},
    ProductRow{"conv4", network_batch * 6 * 6, 256, 128 * 9},
    ProductRow{"linear1", network_batch, 512, 2304},
    ProductRow{"linear1, 32 rows", 32, 512, 2304},
    ProductRow{"linear1, 12 rows", 12, 512, 2304},
    ProductRow{"linear1, 4 rows", 4, 512, 2304},
    ProductRow{"linear1, 2 rows", 2, 512, 2304},
    ProductRow{"linear1, one row", 1, 512, 2304},
    ProductRow{"linear1 dx", network_batch, 2304, 512, false, true},
    ProductRow{"linear1 dweight", 2304, 512, network_batch, true},
    ProductRow{"linear2", network_batch, 7, 512},
    ProductRow{"linear2, one row", 1, 7, 512},
    ProductRow{"512 squared", 512, 512, 512},
    ProductRow{"1024 squared", 1024, 1024, 1024},
};

}  // namespace ops
