/// Networks: small ones of every kind of layer, as make_torch.py builds them in PyTorch.
#pragma once

#include "taut/nn.hpp"

namespace taut::test {

using Mlp = Sequential<Shape{1, 4, 4}, Flatten, Linear<8>, ReLU, Dropout<30>, Linear<5>>;
using Strided = Sequential<Shape{3, 9, 9}, Conv2d<6, 3, Stride{2}, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<3, Stride{2}, Padding{1}>,
                           Flatten, Linear<4>>;
using Grouped = Sequential<Shape{4, 6, 5}, Conv2d<8, 3, Padding{1}, Groups{2}, NoBias{}>, BatchNorm2dWith<Eps{1e-3}>, ReLU,
                           Conv2d<8, 3, Padding{2}, Dilation{2}, Groups{8}>, Flatten, Linear<3, NoBias{}>>;
using Winograd = Sequential<Shape{2, 8, 8}, Conv2d<32, 3, Padding{1}>, ReLU, Conv2d<32, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>,
                            Flatten, Linear<6>>;
/// Every activation, and softmax over channels and over features.
using Activations = Sequential<Shape{3, 6, 6}, Conv2d<8, 3>, LeakyReLUWith<NegativeSlope{0.2}>, Conv2d<6, 3, Padding{1}>, BatchNorm2d, SiLU,
                               MaxPool2d<2>, Conv2d<5, 1>, Tanh, Softmax, Flatten, Linear<8>, GELU, Linear<8>, GELUWith<ApproximateTanh{}>,
                               Linear<7>, Sigmoid, Linear<5>, LogSoftmax>;

template <index_t Channels>
using ConvBlock = Block<Conv2d<Channels, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>>;
using EmotionNet = Sequential<Shape{1, 48, 48}, ConvBlock<32>, ConvBlock<64>, ConvBlock<128>, ConvBlock<256>, Flatten, Linear<512>, ReLU,
                              Dropout<50>, Linear<7>>;

}  // namespace taut::test
