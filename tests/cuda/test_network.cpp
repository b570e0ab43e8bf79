// Networks on Cuda: outputs, gradients and losses are the reference's, a training is the same again bit for bit, and host code sees what
// kernels wrote.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "taut/cuda.cuh"
#include "taut/device/reference.hpp"

using namespace taut;

namespace {

/// Batch norm, pooling, dropout and both ways of a branch.
using Images = Sequential<Shape{2, 12, 10}, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Residual<Conv2d<8, 3, Padding{1}>, SiLU>,
                          ReLU, Parallel<Conv2d<4, 1>, AvgPool2d<3, Stride{1}, Padding{1}>>, Flatten, Linear<16>, Tanh, Dropout<20>, Linear<5>>;
/// Whatever else has kernels.
using Others = Sequential<Shape{3, 4, 4}, Upsample<2, Bilinear{}>, Conv2d<8, 3, Stride{2}, Padding{1}, NoBias{}>, GroupNorm<4>, GELU,
                          ConvTranspose2d<4, 2, Stride{2}>, LeakyReLU, Reshape<16, 4, 4>, LayerNorm, GlobalAvgPool2d, Flatten, Linear<6>, Softmax>;

template <class Net, index_t rows>
Batch<double, Net::input_shape, rows> random_samples(std::uint64_t seed_value) {
  Batch<double, Net::input_shape, rows> samples;
  Random random{seed_value};
  for (index_t i = 0; i < rows * Net::input_shape.size(); ++i) samples.data()[i] = static_cast<double>(random.normal());
  return samples;
}

/// The largest difference of two equally long spans, in units of the second one's largest element.
template <class A, class B>
double difference(const A& actual, const B& expected) {
  REQUIRE(actual.size() == expected.size());
  double most = 0, largest = 1e-300;
  for (index_t i = 0; i < actual.size(); ++i) {
    most = std::max(most, std::abs(static_cast<double>(actual[i]) - static_cast<double>(expected[i])));
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
  }
  return most / largest;
}

template <class Net, class L, class Targets>
void check_like_reference(const L& loss, const Targets& targets) {
  constexpr index_t rows = 6;
  const auto samples = random_samples<Net, rows>(3);
  Model<Net, double, Reference, rows> expected{seed(1)};
  Model<Net, double, Cuda, rows> model{seed(1)};
  for (int step = 0; step < 2; ++step) {
    const LossSums sums = model.forward_backward(samples, targets, loss), expected_sums = expected.forward_backward(samples, targets, loss);
    CHECK(sums.loss == doctest::Approx(expected_sums.loss).epsilon(1e-10));
    CHECK(sums.correct == expected_sums.correct);
    CHECK(difference(model.gradients(), expected.gradients()) < 1e-9);
    CHECK(difference(model.buffers(), expected.buffers()) < 1e-10);
  }
  const auto output = model.evaluate(samples), expected_output = expected.evaluate(samples);
  CHECK(difference(std::span(output.data, rows * Net::output_shape.size()), std::span(expected_output.data, rows * Net::output_shape.size())) <
        1e-10);
  CHECK(!model.first_non_finite());

  const Session<Net, double, Cuda, rows> session{model};
  typename Session<Net, double, Cuda, rows>::Workspace workspace;
  const auto inferred = session.run(samples, workspace);
  CHECK(difference(std::span(inferred.data, rows * Net::output_shape.size()), std::span(output.data, rows * Net::output_shape.size())) < 1e-9);
}

using Small = Sequential<Shape{1, 8, 8}, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<16>, ReLU, Dropout<20>, Linear<3>>;

struct Course {
  std::vector<double> losses;
  std::vector<float> state;

  bool operator==(const Course& other) const {
    return losses == other.losses && state.size() == other.state.size() &&
           std::memcmp(state.data(), other.state.data(), state.size() * sizeof(float)) == 0;
  }
};

/// Twelve steps on noise in the host's memory, which is overwritten as soon as a step's call has returned.
template <class D, class MakeOptimizer>
Course train(MakeOptimizer&& make_optimizer) {
  constexpr index_t rows = 16;
  Model<Small, float, D, rows> model{seed(5)};
  auto optimizer = make_optimizer(model);
  WeightAverage<float> average(model, 0.9);
  Random random{11};
  Course course;
  std::vector<float> images(rows * Small::input_shape.size());
  std::vector<std::int32_t> labels(rows);
  for (int step = 0; step < 12; ++step) {
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(3));
    for (index_t i = 0; i < images.size(); ++i) {  // a class is a brightness
      images[i] = 0.5F * random.normal() + static_cast<float>(labels[i / Small::input_shape.size()]);
    }
    const index_t used = step % 3 == 2 ? rows - 3 : rows;
    const LossSums sums = model.forward_backward(BatchView<const float, Small::input_shape>{images.data(), used},
                                                 std::span<const std::int32_t>(labels.data(), used), CrossEntropy<3>{.class_weights = {1, 2, 0.5}});
    std::ranges::fill(images, std::numeric_limits<float>::quiet_NaN());
    clip_grad_norm(model, 1);
    optimizer.step(model);
    average.update(model);
    course.losses.push_back(sums.loss / sums.weight);
  }
  {
    const typename WeightAverage<float>::template Loan<Model<Small, float, D, rows>> loan(average, model);
    course.state.assign(model.parameters().begin(), model.parameters().end());
  }
  course.state.insert(course.state.end(), model.parameters().begin(), model.parameters().end());
  course.state.insert(course.state.end(), model.buffers().begin(), model.buffers().end());
  return course;
}

template <class MakeOptimizer>
void check_training(MakeOptimizer&& make_optimizer) {
  const Course course = train<Cuda>(make_optimizer), again = train<Cuda>(make_optimizer), expected = train<Reference>(make_optimizer);
  CHECK_MESSAGE(course == again, "the same training ended with other bits");
  for (index_t i = 0; i < course.losses.size(); ++i) CHECK(course.losses[i] == doctest::Approx(expected.losses[i]).epsilon(1e-3));
  CHECK(course.losses.back() < 0.7 * course.losses.front());
}

/// A layer of somebody's own, whose kernels are the host's: y = scale · x, one scale a channel.
struct Scaled {
  static constexpr Role role = Role::custom;
  static constexpr bool accepts(Shape in) { return in.rank() > 0; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"scale", Shape{in.d0}, Order::sample, {0.5, 1.5}});
    return list;
  }
  static constexpr index_t multiply_adds(Shape in) { return in.size(); }
  static constexpr void name(TextBuilder& text) { text << "Scaled"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }

  template <Shape In, class T>
  static void forward(auto& device, const LayerMemory<T>& memory) {
    device.run(memory.rows, [&](index_t row) {
      for (index_t i = row * In.size(); i < (row + 1) * In.size(); ++i) memory.y[i] = memory.tensors[0][i % In.d0] * memory.x[i];
    });
  }
  template <Shape In, class T>
  static void backward(auto&, const LayerMemory<T>& memory) {
    std::fill_n(memory.gradients[0], In.d0, T{0});
    for (index_t i = 0; i < memory.rows * In.size(); ++i) {
      memory.gradients[0][i % In.d0] += memory.dy[i] * memory.x[i];
      if (memory.dx != nullptr) memory.dx[i] = memory.dy[i] * memory.tensors[0][i % In.d0];
    }
  }
};

}  // namespace

TEST_CASE("a network of images has the reference's outputs, losses and gradients") {
  check_like_reference<Images>(CrossEntropy<5>{.class_weights = {1, 0.5, 2, 1, 1}, .label_smoothing = 0.1},
                               std::vector<std::int32_t>{0, 4, 2, 2, 1, 3});
}

TEST_CASE("whatever else has kernels has the reference's outputs, losses and gradients") {
  Batch<double, Others::output_shape, 6> targets;
  Random random{9};
  for (index_t i = 0; i < 6 * Others::output_shape.size(); ++i) targets.data()[i] = static_cast<double>(random.uniform());
  check_like_reference<Others>(MSE{}, targets);
  check_like_reference<Others>(Huber{.delta = 0.1}, targets);
}

TEST_CASE("a layer of one's own runs on the host in between") {
  using Net = Sequential<Shape{4}, Linear<6>, Scaled, ReLU, Linear<3>>;
  check_like_reference<Net>(CrossEntropy<3>{}, std::vector<std::int32_t>{0, 1, 2, 2, 1, 0});
  using First = Sequential<Shape{4}, Scaled, Linear<3>>;
  check_like_reference<First>(CrossEntropy<3>{}, std::vector<std::int32_t>{0, 1, 2, 2, 1, 0});
}

TEST_CASE("a training learns as the reference's does, and again with the same bits") {
  SUBCASE("AdamW") { check_training([](auto& model) { return AdamW(model, {.lr = 0.02}); }); }
  SUBCASE("Sgd") { check_training([](auto& model) { return Sgd(model, {.lr = 0.1, .momentum = 0.9, .nesterov = true}); }); }
  SUBCASE("RMSprop") { check_training([](auto& model) { return RMSprop(model, {.lr = 0.005, .momentum = 0.5, .centered = true}); }); }
}

TEST_CASE("frozen parameters stay, and probabilities may lie in the host's memory") {
  constexpr index_t rows = 4;
  Model<Small, float, Cuda, 4> model{seed(2)};  // not `rows`: nvcc 13 would write that name for any other 4 too
  model.freeze("0");
  model.freeze("5.bias");
  const std::vector<float> before(model.parameters().begin(), model.parameters().end());
  Batch<float, Small::input_shape, rows> samples;
  std::ranges::fill(std::span(samples.data(), rows * Small::input_shape.size()), 0.5F);
  const std::vector<std::int32_t> labels{0, 1, 2, 0};
  Sgd optimizer(model, {.lr = 0.1});
  model.forward_backward(samples, labels, CrossEntropy<3>{});
  optimizer.step(model);
  const auto after = model.parameters();
  index_t moved = 0;
  for (index_t i = 0; i < after.size(); ++i) moved += after[i] != before[i] ? 1 : 0;
  CHECK(moved > 0);
  CHECK(std::equal(before.begin(), before.begin() + 72, after.begin()));  // the convolution's weight

  std::vector<float> probabilities(rows * 3);
  model.softmax(model.evaluate(samples), probabilities.data());
  for (index_t row = 0; row < rows; ++row) {
    CHECK(probabilities[3 * row] + probabilities[3 * row + 1] + probabilities[3 * row + 2] == doctest::Approx(1));
  }
}

TEST_CASE("weights go out of one model and into another") {
  Model<Small, float, Cuda, 4> model{seed(2)};
  Model<Small, float, Cuda, 4> other{seed(3)};
  const auto tensors = model.export_tensors();
  other.import_tensors(tensors);
  CHECK(std::ranges::equal(model.parameters(), other.parameters()));
  Model<Small, float, Reference, 4> reference{seed(4)};
  reference.import_tensors(tensors);
  CHECK(std::ranges::equal(model.parameters(), reference.parameters()));
}

namespace {

constexpr index_t few_rows = 5;

std::vector<float> evaluated_on(Cuda device) {
  Model<Small, float, Cuda, few_rows> model{seed(1), std::move(device)};
  Batch<float, Small::input_shape, few_rows> samples;
  for (index_t i = 0; i < few_rows * Small::input_shape.size(); ++i) samples.data()[i] = 0.1F * static_cast<float>(i % 17);
  const auto found = model.evaluate(samples);
  return {found.data, found.data + few_rows * Small::output_shape.size()};
}

}  // namespace

TEST_CASE("a device works on the stream that it is given, and leaves it to its owner") {
  cudaStream_t stream = nullptr;
  cuda::check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  {
    Cuda device({.stream = stream});
    CHECK(device.stream() == stream);
    CHECK(evaluated_on(std::move(device)) == evaluated_on(Cuda{}));
  }
  CHECK(cudaStreamSynchronize(stream) == cudaSuccess);
  cuda::check(cudaStreamDestroy(stream), "cudaStreamDestroy");
}
