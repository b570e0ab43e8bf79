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

TEST_CASE("layers are named as they are written") {
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
}
