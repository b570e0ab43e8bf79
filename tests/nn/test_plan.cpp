/// Plan: fusion, offsets, shapes, what lies behind a Flatten.
#include <doctest/doctest.h>

#include <vector>

#include "taut/nn.hpp"

using namespace taut;

namespace {

template <class Net>
std::vector<StepSpan> steps() {
  return {Net::plan.steps, Net::plan.steps + Net::plan.step_count};
}

struct Range {
  index_t begin, end;
};

/// The tensors of one arena in the order of their layers.
template <class Net>
std::vector<Range> ranges(bool trainable) {
  std::vector<Range> found;
  for (const LayerPlan& layer : Net::plan.layers) {
    for (index_t t = 0; t < layer.tensors.count; ++t) {
      const TensorSpec& spec = layer.tensors.specs[t];
      if (spec.trainable == trainable) found.push_back({layer.tensor_offset[t], layer.tensor_offset[t] + spec.shape.size()});
    }
  }
  return found;
}

void check_arena(const std::vector<Range>& ranges, index_t elements) {
  index_t previous = 0;
  for (const Range& range : ranges) {
    CHECK(range.begin % offset_step == 0);
    CHECK(range.begin >= previous);
    CHECK(range.begin < previous + offset_step);  // no more than the alignment lies between two tensors
    previous = range.end;
  }
  CHECK(elements == aligned_offset(previous));
}

using Steps = std::vector<StepSpan>;

}  // namespace

TEST_CASE("neighbours melt into steps by their roles") {
  constexpr Shape image{3, 8, 8};
  using Pool = MaxPool2d<2>;
  CHECK(steps<Sequential<image, Conv2d<4, 3>, ReLU, Pool>>() == Steps{{0, 2}, {2, 1}});
  CHECK(steps<Sequential<image, Conv2d<4, 3>, BatchNorm2d, ReLU, Pool>>() == Steps{{0, 1}, {1, 3}});
  CHECK(steps<Sequential<image, BatchNorm2d, Pool>>() == Steps{{0, 2}});
  CHECK(steps<Sequential<image, ReLU, Pool>>() == Steps{{0, 2}});
  CHECK(steps<Sequential<image, Pool, ReLU, BatchNorm2d>>() == Steps{{0, 1}, {1, 1}, {2, 1}});
  CHECK(steps<Sequential<image, ReLU, ReLU>>() == Steps{{0, 1}, {1, 1}});
  CHECK(steps<Sequential<image, Flatten, Linear<5>, ReLU, Dropout<10>, Linear<2>>>() == Steps{{0, 3}, {3, 1}, {4, 1}});
  CHECK(steps<Sequential<image, Flatten, Dropout<10>, Linear<2>>>() == Steps{{0, 1}, {1, 1}, {2, 1}});
  CHECK(steps<Sequential<image, Flatten, ReLU, Linear<2>>>() == Steps{{0, 1}, {1, 1}, {2, 1}});
  CHECK(steps<Sequential<image, Conv2d<4, 3>, Conv2d<4, 3>>>() == Steps{{0, 1}, {1, 1}});
}

TEST_CASE_TEMPLATE("an activation whose gradient follows from its output melts as ReLU does", X, ReLU, LeakyReLU,
                   LeakyReLUWith<NegativeSlope{0.2}>, Sigmoid, Tanh) {
  constexpr Shape image{3, 8, 8};
  CHECK(steps<Sequential<image, Conv2d<4, 3>, X, MaxPool2d<2>>>() == Steps{{0, 2}, {2, 1}});
  CHECK(steps<Sequential<image, Conv2d<4, 3>, BatchNorm2d, X, MaxPool2d<2>>>() == Steps{{0, 1}, {1, 3}});
  CHECK(steps<Sequential<image, Flatten, Linear<5>, X, X>>() == Steps{{0, 3}, {3, 1}});
}

TEST_CASE_TEMPLATE("one whose gradient needs its input doesn't melt with what makes that input", X, SiLU, GELU, GELUWith<ApproximateTanh{}>) {
  constexpr Shape image{3, 8, 8};
  CHECK(steps<Sequential<image, Conv2d<4, 3>, X, MaxPool2d<2>>>() == Steps{{0, 1}, {1, 2}});
  CHECK(steps<Sequential<image, Conv2d<4, 3>, BatchNorm2d, X, MaxPool2d<2>>>() == Steps{{0, 1}, {1, 3}});
  CHECK(steps<Sequential<image, Flatten, Linear<5>, X, X>>() == Steps{{0, 2}, {2, 1}, {3, 1}});
}

TEST_CASE("softmax is a step of its own") {
  CHECK(steps<Sequential<Shape{4}, Linear<4>, Softmax, ReLU, LogSoftmax>>() == Steps{{0, 1}, {1, 1}, {2, 1}, {3, 1}});
}

TEST_CASE("layers that are the same in training and inference are steps of their own") {
  constexpr Shape image{4, 8, 8};
  CHECK(steps<Sequential<image, Conv2d<4, 3>, AvgPool2d<2>, ReLU, GlobalAvgPool2d>>() == Steps{{0, 1}, {1, 1}, {2, 1}, {3, 1}});
  CHECK(steps<Sequential<image, GroupNorm<2>, ReLU, MaxPool2d<2>, LayerNorm>>() == Steps{{0, 1}, {1, 2}, {3, 1}});
  CHECK(steps<Sequential<Shape{16}, Reshape<4, 2, 2>, Upsample<2>, ReLU, Flatten, Linear<2>>>() == Steps{{0, 1}, {1, 1}, {2, 1}, {3, 2}});
  CHECK(steps<Sequential<Shape{16}, Linear<4>, BatchNorm1d, ReLU, Linear<2>>>() == Steps{{0, 1}, {1, 2}, {3, 1}});
}

TEST_CASE("steps cover every layer once, in order") {
  using Net = Sequential<Shape{3, 16, 16}, Conv2d<4, 3>, ReLU, BatchNorm2d, ReLU, MaxPool2d<2>, Dropout<5>, Conv2d<4, 3>, Flatten, Flatten,
                         Linear<9>, Dropout<5>, ReLU, Linear<2>>;
  index_t next = 0;
  for (const StepSpan& step : steps<Net>()) {
    CHECK(step.first == next);
    CHECK(step.count > 0);
    next += step.count;
  }
  CHECK(next == Net::depth);
}

TEST_CASE("offsets are aligned, in order, and disjoint") {
  using Net = Sequential<Shape{3, 9, 9}, Conv2d<5, 3>, BatchNorm2d, Conv2d<7, 3, NoBias{}>, BatchNorm2d, ReLU, Flatten, Linear<11>,
                         Linear<2>>;
  REQUIRE(ranges<Net>(true).size() == 2 + 2 + 1 + 2 + 2 + 2);
  REQUIRE(ranges<Net>(false).size() == 4);
  check_arena(ranges<Net>(true), Net::plan.parameter_elements);
  check_arena(ranges<Net>(false), Net::plan.buffer_elements);
  index_t parameters = 0;
  for (const Range& range : ranges<Net>(true)) parameters += range.end - range.begin;
  CHECK(parameters == Net::parameter_count);
  CHECK(Net::parameter_count == (5 * 3 * 9 + 5) + 10 + 7 * 5 * 9 + 14 + (175 * 11 + 11) + (11 * 2 + 2));
}

TEST_CASE("each layer's input is the layer before it's output") {
  using Net = Sequential<Shape{3, 9, 9}, Conv2d<5, 3>, BatchNorm2d, MaxPool2d<2, RoundDown{}>, Flatten, Linear<11>>;
  CHECK(Net::plan.layers[0].input == Net::input_shape);
  for (index_t i = 1; i < Net::depth; ++i) CHECK(Net::plan.layers[i].input == Net::plan.layers[i - 1].output);
  CHECK(Net::plan.layers[Net::depth - 1].output == Net::output_shape);
}

TEST_CASE("a Linear knows the image behind its inputs, through layers that keep the order") {
  constexpr Shape image{3, 4, 5};
  using Direct = Sequential<image, Flatten, Linear<7>, Linear<2>>;
  CHECK(Direct::plan.layers[1].unflattened == image);
  CHECK(Direct::plan.layers[2].unflattened == Shape{});
  using Through = Sequential<image, Flatten, ReLU, Dropout<10>, Flatten, Linear<2>>;
  CHECK(Through::plan.layers[4].unflattened == image);
  using Activated = Sequential<image, Flatten, GELU, Softmax, Tanh, LogSoftmax, Linear<2>>;
  CHECK(Activated::plan.layers[5].unflattened == image);
  using Norms = Sequential<image, Flatten, BatchNorm1d, ReLU, LayerNorm, Linear<2>>;
  CHECK(Norms::plan.layers[1].unflattened == image);
  CHECK(Norms::plan.layers[4].unflattened == image);
  using Reshaped = Sequential<image, Flatten, Reshape<60>, Linear<2>>;
  CHECK(Reshaped::plan.layers[1].unflattened == image);
  CHECK(Reshaped::plan.layers[2].unflattened == Shape{});
  using Vector = Sequential<Shape{60}, Flatten, Linear<2>>;
  CHECK(Vector::plan.layers[1].unflattened == Shape{});
}

TEST_CASE("a network may end in a Flatten where channels last is PyTorch's order: one pixel, or one channel") {
  using Pixel = Sequential<Shape{3, 4, 5}, Conv2d<7, 1>, GlobalAvgPool2d, Flatten>;
  CHECK(Pixel::output_shape == Shape{7});
  using Channel = Sequential<Shape{3, 4, 5}, Conv2d<1, 1>, Flatten>;
  CHECK(Channel::output_shape == Shape{20});
}

TEST_CASE("blocks are taken apart, however deep") {
  using Inner = Block<ReLU, Dropout<10>>;
  using Net = Sequential<Shape{4}, Block<Linear<3>, Inner, Block<>>, Inner, Linear<2>>;
  static_assert(Net::depth == 6);
  static_assert(std::is_same_v<Net::layer<0>, Linear<3>> && std::is_same_v<Net::layer<2>, Dropout<10>>);
  static_assert(std::is_same_v<Net::layer<3>, ReLU> && std::is_same_v<Net::layer<5>, Linear<2>>);
  CHECK(Net::output_shape == Shape{2});
}

TEST_CASE("two hundred layers of as many steps as can be have a memory plan, in a chain and in branches") {
  using Ten = Block<Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, Conv2d<8, 3, Padding{1}>, ReLU,
                    Dropout<10>, ReLU>;
  using Fifty = Block<Ten, Ten, Ten, Ten, Ten>;
  using Chain = Sequential<Shape{8, 16, 16}, Fifty, Fifty, Fifty, Fifty>;
  static_assert(Chain::depth == 200);
  using Basic = Block<Residual<Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, Conv2d<8, 3, Padding{1}>, BatchNorm2d>, ReLU>;
  using Six = Block<Basic, Basic, Basic, Basic, Basic, Basic>;
  using Residuals = Sequential<Shape{8, 16, 16}, Six, Six, Six, Six, Six, Six>;
  static_assert(Residuals::depth > 300);  // clang folds no more than 256 expressions
  constexpr index_t image = 64 * 8 * 16 * 16;  // one activation
  CHECK(Chain::memory<64>.inference == 2 * image);
  CHECK(Chain::memory<64>.training > Chain::plan.step_count * image);
  CHECK(Residuals::memory<64>.inference == 3 * image);
}

TEST_CASE("two hundred layers are a network") {
  using Ten = Block<ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, Linear<4>>;
  using Hundred = Block<Ten, Ten, Ten, Ten, Ten, Ten, Ten, Ten, Ten, Ten>;
  using Net = Sequential<Shape{4}, Hundred, Hundred>;
  static_assert(Net::depth == 200);
  CHECK(Net::parameter_count == 20 * (4 * 4 + 4));
}
