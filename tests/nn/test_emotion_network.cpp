/// The emotion network: every number that its description states.
#include <doctest/doctest.h>

#include "../../examples/emotion/network.hpp"

using emotion::EmotionNet;
using taut::index_t;
using taut::Role;
using taut::Shape;

namespace {

/// The same network with every input count stated.
using Stated = taut::Sequential<
    Shape{1, 48, 48}, taut::Conv2d<1, 32, 3, taut::Padding{1}>, taut::BatchNorm2dWith<32>, taut::ReLU, taut::MaxPool2d<2>,
    taut::Conv2d<32, 64, 3, taut::Padding{1}>, taut::BatchNorm2dWith<64>, taut::ReLU, taut::MaxPool2d<2>,
    taut::Conv2d<64, 128, 3, taut::Padding{1}>, taut::BatchNorm2dWith<128>, taut::ReLU, taut::MaxPool2d<2>,
    taut::Conv2d<128, 256, 3, taut::Padding{1}>, taut::BatchNorm2dWith<256>, taut::ReLU, taut::MaxPool2d<2>, taut::Flatten,
    taut::Linear<2304, 512>, taut::ReLU, taut::Dropout<50>, taut::Linear<512, 7>>;

template <class Net, index_t Layer>
constexpr index_t parameters = Net::plan.layers[Layer].tensors.parameter_count();

template <class Net, index_t Layer>
constexpr Shape output = Net::plan.layers[Layer].output;

template <class Net>
constexpr bool is_the_emotion_network() {
  static_assert(Net::depth == 21);
  static_assert(Net::input_shape == Shape{1, 48, 48});
  static_assert(parameters<Net, 0> == 320);
  static_assert(parameters<Net, 1> == 64);
  static_assert(parameters<Net, 4> == 18'496);
  static_assert(parameters<Net, 5> == 128);
  static_assert(parameters<Net, 8> == 73'856);
  static_assert(parameters<Net, 9> == 256);
  static_assert(parameters<Net, 12> == 295'168);
  static_assert(parameters<Net, 13> == 512);
  static_assert(parameters<Net, 17> == 1'180'160);
  static_assert(parameters<Net, 20> == 3'591);
  static_assert(Net::parameter_count == 1'572'551);

  static_assert(output<Net, 0> == Shape{32, 48, 48});
  static_assert(output<Net, 3> == Shape{32, 24, 24});
  static_assert(output<Net, 7> == Shape{64, 12, 12});
  static_assert(output<Net, 11> == Shape{128, 6, 6});
  static_assert(output<Net, 15> == Shape{256, 3, 3});
  static_assert(output<Net, 16> == Shape{2304});
  static_assert(output<Net, 17> == Shape{512});
  static_assert(output<Net, 19> == Shape{512});
  static_assert(Net::output_shape == Shape{7});

  // pixels x taps x channels in x channels out; the linear layers are matrices
  constexpr index_t convolutions = 48 * 48 * 9 * 1 * 32 + 24 * 24 * 9 * 32 * 64 + 12 * 12 * 9 * 64 * 128 + 6 * 6 * 9 * 128 * 256;
  static_assert(Net::multiply_adds == convolutions + 2304 * 512 + 512 * 7);
  static_assert(Net::multiply_adds == 33'697'280);
  return true;
}

}  // namespace

TEST_CASE("the emotion network has the issue's shapes and counts") { CHECK(is_the_emotion_network<EmotionNet>()); }

TEST_CASE("stated channels give the same network as inferred ones") { CHECK(is_the_emotion_network<Stated>()); }

TEST_CASE("the emotion network runs in eleven steps") {
  REQUIRE(EmotionNet::plan.step_count == 11);
  const taut::StepSpan expected[] = {{0, 1}, {1, 3}, {4, 1}, {5, 3}, {8, 1}, {9, 3}, {12, 1}, {13, 3}, {16, 3}, {19, 1}, {20, 1}};
  for (index_t i = 0; i < 11; ++i) CHECK(EmotionNet::plan.steps[i] == expected[i]);
  CHECK(EmotionNet::plan.layers[19].role == Role::dropout);
}

TEST_CASE("the emotion network's inference memory is the two largest neighbours") {
  constexpr const auto& memory = EmotionNet::memory<1>;
  static_assert(memory.batch == 1 && memory.parameters >= EmotionNet::parameter_count);
  static_assert(memory.parameters < EmotionNet::parameter_count + 16 * 24);  // 22 tensors, each rounded up to 16 elements
  static_assert(memory.buffers == 2 * (32 + 64 + 128 + 256));
  static_assert(memory.inference == 32 * 48 * 48 + 32 * 24 * 24);
  static_assert(memory.vectors == 4 * (32 + 64 + 128 + 256));
  CHECK(memory.argmax_bytes == 32 * 24 * 24 + 64 * 12 * 12 + 128 * 6 * 6 + 256 * 3 * 3);
}
