/// Layers as descriptions: arguments, options, shapes, names, tensors.
#include <doctest/doctest.h>

#include <string>

#include "taut/nn.hpp"
#include "taut/nn/layer_name.hpp"

using namespace taut;

namespace {

template <class X>
std::string expectation(Shape in) {
  TextBuilder text;
  X::expects(in, text);
  return std::string(text.view());
}

template <class X>
std::string hint(Shape in) {
  TextBuilder text;
  X::hint(in, text);
  return std::string(text.view());
}

}  // namespace

TEST_CASE("all layers are layers") {
  static_assert(Layer<Conv2d<4, 3>> && Layer<Linear<4>> && Layer<BatchNorm2d> && Layer<ReLU> && Layer<MaxPool2d<2>> && Layer<Dropout<50>> &&
                Layer<Flatten>);
  static_assert(Layer<AvgPool2d<2>> && Layer<GlobalAvgPool2d> && Layer<BatchNorm1d> && Layer<LayerNorm> && Layer<GroupNorm<2>> &&
                Layer<Reshape<2, 3>> && Layer<Upsample<2>>);
  static_assert(!Layer<int> && !Layer<Block<ReLU>>);
  CHECK(Linear<4>::role == Role::linear);
}

TEST_CASE("Conv2d reads its numbers and options in any combination") {
  constexpr Shape in{4, 9, 11};
  CHECK(Conv2d<8, 3>::output_shape(in) == Shape{8, 7, 9});
  CHECK(Conv2d<4, 8, 3>::output_shape(in) == Shape{8, 7, 9});
  CHECK(Conv2d<8, 3, Padding{1}>::output_shape(in) == Shape{8, 9, 11});
  CHECK(Conv2d<8, 3, Padding{1, 0}, Stride{2, 3}>::output_shape(in) == Shape{8, 5, 3});
  CHECK(Conv2d<8, Kernel{3, 5}>::output_shape(in) == Shape{8, 7, 7});
  CHECK(Conv2d<4, 8, Kernel{1, 11}>::output_shape(in) == Shape{8, 9, 1});
  CHECK(Conv2d<8, 3, Dilation{2, 4}>::output_shape(in) == Shape{8, 5, 3});
  constexpr Conv2dGeometry g = Conv2d<8, 3, Groups{2}, Stride{2}, NoBias{}>::geometry(in);
  CHECK(g == Conv2dGeometry{4, 9, 11, 8, {3, 2, 0, 1}, {3, 2, 0, 1}, 2});
  CHECK(Conv2d<8, 3>::has_bias);
  CHECK_FALSE(Conv2d<8, 3, NoBias{}>::has_bias);
  CHECK(Conv2d<8, 3>::multiply_adds(in) == 7 * 9 * 9 * 4 * 8);
  CHECK(Conv2d<8, 3, Groups{4}>::multiply_adds(in) == 7 * 9 * 9 * 8);
}

TEST_CASE("Conv2d accepts what it can slide over") {
  using Plain = Conv2d<8, 3>;
  CHECK(Plain::accepts({1, 3, 3}));
  CHECK_FALSE(Plain::accepts({1, 2, 3}));
  CHECK_FALSE(Plain::accepts({9}));
  CHECK_FALSE(Plain::accepts({3, 3}));
  CHECK(Conv2d<8, 3, Padding{1}>::accepts({1, 1, 1}));
  CHECK_FALSE(Conv2d<8, 3, Dilation{2}>::accepts({1, 4, 4}));
  CHECK_FALSE(Conv2d<2, 8, 3>::accepts({3, 9, 9}));
  CHECK_FALSE(Conv2d<8, 3, Groups{4}>::accepts({6, 9, 9}));
}

TEST_CASE("Conv2d's tensors are PyTorch's") {
  constexpr TensorList list = Conv2d<8, Kernel{3, 5}, Groups{2}>::tensors({6, 9, 9});
  REQUIRE(list.count == 2);
  CHECK(std::string(list.specs[0].name) == "weight");
  CHECK(list.specs[0].shape == Shape{8, 3, 3, 5});
  CHECK(list.specs[0].order == Order::convolution);
  CHECK(list.specs[1].shape == Shape{8});
  CHECK(list.parameter_count() == 8 * 3 * 15 + 8);
  CHECK(Conv2d<8, 3, NoBias{}>::tensors({6, 9, 9}).count == 1);
}

TEST_CASE("Linear takes vectors") {
  CHECK(Linear<5>::accepts({7}));
  CHECK_FALSE(Linear<5>::accepts({7, 1}));
  CHECK_FALSE(Linear<5>::accepts({1, 1, 7}));
  CHECK(Linear<7, 5>::accepts({7}));
  CHECK_FALSE(Linear<7, 5>::accepts({8}));
  CHECK(Linear<7, 5>::output_shape({7}) == Shape{5});
  CHECK(Linear<5>::tensors({7}).parameter_count() == 40);
  CHECK(Linear<5, NoBias{}>::tensors({7}).parameter_count() == 35);
  CHECK(Linear<7, 5, NoBias{}>::multiply_adds({7}) == 35);
}

TEST_CASE("MaxPool2d covers its image or says RoundDown") {
  CHECK(MaxPool2d<2>::accepts({3, 8, 6}));
  CHECK_FALSE(MaxPool2d<2>::accepts({3, 7, 6}));
  CHECK_FALSE(MaxPool2d<2>::accepts({3, 6, 7}));
  CHECK(MaxPool2d<2, RoundDown{}>::output_shape({3, 7, 5}) == Shape{3, 3, 2});
  CHECK(MaxPool2d<3, Stride{2}, Padding{1}>::accepts({3, 7, 7}));
  CHECK(MaxPool2d<3, Stride{2}, Padding{1}>::output_shape({3, 7, 7}) == Shape{3, 4, 4});
  CHECK(MaxPool2d<Kernel{2, 3}>::output_shape({3, 8, 9}) == Shape{3, 4, 3});
  CHECK_FALSE(MaxPool2d<3, RoundDown{}>::accepts({3, 2, 2}));
  CHECK_FALSE(MaxPool2d<2>::accepts({8}));
}

TEST_CASE("BatchNorm2d, ReLU, Dropout and Flatten") {
  CHECK(BatchNorm2d::eps == 1e-5);
  CHECK(BatchNorm2d::momentum == 0.1);
  CHECK(BatchNorm2dWith<Eps{1e-3}, Momentum{0.5}>::eps == 1e-3);
  CHECK(BatchNorm2dWith<4, Momentum{0.5}>::momentum == 0.5);
  CHECK(BatchNorm2dWith<4>::accepts({4, 1, 1}));
  CHECK_FALSE(BatchNorm2dWith<4>::accepts({5, 1, 1}));
  constexpr TensorList list = BatchNorm2d::tensors({6, 2, 2});
  CHECK(list.count == 4);
  CHECK(list.parameter_count() == 12);
  CHECK_FALSE(list.specs[2].trainable);
  CHECK(ReLU::output_shape({3, 4, 5}) == Shape{3, 4, 5});
  CHECK(Dropout<20>::output_shape({7}) == Shape{7});
  CHECK(Flatten::output_shape({3, 4, 5}) == Shape{60});
  CHECK(Flatten::output_shape({60}) == Shape{60});
}

TEST_CASE("activations keep the shape, and have PyTorch's defaults") {
  CHECK(LeakyReLU::activation.negative_slope == 0.01);
  CHECK(LeakyReLUWith<NegativeSlope{0.2}>::activation == Activation::leaky_relu(0.2));
  CHECK(GELU::activation == Activation::gelu);
  CHECK(GELUWith<ApproximateTanh{}>::activation == Activation::gelu_tanh);
  CHECK(GELU::role == Role::gated_activation);
  CHECK(SiLU::role == Role::gated_activation);
  CHECK(Sigmoid::role == Role::activation);
  CHECK(Tanh::output_shape({3, 4, 5}) == Shape{3, 4, 5});
  CHECK(SiLU::accepts({7}));
}

TEST_CASE("Softmax takes vectors and images") {
  CHECK(Softmax::accepts({7}));
  CHECK(LogSoftmax::accepts({3, 4, 5}));
  CHECK_FALSE(Softmax::accepts({3, 4}));
  CHECK(LogSoftmax::output_shape({3, 4, 5}) == Shape{3, 4, 5});
}

TEST_CASE("AvgPool2d slides as MaxPool2d does and says what it divides by") {
  CHECK(AvgPool2d<2>::output_shape({3, 8, 6}) == Shape{3, 4, 3});
  CHECK_FALSE(AvgPool2d<2>::accepts({3, 7, 6}));
  CHECK(AvgPool2d<2, RoundDown{}>::output_shape({3, 7, 5}) == Shape{3, 3, 2});
  CHECK(AvgPool2d<Kernel{3, 2}, Stride{1}, Padding{1}>::output_shape({4, 5, 4}) == Shape{4, 5, 5});
  CHECK_FALSE(AvgPool2d<2>::accepts({8}));
  CHECK(AvgPool2d<20>::accepts({1, 20, 40}));  // larger windows than a max-pool's byte can count
  constexpr AveragePoolGeometry counted = AvgPool2d<3, Stride{2}, Padding{1}>::geometry({2, 5, 7});
  CHECK(counted == AveragePoolGeometry{2, 5, 7, {3, 2, 1}, {3, 2, 1}, true});
  CHECK(counted.divisor(0, 0) == 9);
  constexpr AveragePoolGeometry left_out = AvgPool2d<3, Stride{2}, Padding{1}, CountIncludePad{false}>::geometry({2, 5, 7});
  CHECK(left_out.divisor(0, 0) == 4);
  CHECK(left_out.divisor(0, 1) == 6);
  CHECK(left_out.divisor(1, 1) == 9);
  CHECK(GlobalAvgPool2d::output_shape({6, 5, 7}) == Shape{6, 1, 1});
  CHECK(GlobalAvgPool2d::geometry({6, 5, 7}).divisor(0, 0) == 35);
  CHECK_FALSE(GlobalAvgPool2d::accepts({6}));
}

TEST_CASE("norms of a vector, a sample and groups of channels") {
  CHECK(BatchNorm1d::eps == 1e-5);
  CHECK(BatchNorm1dWith<6, Momentum{0.5}>::momentum == 0.5);
  CHECK(BatchNorm1dWith<6>::accepts({6}));
  CHECK_FALSE(BatchNorm1dWith<6>::accepts({7}));
  CHECK_FALSE(BatchNorm1d::accepts({6, 1, 1}));
  CHECK(BatchNorm1d::tensors({6}).count == 4);
  CHECK(BatchNorm1d::tensors({6}).parameter_count() == 12);
  CHECK(LayerNorm::accepts({6}));
  CHECK(LayerNorm::accepts({6, 2, 3}));
  CHECK(LayerNormWith<6, 2, 3>::accepts({6, 2, 3}));
  CHECK_FALSE(LayerNormWith<6, 2, 3>::accepts({36}));
  CHECK(LayerNorm::tensors({6, 2, 3}).specs[0].shape == Shape{6, 2, 3});
  CHECK(LayerNorm::tensors({6, 2, 3}).parameter_count() == 72);
  CHECK(LayerNormWith<Eps{1e-3}>::eps == 1e-3);
  CHECK(GroupNorm<3>::accepts({6, 2, 2}));
  CHECK_FALSE(GroupNorm<4>::accepts({6, 2, 2}));
  CHECK_FALSE(GroupNorm<3>::accepts({6}));
  CHECK_FALSE(GroupNorm<3, 9>::accepts({6, 2, 2}));
  CHECK(GroupNorm<3>::geometry({6, 2, 5}) == GroupNormGeometry{6, 10, 3});
  CHECK(GroupNorm<3, Eps{1e-3}>::eps == 1e-3);
  CHECK(GroupNorm<3>::tensors({6, 2, 5}).parameter_count() == 12);
}

TEST_CASE("Reshape keeps the elements, Upsample repeats them") {
  CHECK(Reshape<256, 3, 3>::accepts({2304}));
  CHECK(Reshape<256, 3, 3>::output_shape({2304}) == Shape{256, 3, 3});
  CHECK_FALSE(Reshape<256, 3, 3>::accepts({2305}));
  CHECK(Reshape<4, 6>::geometry({2, 3, 4}, {}) == ReshapeGeometry{24, 2, 1});
  CHECK(Reshape<4, 3, 2>::geometry({2, 3, 4}, {}) == ReshapeGeometry{24, 2, 4});
  CHECK(Reshape<4, 3, 2>::geometry({24}, {2, 3, 4}) == ReshapeGeometry{24, 2, 4});  // behind a Flatten
  CHECK(Reshape<24, 1, 1>::geometry({1, 4, 6}, {}) == ReshapeGeometry{24, 1, 1});   // both lie in PyTorch's order
  CHECK(Upsample<2>::output_shape({3, 4, 5}) == Shape{3, 8, 10});
  CHECK(Upsample<ScaleFactor{1, 3}, Bilinear{}>::output_shape({3, 4, 5}) == Shape{3, 4, 15});
  CHECK_FALSE(Upsample<2>::accepts({3}));
  CHECK(Upsample<2, Bilinear{}>::geometry({3, 4, 5}) == UpsampleGeometry{3, 4, 5, 2, 2, true});
}

TEST_CASE("ConvTranspose2d undoes a convolution's shape") {
  CHECK(ConvTranspose2d<8, 3, Stride{2}, Padding{1}, OutputPadding{1}>::output_shape({4, 5, 7}) == Shape{8, 10, 14});
  CHECK(ConvTranspose2d<8, Kernel{3, 2}, Stride{2, 1}, Dilation{2, 1}>::output_shape({4, 5, 7}) == Shape{8, 13, 8});
  CHECK(ConvTranspose2d<6, 3, Groups{2}>::tensors({4, 5, 7}).specs[0].shape == Shape{4, 3, 3, 3});
  CHECK(ConvTranspose2d<6, 3, NoBias{}>::tensors({4, 5, 7}).count == 1);
  CHECK_FALSE(ConvTranspose2d<6, 3, Groups{2}>::accepts({5, 5, 7}));
  CHECK_FALSE(ConvTranspose2d<5, 6, 3>::accepts({4, 5, 7}));
  CHECK_FALSE(ConvTranspose2d<6, 1, Padding{1}>::accepts({4, 2, 7}));  // two pixels of padding are all there is
  CHECK(ConvTranspose2d<6, 1, Padding{1}>::output_shape({4, 3, 7}) == Shape{6, 1, 5});
}

TEST_CASE("Conv1d takes images of one row") {
  CHECK(Conv1d<8, 3, Padding{1}>::output_shape({4, 1, 7}) == Shape{8, 1, 7});
  CHECK(Conv1d<8, 3, Stride{2}, Dilation{2}>::output_shape({4, 1, 9}) == Shape{8, 1, 3});
  CHECK(Conv1d<8, 3>::tensors({4, 1, 7}).specs[0].shape == Shape{8, 4, 3});
  CHECK_FALSE(Conv1d<8, 3>::accepts({4, 2, 7}));
  CHECK_FALSE(Conv1d<8, 3>::accepts({4, 7}));
  CHECK_FALSE(Conv1d<8, 3>::accepts({4, 1, 2}));
}

TEST_CASE("layers are named as they are written") {
  CHECK(name_of<AvgPool2d<3, Stride{2}, CountIncludePad{false}>>() == "AvgPool2d<3,Stride{2},CountIncludePad{false}>");
  CHECK(name_of<GlobalAvgPool2d>() == "GlobalAvgPool2d");
  CHECK(name_of<BatchNorm1d>() == "BatchNorm1d");
  CHECK(name_of<LayerNormWith<8, 6, 6>>() == "LayerNorm<8,6,6>");
  CHECK(name_of<GroupNorm<4, 8>>() == "GroupNorm<4,8>");
  CHECK(name_of<Reshape<256, 3, 3>>() == "Reshape<256,3,3>");
  CHECK(name_of<Upsample<ScaleFactor{2, 3}, Bilinear{}>>() == "Upsample<ScaleFactor{2,3},Bilinear{}>");
  CHECK(name_of<Conv2d<64, 3, Padding{1}>>() == "Conv2d<64,3,Padding{1}>");
  CHECK(name_of<Conv2d<8, Kernel{3, 5}, Stride{2}, Dilation{1, 2}, Groups{4}, NoBias{}>>() ==
        "Conv2d<8,Kernel{3,5},Stride{2},Dilation{1,2},Groups{4},NoBias{}>");
  CHECK(name_of<Linear<2304, 512>>() == "Linear<2304,512>");
  CHECK(name_of<MaxPool2d<2, RoundDown{}>>() == "MaxPool2d<2,RoundDown{}>");
  CHECK(name_of<BatchNorm2d>() == "BatchNorm2d");
  CHECK(name_of<Dropout<50>>() == "Dropout<50>");
  CHECK(name_of<ReLU>() == "ReLU");
  CHECK(name_of<LeakyReLU>() == "LeakyReLU");
  CHECK(name_of<LeakyReLUWith<NegativeSlope{0.2}>>() == "LeakyReLU<NegativeSlope>");
  CHECK(name_of<Sigmoid>() == "Sigmoid");
  CHECK(name_of<Tanh>() == "Tanh");
  CHECK(name_of<SiLU>() == "SiLU");
  CHECK(name_of<GELU>() == "GELU");
  CHECK(name_of<GELUWith<ApproximateTanh{}>>() == "GELU<ApproximateTanh{}>");
  CHECK(name_of<Softmax>() == "Softmax");
  CHECK(name_of<LogSoftmax>() == "LogSoftmax");
  CHECK(name_of<Flatten>() == "Flatten");
  using Net = Sequential<Shape{4}, Linear<2>, ReLU>;
  CHECK(layer_name<Net, 1>() == "layer 1, ReLU");
}

TEST_CASE("layers say what they expect, and what may help") {
  CHECK(expectation<Linear<30, 7>>({20}) == "30 inputs");
  CHECK(expectation<Linear<7>>({2, 3, 4}) == "a vector of inputs");
  CHECK(hint<Linear<7>>({2, 3, 4}) == "24 = 2x3x4: insert Flatten");
  CHECK(hint<Linear<24, 7>>({2, 3, 4}) == "24 = 2x3x4: insert Flatten");
  CHECK(hint<Linear<25, 7>>({2, 3, 4}) == "");
  CHECK(hint<Linear<30, 7>>({20}) == "");
  CHECK(expectation<Conv2d<3, 8, 5>>({4, 9, 9}) == "3 channels");
  CHECK(expectation<Conv2d<8, 5, Dilation{2}, Padding{1}>>({4, 2, 9}) == "at least 7x7 pixels");
  CHECK(expectation<Conv2d<8, 5>>({9}) == "channels x height x width");
  CHECK(expectation<Conv2d<8, 5, Groups{4}>>({6, 9, 9}) == "a multiple of 4 channels");
  CHECK(expectation<MaxPool2d<2>>({6, 9, 9}) == "whole 2x2 windows");
  CHECK(hint<MaxPool2d<2>>({6, 9, 9}) == "RoundDown{} drops the rest");
  CHECK(hint<MaxPool2d<2>>({9}) == "");
  CHECK(expectation<AvgPool2d<2>>({6, 9, 9}) == "whole 2x2 windows");
  CHECK(expectation<BatchNorm1d>({6, 9, 9}) == "a vector");
  CHECK(hint<BatchNorm1d>({6, 9, 9}) == "BatchNorm2d takes images");
  CHECK(expectation<BatchNorm1dWith<5>>({6}) == "5 features");
  CHECK(expectation<LayerNormWith<8, 6, 6>>({288}) == "8x6x6");
  CHECK(expectation<GroupNorm<4>>({6, 9, 9}) == "a multiple of 4 channels");
  CHECK(expectation<GroupNorm<3, 9>>({6, 9, 9}) == "9 channels");
  CHECK(expectation<Reshape<4, 3, 3>>({2, 3, 5}) == "36 elements");
  CHECK(hint<Reshape<4, 3, 3>>({2, 3, 5}) == "2x3x5 = 30");
  CHECK(expectation<Upsample<2>>({8}) == "channels x height x width");
}
