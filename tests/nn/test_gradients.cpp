/// Gradients of whole networks against finite differences, in double.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

namespace {

/// The mean loss in training mode, with the same dropout masks every time.
template <class M, class Samples, index_t Classes>
double mean_loss(M& model, const Samples& samples, std::span<const std::int32_t> labels, const CrossEntropy<Classes>& loss) {
  model.set_forward_passes(3);
  const LossSums sums = model.forward_backward(samples, labels, loss);
  return sums.loss / sums.weight;
}

/// Compares every parameter's gradient with (f(x + h) − f(x − h)) / 2h.
template <class Net>
void check_gradients() {
  constexpr index_t rows = 3, classes = Net::output_shape.size();
  Model<Net, double, Reference, 4> model{seed(11)};
  Batch<double, Net::input_shape, 4> samples(rows);
  Random random(12);
  for (index_t i = 0; i < rows * Net::input_shape.size(); ++i) samples.data()[i] = static_cast<double>(random.normal());
  for (double& x : model.parameters()) x += 0.1 * static_cast<double>(random.normal());  // a batch norm's 1 and 0 would hide mistakes
  std::vector<std::int32_t> labels;
  for (index_t i = 0; i < rows; ++i) labels.push_back(static_cast<std::int32_t>(random.below(classes)));
  CrossEntropy<classes> loss{.label_smoothing = 0.1};
  for (double& weight : loss.class_weights) weight = 0.5 + static_cast<double>(random.uniform());

  mean_loss(model, samples, labels, loss);
  const std::vector<double> gradients(model.gradients().begin(), model.gradients().end());
  // The truncation error is h²/6 times a third derivative, the rounding error about 10 ε/h: both near 1e-10 here.
  constexpr double h = 1e-5, tolerance = 1e-8;
  index_t wrong = 0, compared = 0;
  double largest = 0;
  for (const LayerPlan& layer : Net::plan.layers) {
    for (index_t t = 0; t < layer.tensors.count; ++t) {
      if (!layer.tensors.specs[t].trainable) continue;
      for (index_t i = 0; i < layer.tensors.specs[t].shape.size(); ++i, ++compared) {
        double& parameter = model.parameters()[layer.tensor_offset[t] + i];
        const double value = parameter;
        parameter = value + h;
        const double above = mean_loss(model, samples, labels, loss);
        parameter = value - h;
        const double below = mean_loss(model, samples, labels, loss);
        parameter = value;
        const double expected = (above - below) / (2 * h), got = gradients[layer.tensor_offset[t] + i];
        largest = std::max(largest, std::abs(got));
        if (std::abs(got - expected) > tolerance * std::max(1.0, std::abs(expected))) {
          ++wrong;
          MESSAGE(layer.tensors.specs[t].name << " " << i << ": expected " << expected << " but got " << got);
        }
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(compared == Net::parameter_count);
  CHECK(largest > 1e-3);  // zeros everywhere would agree with anything
}

constexpr Shape image{2, 6, 6};

using Everything = Sequential<Shape{2, 8, 8}, Conv2d<4, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Conv2d<3, 3>, ReLU, Flatten,
                              Linear<5>, ReLU, Dropout<50>, Linear<3>>;
using ConvOptions = Sequential<Shape{4, 9, 8}, Conv2d<6, Kernel{3, 2}, Stride{2, 1}, Padding{1, 0}, Groups{2}, NoBias{}>,
                               Conv2d<4, 2, Dilation{2}>, Flatten, Linear<2, NoBias{}>>;
using PoolOptions = Sequential<image, Conv2d<3, 3, Padding{1}>, MaxPool2d<3, Stride{2}, Padding{1}, RoundDown{}>, ReLU, BatchNorm2d,
                               MaxPool2d<2, Stride{1}>, Flatten, Linear<2>>;
using NormKinds = Sequential<image, Conv2d<3, 1>, BatchNorm2d, BatchNorm2d, ReLU, BatchNorm2d, MaxPool2d<2>, Dropout<20>, ReLU, Flatten,
                             Dropout<10>, Linear<3>>;
using VectorNet = Sequential<Shape{5}, Linear<6>, ReLU, Linear<4>, Dropout<30>, ReLU, Linear<3>>;
using PoolFirst = Sequential<image, MaxPool2d<2>, Conv2d<2, 2>, Flatten, Linear<2>>;
using ReluFirst = Sequential<image, ReLU, MaxPool2d<2>, Flatten, Linear<2>>;
using DropoutFirst = Sequential<Shape{5}, Dropout<20>, Linear<2>>;
using FlattenFirst = Sequential<image, Flatten, ReLU, Linear<2>, ReLU>;
using NormFirst = Sequential<image, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<2>>;
using Averages = Sequential<image, Conv2d<3, 1>, AvgPool2d<3, Stride{2}, Padding{1}, RoundDown{}>, ReLU,
                            AvgPool2d<2, Stride{1}, Padding{1}, CountIncludePad{false}>, GlobalAvgPool2d, Flatten, Linear<3>>;
using VectorNorms = Sequential<Shape{5}, BatchNorm1d, ReLU, Linear<6>, LayerNorm, ReLU, Linear<4>, BatchNorm1d, Linear<3>>;
using GroupNorms = Sequential<image, GroupNorm<2>, Conv2d<6, 3>, GroupNorm<3>, ReLU, LayerNorm, Flatten, LayerNorm, Linear<2>>;
using Shapes = Sequential<image, Reshape<4, 3, 6>, Conv2d<2, 1>, Upsample<2>, Upsample<ScaleFactor{1, 2}, Bilinear{}>, Reshape<3, 6, 16>,
                          Conv2d<2, 3>, Flatten, Reshape<7, 16>, Reshape<112>, Linear<3>>;
using Branches = Sequential<image, Residual<GroupNorm<1>, ReLU, Conv2d<2, 3, Padding{1}>>,
                            Parallel<AvgPool2d<3, Stride{1}, Padding{1}>, Block<Reshape<4, 3, 6>, Reshape<2, 6, 6>>, Conv2d<3, 1>>,
                            Parallel<Block<GlobalAvgPool2d, Flatten>, Block<Conv2d<1, 1>, Flatten, LayerNorm>>, Linear<2>>;
using ConvLast = Sequential<image, Conv2d<2, 3>, ReLU, Conv2d<3, 4>, Flatten, Linear<5>>;

}  // namespace

TEST_CASE_TEMPLATE("gradients agree with finite differences", Net, Everything, ConvOptions, PoolOptions, NormKinds, VectorNet, PoolFirst,
                   ReluFirst, DropoutFirst, FlattenFirst, NormFirst, Averages, VectorNorms, GroupNorms, Shapes, Branches,
                   ConvLast) {
  check_gradients<Net>();
}

TEST_CASE("backward of an output gradient agrees with the loss's own") {
  Model<Everything, double, Reference, 2> model{seed(1)};
  Batch<double, Everything::input_shape, 2> samples;
  Random random(2);
  for (index_t i = 0; i < 2 * Everything::input_shape.size(); ++i) samples.data()[i] = static_cast<double>(random.normal());
  const std::vector<std::int32_t> labels{1, 2};
  model.forward_backward(samples, labels, CrossEntropy<3>{});
  const std::vector<double> expected(model.gradients().begin(), model.gradients().end());

  model.set_forward_passes(0);
  const auto logits = model.forward(samples);
  Batch<double, Shape{3}, 2> gradient;
  model.softmax(logits, gradient.data());
  for (index_t row = 0; row < 2; ++row) {
    for (index_t c = 0; c < 3; ++c) {
      double& dy = gradient.row(row)[c];
      dy = (dy - (static_cast<index_t>(labels[row]) == c ? 1 : 0)) / 2;  // softmax minus one-hot, over the rows
    }
  }
  model.backward(gradient.view());
  index_t wrong = 0;
  for (index_t i = 0; i < expected.size(); ++i) {
    wrong += std::abs(model.gradients()[i] - expected[i]) > 1e-13 * std::max(1.0, std::abs(expected[i])) ? 1 : 0;
  }
  CHECK(wrong == 0);
}
