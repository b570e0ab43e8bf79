/// LargeNet: a teacher for the emotion network: two convolutions where it has one.
#pragma once

#include "taut/nn.hpp"

namespace emotion {

template <taut::index_t Channels>
using ConvLayer = taut::Block<taut::Conv2d<Channels, 3, taut::Padding{1}>, taut::BatchNorm2d, taut::ReLU>;

template <taut::index_t Channels>
using DoubleConvBlock = taut::Block<ConvLayer<Channels>, ConvLayer<Channels>, taut::MaxPool2d<2>>;

using LargeNet = taut::Sequential<taut::Shape{1, 48, 48},                                                                // a gray face
                                  DoubleConvBlock<32>, DoubleConvBlock<64>, DoubleConvBlock<128>, DoubleConvBlock<256>,  // 256x3x3
                                  taut::Flatten, taut::Dropout<30>, taut::Linear<512>, taut::ReLU, taut::Dropout<50>,    // 512
                                  taut::Linear<7>>;                                                                      // a logit a class

}  // namespace emotion
