/// Session: the model's answers in inference mode, from weights that never change, to any number of callers at once.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/device/threads.hpp"
#include "taut/nn.hpp"
#include "taut/nn/session.hpp"
#include "taut/train/sgd.hpp"

using namespace taut;

namespace {

/// Batch norms that fold into the convolution before them, and others that can't: at the beginning, behind an activation.
using Folded = Sequential<Shape{2, 8, 8}, Conv2d<3, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Conv2d<5, 3>, BatchNorm2d, Flatten,
                          Linear<6>, ReLU, Dropout<50>, Linear<4>>;
using Unfolded = Sequential<Shape{2, 6, 6}, BatchNorm2d, ReLU, Conv2d<3, 3>, ReLU, BatchNorm2d, MaxPool2d<2>, Dropout<20>, Flatten, Dropout<30>,
                            Linear<4>>;
using NoPool = Sequential<Shape{3, 4, 4}, Conv2d<4, 3, Padding{1}, NoBias{}>, BatchNorm2d, Conv2d<2, 1>, ReLU, Flatten, Linear<4>>;
/// One activation in every place: behind a convolution, with a pool after it; behind a batch norm; behind a linear layer; alone; last.
template <class X>
using Activated = Sequential<Shape{2, 8, 8}, Conv2d<5, 3, Padding{1}>, X, MaxPool2d<2>, Conv2d<7, 3>, BatchNorm2d, X, MaxPool2d<2>, Flatten,
                             Linear<6>, X, Dropout<50>, X, Linear<4>, X>;
/// The same behind convolutions by Winograd's algorithm, along both axes and along one.
template <class X>
using ActivatedWide = Sequential<Shape{1, 12, 12}, Conv2d<32, 3, Padding{1}>, X, Conv2d<32, 3, Padding{1}>, BatchNorm2d, X, MaxPool2d<2>,
                                 Flatten, Linear<4>>;
using SoftmaxInside = Sequential<Shape{3, 4, 4}, Conv2d<5, 3>, Softmax, Flatten, Linear<4>, LogSoftmax>;
/// Convolutions that the CPU device computes by Winograd's algorithm.
using Wide = Sequential<Shape{1, 12, 12}, Conv2d<32, 3, Padding{1}>, BatchNorm2d, ReLU, Conv2d<32, 3, Padding{1}>, BatchNorm2d, ReLU,
                        MaxPool2d<2>, Conv2d<64, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<4>>;

/// A vector batch norm that folds into the linear layer before it, and every layer that is the same in training and inference.
using Plain = Sequential<Shape{2, 6, 6}, Conv2d<6, 3, Padding{1}>, GroupNorm<3>, ReLU, AvgPool2d<2>, Upsample<2, Bilinear{}>, LayerNorm,
                         Flatten, Linear<12>, BatchNorm1d, ReLU, Reshape<3, 2, 2>, GlobalAvgPool2d, Flatten, Linear<4>>;
/// Views that move nothing.
using FreeViews = Sequential<Shape{1, 4, 4}, Reshape<16>, Linear<6>, Reshape<6, 1, 1>, Conv2d<8, 1>, Reshape<4, 2>, Reshape<8>, Linear<4>>;

/// Batch norms behind transposed convolutions, whose output channels aren't their weight's last axis.
using Transposing = Sequential<Shape{4, 3, 3}, ConvTranspose2d<6, 3, Stride{2}, Groups{2}>, BatchNorm2d, SiLU,
                               ConvTranspose2d<3, 2, NoBias{}>, BatchNorm2d, ReLU, Flatten, Linear<4>>;

template <class Net, class T>
std::vector<T> random_samples(index_t rows, std::uint64_t seed) {
  std::vector<T> samples(rows * Net::input_shape.size());
  Random random{seed};
  for (T& value : samples) value = static_cast<T>(random.uniform(-1, 1));
  return samples;
}

template <class Net, class T>
BatchView<const T, Net::input_shape> view(const std::vector<T>& samples) {
  return {samples.data(), samples.size() / Net::input_shape.size()};
}

template <class Output>
auto copied(Output output) {
  using T = std::remove_const_t<std::remove_pointer_t<decltype(output.data)>>;
  return std::vector<T>(output.data, output.data + output.rows * Output::sample_shape.size());
}

/// A model whose running statistics, scales and shifts aren't what they begin with.
template <class Net, class T, class D>
auto trained_model(D device = D{}) {
  auto model = std::make_unique<Model<Net, T, D, 8>>(seed(3), std::move(device));
  Sgd sgd{*model, {.lr = 0.1}};
  const std::vector<std::int32_t> labels{0, 1, 2, 3, 3, 2, 1, 0};
  for (std::uint64_t step = 0; step < 3; ++step) {
    const std::vector<T> samples = random_samples<Net, T>(8, step);
    model->forward_backward(view<Net>(samples), labels, CrossEntropy<4>{});
    sgd.step(*model);
  }
  return model;
}

/// The largest difference between a session and its model, over the largest output.
template <class Net, class T, class D>
double difference(index_t rows, D device = D{}) {
  const auto model = trained_model<Net, T, D>(std::move(device));
  const Session<Net, T, D, 8> session{*model};
  typename Session<Net, T, D, 8>::Workspace workspace;
  const std::vector<T> samples = random_samples<Net, T>(rows, 99);
  const std::vector<T> expected = copied(model->evaluate(view<Net>(samples))), found = copied(session.run(view<Net>(samples), workspace));
  REQUIRE(found.size() == expected.size());
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    worst = std::max(worst, std::abs(static_cast<double>(expected[i] - found[i])));
  }
  return worst / largest;
}

}  // namespace

TEST_CASE("a session computes what the model does in inference mode") {
  // Folding rounds each weight once more; a few roundings a layer add up over at most five layers of sums below a thousand terms.
  CHECK(difference<Folded, double, Reference>(8) < 1e-13);
  CHECK(difference<Unfolded, double, Reference>(3) < 1e-13);
  CHECK(difference<NoPool, double, Reference>(1) < 1e-13);
  CHECK(difference<Folded, float, Cpu<>>(8) < 2e-5);
  CHECK(difference<Unfolded, float, Cpu<>>(5) < 2e-5);
  CHECK(difference<NoPool, float, Cpu<>>(1) < 2e-5);
  CHECK(difference<Plain, double, Reference>(8) < 1e-13);
  CHECK(difference<Plain, float, Cpu<>>(5) < 2e-5);
  CHECK(difference<FreeViews, double, Reference>(3) < 1e-13);
  CHECK(difference<Transposing, double, Reference>(3) < 1e-13);
  CHECK(difference<Transposing, float, Cpu<>>(8) < 2e-5);
  CHECK(difference<Wide, float, Cpu<>>(8) < 2e-5);
  CHECK(difference<Wide, float, Cpu<>>(1) < 2e-5);
  CHECK(difference<Wide, double, Cpu<>>(8) < 1e-12);
}

TEST_CASE_TEMPLATE("a session activates as the model does", X, LeakyReLU, Sigmoid, Tanh, SiLU, GELU, GELUWith<ApproximateTanh{}>) {
  CHECK(difference<Activated<X>, double, Reference>(3) < 1e-13);
  CHECK(difference<Activated<X>, float, Cpu<>>(8) < 2e-5);
  CHECK(difference<ActivatedWide<X>, float, Cpu<>>(3) < 2e-5);
}

TEST_CASE("a session makes probabilities and their logarithms as the model does") {
  CHECK(difference<SoftmaxInside, double, Reference>(3) < 1e-13);
  CHECK(difference<SoftmaxInside, float, Cpu<>>(8) < 2e-5);
}

TEST_CASE("an activation behind a weight is no step of a session's") {
  using Net = Sequential<Shape{2, 8, 8}, Conv2d<5, 3>, SiLU, MaxPool2d<2>, Flatten, Linear<6>, GELU, Linear<4>, Softmax>;
  CHECK(InferenceStep<Net, 0>::activation == Activation::silu);
  CHECK(InferenceStep<Net, 1>::geometry.activation == Activation::identity);
  CHECK(InferenceStep<Net, 1>::runs);  // the pool
  CHECK(InferenceStep<Net, 2>::activation == Activation::gelu);
  CHECK_FALSE(InferenceStep<Net, 3>::runs);
  CHECK(InferenceStep<Net, 5>::runs);
}

TEST_CASE("a session has no step for a view that moves nothing, and folds a vector's batch norm") {
  static_assert(!InferenceStep<FreeViews, 0>::runs && !InferenceStep<FreeViews, 2>::runs && !InferenceStep<FreeViews, 4>::runs);
  static_assert(InferenceStep<Sequential<Shape{2, 3, 3}, Reshape<18>>, 0>::runs);
  static_assert(InferenceStep<Sequential<Shape{3}, Linear<4>, BatchNorm1d, ReLU>, 0>::folds);
  static_assert(!InferenceStep<Sequential<Shape{3}, Linear<4>, BatchNorm1d, ReLU>, 1>::runs);
}

TEST_CASE("a session keeps the weights that it was made with") {
  const auto model = trained_model<Folded, double, Reference>();
  const Session<Folded, double, Reference, 8> session{*model};
  decltype(session)::Workspace workspace;
  const std::vector<double> samples = random_samples<Folded, double>(2, 5);
  const std::vector<double> before = copied(session.run(view<Folded>(samples), workspace));
  std::ranges::fill(model->parameters(), 0.5);
  std::ranges::fill(model->buffers(), 2.0);
  CHECK(copied(session.run(view<Folded>(samples), workspace)) == before);
  CHECK(copied(model->evaluate(view<Folded>(samples))) != before);
}

TEST_CASE("any number of rows goes through a session, batch after batch") {
  const auto model = trained_model<Folded, double, Reference>();
  const Session<Folded, double, Reference, 8> session{*model};
  decltype(session)::Workspace workspace;
  constexpr index_t size = Folded::output_shape.size();
  for (const index_t rows : {index_t{0}, index_t{1}, index_t{8}, index_t{19}}) {
    const std::vector<double> samples = random_samples<Folded, double>(rows, 3);
    std::vector<double> outputs(rows * size);
    session.run_all(view<Folded>(samples), outputs, workspace);
    for (index_t row = 0; row < rows; ++row) {
      const auto alone = session.run(BatchView<const double, Folded::input_shape>{samples.data() + row * Folded::input_shape.size(), 1}, workspace);
      CHECK(std::equal(alone.data, alone.data + size, outputs.data() + row * size));
    }
  }
  const std::vector<double> samples = random_samples<Folded, double>(2, 3);
  std::vector<double> short_of_one(2 * size - 1);
  CHECK_THROWS_WITH_AS(session.run_all(view<Folded>(samples), short_of_one, workspace), doctest::Contains("room for 2 outputs"), Error);
}

TEST_CASE("eight threads share a session and get the bits that one gets") {
  const auto model = trained_model<Wide, float, Cpu<>>();
  using Device = Cpu<XsimdGemm, SingleThread>;
  const Session<Wide, float, Device, 8> session{*model};
  std::vector<std::vector<float>> samples, expected(8), found(8);
  decltype(session)::Workspace alone;
  for (std::uint64_t i = 0; i < 8; ++i) {
    samples.push_back(random_samples<Wide, float>(i + 1, i));
    expected[i] = copied(session.run(view<Wide>(samples[i]), alone));
  }
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        decltype(session)::Workspace workspace;
        for (int repeat = 0; repeat < 5; ++repeat) found[i] = copied(session.run(view<Wide>(samples[i]), workspace));
      });
    }
  }
  CHECK(found == expected);
}

TEST_CASE("a session's bits don't depend on the threads of its workspace") {
  const auto model = trained_model<Wide, float, Cpu<>>();
  const Session<Wide, float, Cpu<>, 8> session{*model};
  for (const index_t rows : {index_t{1}, index_t{8}}) {
    const std::vector<float> samples = random_samples<Wide, float>(rows, 7);
    decltype(session)::Workspace one{Cpu<>{1}}, three{Cpu<>{3}};
    CHECK(copied(session.run(view<Wide>(samples), one)) == copied(session.run(view<Wide>(samples), three)));
  }
}

TEST_CASE("a session refuses batches without rows or with too many") {
  const auto model = trained_model<Folded, double, Reference>();
  const Session<Folded, double, Reference, 2> session{*model};
  decltype(session)::Workspace workspace;
  const std::vector<double> samples = random_samples<Folded, double>(3, 1);
  CHECK_THROWS_WITH_AS(session.run(view<Folded>(samples), workspace), "the session expects batches of 1 to 2 rows but got 3", Error);
  CHECK_THROWS_WITH_AS(session.run(BatchView<const double, Folded::input_shape>{samples.data(), 0}, workspace),
                       "the session expects batches of 1 to 2 rows but got 0", Error);
}
