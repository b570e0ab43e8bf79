/// The code of docs/01_shapes.md.
#include <doctest/doctest.h>

#include <iostream>
#include <sstream>

#include "taut/taut.hpp"

namespace {

using Net = taut::Sequential<taut::Shape{1, 28, 28},                              // one channel, 28 rows, 28 columns
                             taut::Conv2d<8, 3, taut::Padding{1}>, taut::ReLU,    // 8x28x28
                             taut::MaxPool2d<2>,                                  // 8x14x14
                             taut::Flatten, taut::Linear<10>>;                    // 10

static_assert(Net::output_shape == taut::Shape{10});
static_assert(Net::parameter_count == 8 * 9 + 8 + 8 * 14 * 14 * 10 + 10);
static_assert(Net::multiply_adds == 28 * 28 * 8 * 9 + 8 * 14 * 14 * 10);

template <taut::index_t Channels>
using ConvBlock = taut::Block<taut::Conv2d<Channels, 3, taut::Padding{1}>, taut::BatchNorm2d, taut::ReLU, taut::MaxPool2d<2>>;

using Blocks = taut::Sequential<taut::Shape{3, 32, 32}, ConvBlock<16>, ConvBlock<32>, taut::Flatten, taut::Linear<10>>;

using Stated = taut::Sequential<taut::Shape{1, 28, 28}, taut::Conv2d<1, 8, 3, taut::Padding{1}>, taut::ReLU, taut::MaxPool2d<2>,
                                taut::Flatten, taut::Linear<1568, 10>>;
static_assert(Stated::parameter_count == Net::parameter_count);

}  // namespace

TEST_CASE("docs/01_shapes.md: a plan is data") {
  std::ostringstream out;
  constexpr const auto& memory = Net::memory<64>;
  out << Net::plan.step_count << " steps, " << memory.training * sizeof(float) << " bytes of activations and gradients\n";
  CHECK(out.str() == "3 steps, 4014080 bytes of activations and gradients\n");
  CHECK(Blocks::output_shape == taut::Shape{10});
}

TEST_CASE("docs/01_shapes.md: a summary is a string") {
  std::ostringstream out;
  out << taut::summary<Net>();
  CHECK(out.str().find("Conv2d<8,3,Padding{1}>") != std::string::npos);
}
