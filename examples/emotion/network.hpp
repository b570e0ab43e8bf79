/// EmotionNet: the Emotion Classifier CNN, seven emotions from 48×48 gray faces, as a type.
#pragma once

#include "taut/nn.hpp"

namespace emotion {

template <taut::index_t Channels>
using ConvBlock = taut::Block<taut::Conv2d<Channels, 3, taut::Padding{1}>, taut::BatchNorm2d, taut::ReLU, taut::MaxPool2d<2>>;

using EmotionNet = taut::Sequential<taut::Shape{1, 48, 48},                                            // a gray face
                                    ConvBlock<32>, ConvBlock<64>, ConvBlock<128>, ConvBlock<256>,      // 256x3x3
                                    taut::Flatten, taut::Linear<512>, taut::ReLU, taut::Dropout<50>,  // 512
                                    taut::Linear<7>>;                                                  // a logit a class

static_assert(EmotionNet::output_shape == taut::Shape{7});
static_assert(EmotionNet::parameter_count == 1'572'551);

}  // namespace emotion
