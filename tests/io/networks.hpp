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
/// Every activation, and softmax over channels and over features; each network few enough that its output still depends on its input.
using Activations = Sequential<Shape{3, 6, 6}, Conv2d<8, 3>, LeakyReLUWith<NegativeSlope{0.2}>, Conv2d<6, 3, Padding{1}>, BatchNorm2d, SiLU,
                               MaxPool2d<2>, Flatten, Linear<8>, GELU, Linear<7>, Tanh>;
using Gates = Sequential<Shape{1, 4, 4}, Flatten, Linear<16>, GELUWith<ApproximateTanh{}>, Linear<8>, Sigmoid, LeakyReLU, Linear<5>>;
using Softmaxes = Sequential<Shape{3, 4, 4}, Conv2d<5, 3>, Softmax, Flatten, Linear<4>, LogSoftmax>;

using Averaged = Sequential<Shape{2, 9, 7}, Conv2d<6, 3, Padding{1}>, AvgPool2d<3, Stride{2}, Padding{1}>,
                            AvgPool2d<Kernel{3, 2}, Stride{1}, Padding{1}, CountIncludePad{false}>, GlobalAvgPool2d, Flatten, Linear<4>>;
/// A ReLU stands between each bias and the batch norm behind it, which would take it out again and leave it a gradient of zero.
using Normalized = Sequential<Shape{2, 4, 5}, Conv2d<6, 1>, GroupNorm<3, Eps{1e-3}>, ReLU, LayerNorm, ReLU, Flatten, BatchNorm1d,
                              LayerNorm, ReLU, Linear<9, NoBias{}>, BatchNorm1dWith<Eps{1e-3}>, ReLU, Linear<4>>;
using Reshaped = Sequential<Shape{2, 4, 3}, Reshape<6, 2, 2>, Conv2d<5, 1>, Upsample<2>, Upsample<ScaleFactor{3, 2}, Bilinear{}>,
                            Reshape<3, 20, 8>, Conv2d<2, 3>, Flatten, Reshape<9, 24>, Reshape<216>, Linear<4>>;

using Transposed = Sequential<Shape{2, 4, 5}, ConvTranspose2d<6, 3, Stride{2}, Padding{1}, OutputPadding{1}, NoBias{}>, BatchNorm2d, ReLU,
                              ConvTranspose2d<4, Kernel{2, 3}, Groups{2}>, Sigmoid, ConvTranspose2d<3, 3, Dilation{2}, Padding{1}>, Flatten,
                              Linear<4>>;
/// A sequence is an image of one row.
using Sequences = Sequential<Shape{3, 1, 20}, Conv1d<6, 3, Padding{1}>, ReLU, MaxPool2d<Kernel{1, 2}>,
                             Conv1d<4, 3, Stride{2}, Dilation{2}, Groups{2}, NoBias{}>, BatchNorm2d, ReLU, Flatten, Linear<4>>;

template <index_t Channels>
using ConvBlock = Block<Conv2d<Channels, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>>;
using EmotionNet = Sequential<Shape{1, 48, 48}, ConvBlock<32>, ConvBlock<64>, ConvBlock<128>, ConvBlock<256>, Flatten, Linear<512>, ReLU,
                              Dropout<50>, Linear<7>>;

using Branching = Sequential<Shape{3, 8, 7}, Conv2d<6, 3, Padding{1}>, Residual<Conv2d<6, 3, Padding{1}>, BatchNorm2d, ReLU, Conv2d<6, 1>>, ReLU,
                             Residual<Shortcut<Conv2d<8, 1, Stride{2}>, BatchNorm2d>, Conv2d<8, 3, Stride{2}, Padding{1}>, BatchNorm2d>, ReLU,
                             Parallel<Block<>, Conv2d<4, 1>, Block<Residual<ReLU>, Conv2d<3, 3, Padding{1}>>>, Dropout<20>, Flatten, Linear<5>>;

}  // namespace taut::test
