/// Check layer gradients: small networks that have each layer, in each way that layers melt together.
#pragma once

#include "ops/check_gradient.hpp"

namespace ops {

namespace layers {

using namespace taut;

// A pointwise convolution in front lets the layer behind it show its gradient with respect to its input.
template <Shape Input, class... Parts>
using Behind = Sequential<Input, Conv2d<Input.d0, 1>, Parts...>;

using Convolution = Behind<Shape{3, 5, 7}, Conv2d<5, 3, Padding{1}>>;
using ConvolutionRelu = Behind<Shape{1, 6, 6}, Conv2d<3, 5, Padding{2}>, ReLU>;
using StridedConvolution = Behind<Shape{3, 9, 4}, Conv2d<5, 3, Stride{2}, Padding{1}, NoBias{}>>;
using DilatedConvolution = Behind<Shape{2, 7, 6}, Conv2d<3, Kernel{3, 2}, Dilation{2}, Padding{1, 2}>>;
using GroupedConvolution = Behind<Shape{4, 5, 5}, Conv2d<6, 3, Groups{2}, Padding{1}>, ReLU>;
using TransposedConvolution = Behind<Shape{3, 3, 4}, ConvTranspose2d<5, 3, Stride{2}, Padding{1}, OutputPadding{1}>>;
using TransposedActivated = Behind<Shape{4, 3, 4}, ConvTranspose2d<6, Kernel{2, 3}, Groups{2}, Dilation{2}, NoBias{}>, Tanh>;
using Sequence = Behind<Shape{4, 1, 11}, Conv1d<6, 3, Stride{2}, Padding{1}, Groups{2}>, ReLU>;
using DepthwiseConvolution = Behind<Shape{5, 5, 4}, Conv2d<5, 3, Groups{5}, Stride{2}, Padding{1}>>;

using Norm = Behind<Shape{3, 5, 4}, BatchNorm2d>;
using NormRelu = Behind<Shape{3, 5, 4}, BatchNorm2d, ReLU>;
using NormReluPool = Behind<Shape{5, 6, 6}, BatchNorm2d, ReLU, MaxPool2d<2>>;
using NormPool = Behind<Shape{3, 5, 7}, BatchNorm2dWith<Eps{1e-3}>, MaxPool2d<3, Stride{2}, Padding{1}>>;
using Relu = Behind<Shape{17, 3, 2}, BatchNorm2d, Dropout<0>, ReLU>;
using ReluPool = Behind<Shape{3, 5, 7}, Dropout<0>, ReLU, MaxPool2d<2, RoundDown{}>>;
using Pool = Behind<Shape{3, 5, 4}, MaxPool2d<3, Stride{1}>>;
using RectangularPool = Behind<Shape{2, 6, 4}, MaxPool2d<Kernel{3, 2}>>;

/// An activation behind a convolution; behind a batch norm, with a pool whose windows are apart or overlap; behind a linear layer; alone.
template <class X>
using Activated = Behind<Shape{2, 7, 6}, Conv2d<3, 3, Padding{1}>, X, BatchNorm2d, X, MaxPool2d<3, Stride{1}, Padding{1}>, BatchNorm2d, X,
                          MaxPool2d<2, RoundDown{}>, Dropout<0>, X, Flatten, Linear<5>, X, Linear<3>>;
/// Without a batch norm between.
template <class X>
using ActivatedPool = Behind<Shape{3, 6, 6}, Dropout<0>, X, MaxPool2d<2>, Dropout<0>, X, MaxPool2d<3, Stride{2}, Padding{1}, RoundDown{}>>;
/// Behind and inside of branches.
template <class X>
using ActivatedSum = Behind<Shape{2, 4, 4}, Residual<Conv2d<2, 3, Padding{1}>>, X, Conv2d<2, 1>, Residual<X>, Conv2d<3, 1>>;
using SoftmaxInside = Behind<Shape{3, 2, 4}, Softmax, Conv2d<3, 1>, LogSoftmax, Flatten, Linear<4>, Softmax, Linear<3>, LogSoftmax>;
using AveragePool = Behind<Shape{3, 5, 4}, AvgPool2d<3, Stride{2}, Padding{1}, RoundDown{}>>;
using UncountedPool = Behind<Shape{5, 5, 4}, AvgPool2d<Kernel{3, 2}, Stride{1}, Padding{1}, CountIncludePad{false}>>;
using GlobalPool = Behind<Shape{17, 3, 5}, GlobalAvgPool2d>;
using Groups = Behind<Shape{6, 4, 5}, GroupNorm<2>>;
using GroupsRelu = Behind<Shape{9, 3, 2}, GroupNorm<9>, ReLU>;
using Layers = Behind<Shape{5, 4, 3}, LayerNorm>;
using VectorNorm = Sequential<Shape{7}, Linear<5>, BatchNorm1d, ReLU, Linear<3>>;
using VectorLayers = Sequential<Shape{7}, Linear<19>, LayerNormWith<Eps{1e-3}>, ReLU>;
using Nearest = Behind<Shape{3, 4, 5}, Upsample<ScaleFactor{2, 3}>>;
using Between = Behind<Shape{3, 4, 5}, Upsample<ScaleFactor{3, 2}, Bilinear{}>>;
using Reshapes = Behind<Shape{3, 4, 5}, Reshape<5, 6, 2>, Conv2d<3, 1>, Reshape<4, 9>>;

using Vector = Sequential<Shape{7}, Linear<5>, Linear<3, NoBias{}>>;
using VectorRelu = Sequential<Shape{7}, Linear<9>, ReLU, Linear<3>, ReLU>;
using VectorDropout = Sequential<Shape{5}, Linear<9>, Dropout<30>, Linear<4>>;
using Image = Behind<Shape{3, 2, 4}, Flatten, Linear<6>, ReLU, Linear<2>>;
using FlattenAlone = Behind<Shape{3, 2, 4}, Flatten, ReLU, Dropout<50>, Linear<2>>;

/// The emotion network's layers in the small.
using Small = Sequential<Shape{1, 8, 8}, Conv2d<3, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Conv2d<5, 3, Padding{1}>, BatchNorm2d,
                         ReLU, MaxPool2d<2>, Flatten, Linear<6>, ReLU, Dropout<50>, Linear<4>>;

}  // namespace layers

template <class D>
void check_convolution_gradients() {
  SUBCASE("convolution") { check_gradient<layers::Convolution, D>(1); }
  SUBCASE("convolution, relu") { check_gradient<layers::ConvolutionRelu, D>(2); }
  SUBCASE("stride") { check_gradient<layers::StridedConvolution, D>(3); }
  SUBCASE("dilation") { check_gradient<layers::DilatedConvolution, D>(4); }
  SUBCASE("groups") { check_gradient<layers::GroupedConvolution, D>(5); }
  SUBCASE("depthwise") { check_gradient<layers::DepthwiseConvolution, D>(6); }
  SUBCASE("transposed") { check_gradient<layers::TransposedConvolution, D>(7); }
  SUBCASE("transposed, dilation, groups, tanh") { check_gradient<layers::TransposedActivated, D>(8); }
  SUBCASE("sequence") { check_gradient<layers::Sequence, D>(9); }
}

template <class D>
void check_norm_pool_gradients() {
  SUBCASE("norm") { check_gradient<layers::Norm, D>(11); }
  SUBCASE("norm, relu") { check_gradient<layers::NormRelu, D>(12); }
  SUBCASE("norm, relu, pool") { check_gradient<layers::NormReluPool, D>(13); }
  SUBCASE("norm, pool") { check_gradient<layers::NormPool, D>(14); }
  SUBCASE("relu") { check_gradient<layers::Relu, D>(15); }
  SUBCASE("relu, pool") { check_gradient<layers::ReluPool, D>(16); }
  SUBCASE("pool") { check_gradient<layers::Pool, D>(17); }
  SUBCASE("rectangular pool") { check_gradient<layers::RectangularPool, D>(18); }
}

template <class D>
void check_activation_gradients() {
  const auto check = []<class X>(std::uint64_t seed) {
    check_gradient<layers::Activated<X>, D>(seed);
    check_gradient<layers::ActivatedPool<X>, D>(seed + 1);
    check_gradient<layers::ActivatedSum<X>, D>(seed + 100);
  };
  SUBCASE("leaky relu") { check.template operator()<taut::LeakyReLUWith<taut::NegativeSlope{0.2}>>(41); }
  SUBCASE("sigmoid") { check.template operator()<taut::Sigmoid>(43); }
  SUBCASE("tanh") { check.template operator()<taut::Tanh>(45); }
  SUBCASE("silu") { check.template operator()<taut::SiLU>(47); }
  SUBCASE("gelu") { check.template operator()<taut::GELU>(49); }
  SUBCASE("gelu by tanh") { check.template operator()<taut::GELUWith<taut::ApproximateTanh{}>>(51); }
  SUBCASE("softmax") { check_gradient<layers::SoftmaxInside, D>(53); }
}

template <class D>
void check_plain_gradients() {
  SUBCASE("average pool") { check_gradient<layers::AveragePool, D>(41); }
  SUBCASE("average pool, padding not counted") { check_gradient<layers::UncountedPool, D>(42); }
  SUBCASE("global average pool") { check_gradient<layers::GlobalPool, D>(43); }
  SUBCASE("groups") { check_gradient<layers::Groups, D>(44); }
  SUBCASE("a group each, relu") { check_gradient<layers::GroupsRelu, D>(45); }
  SUBCASE("layer norm of an image") { check_gradient<layers::Layers, D>(46); }
  SUBCASE("linear, norm, relu") { check_gradient<layers::VectorNorm, D>(47); }
  SUBCASE("linear, layer norm, relu") { check_gradient<layers::VectorLayers, D>(48); }
  SUBCASE("nearest") { check_gradient<layers::Nearest, D>(49); }
  SUBCASE("bilinear") { check_gradient<layers::Between, D>(50); }
  SUBCASE("reshape") { check_gradient<layers::Reshapes, D>(51); }
}

template <class D>
void check_vector_gradients() {
  SUBCASE("linear") { check_gradient<layers::Vector, D>(21); }
  SUBCASE("linear, relu") { check_gradient<layers::VectorRelu, D>(22); }
  SUBCASE("linear, dropout") { check_gradient<layers::VectorDropout, D>(23); }
  SUBCASE("flatten, linear") { check_gradient<layers::Image, D>(24); }
  SUBCASE("flatten alone") { check_gradient<layers::FlattenAlone, D>(25); }
}

template <class D>
void check_loss_gradients() {
  taut::CrossEntropy<4> loss;
  SUBCASE("plain") { check_loss_gradient<layers::Small, D>(31, loss); }
  SUBCASE("weighted and smoothed") {
    loss.class_weights = {0.002, 1, 0.3, 2.5};
    loss.label_smoothing = 0.1;
    check_loss_gradient<layers::Small, D>(32, loss);
  }
  SUBCASE("against probabilities") {
    check_dense_loss_gradient<layers::Small, D>(33, taut::SoftCrossEntropy<4>{.class_weights = {0.002, 1, 0.3, 2.5}, .label_smoothing = 0.1});
  }
  SUBCASE("mean squared error") { check_dense_loss_gradient<layers::Small, D>(34, taut::MSE{}); }
  SUBCASE("mean squared error of images") { check_dense_loss_gradient<layers::NormReluPool, D>(35, taut::MSE{}); }
  SUBCASE("Huber's") { check_dense_loss_gradient<layers::Small, D>(36, taut::Huber{.delta = 0.3}); }
  SUBCASE("binary cross entropy") { check_dense_loss_gradient<layers::Small, D>(37, taut::BCEWithLogits<4>{.pos_weight = {0.5, 1, 2, 9}}); }
  SUBCASE("binary cross entropy of images") {
    check_dense_loss_gradient<layers::NormReluPool, D>(38, taut::BCEWithLogits<5>{.pos_weight = {0.5, 1, 2, 9, 0}});
  }
}

template <class D>
void check_frozen_gradients() {
  SUBCASE("the first layers") { check_frozen_gradient<layers::Small, D>(41, {"0", "1", "4"}); }
  SUBCASE("a norm in between") { check_frozen_gradient<layers::Small, D>(42, {"5"}); }
  SUBCASE("norms and a convolution in between") { check_frozen_gradient<layers::Small, D>(43, {"1.", "4.", "5."}); }
  SUBCASE("weights alone") { check_frozen_gradient<layers::Small, D>(44, {"1.weight", "4.weight", "9.weight"}); }
  SUBCASE("a linear layer") { check_frozen_gradient<layers::Small, D>(45, {"9"}); }
}

}  // namespace ops
