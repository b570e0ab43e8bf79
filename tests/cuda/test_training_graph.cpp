// TrainingGraph: a step that is captured once and replayed ends with the bits of the eager path, whatever changes from step to step.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "cuda/on_host_layer.hpp"
#include "support/error_of.hpp"
#include "taut/cuda.cuh"

using namespace taut;
using taut::test::error_of;
using taut::test::OnHost;

namespace {

using Small = Sequential<Shape{1, 8, 8}, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<16>, ReLU, Dropout<30>, Linear<3>>;
constexpr index_t rows = 16;
using SmallModel = Model<Small, float, Cuda, rows>;

struct Course {
  std::vector<double> losses;
  std::vector<std::uint64_t> correct;
  std::vector<float> state;

  bool operator==(const Course& other) const {
    return losses == other.losses && correct == other.correct && state.size() == other.state.size() &&
           std::memcmp(state.data(), other.state.data(), state.size() * sizeof(float)) == 0;
  }
};

/// Twelve steps in which everything changes that may: rows, learning rate, what is frozen, and other losses in between. With a graph the
/// host overwrites the samples at once.
template <class L, class MakeOptimizer, class MakeTargets>
Course train(bool with_graph, const L& loss, MakeOptimizer&& make_optimizer, MakeTargets&& make_targets) {
  SmallModel model{seed(5)};
  auto optimizer = make_optimizer(model);
  cuda::TrainingGraph graph(model, optimizer, loss);
  Random random{11};
  Course course;
  Batch<float, Small::input_shape, rows> samples;
  for (int step = 0; step < 12; ++step) {
    const index_t used = step % 3 == 2 ? rows - 3 : rows;
    samples.resize(used);
    for (index_t i = 0; i < used * Small::input_shape.size(); ++i) samples.data()[i] = random.normal();
    if (step == 6) model.freeze("0");
    if (step == 9) model.unfreeze();
    optimizer.set_lr(0.01 / (1 + step));
    LossSums sums;
    {
      const auto targets = make_targets(random, used);
      if (with_graph) {
        graph.step(samples, targets);
        sums = step % 4 == 0 ? LossSums{} : graph.sums();  // without waiting, now and then
      } else {
        sums = model.forward_backward(samples, targets, loss);
        optimizer.step(model);
        if (step % 4 == 0) sums = {};
      }
      for (index_t i = 0; i < used * Small::input_shape.size(); ++i) samples.data()[i] = std::numeric_limits<float>::quiet_NaN();
    }
    course.losses.push_back(sums.loss);
    course.losses.push_back(sums.weight);
    course.correct.push_back(sums.correct);
    if (step == 4) {
      for (index_t i = 0; i < used * Small::input_shape.size(); ++i) samples.data()[i] = 1;
      course.losses.push_back(model.loss(samples, std::vector<std::int32_t>(used), CrossEntropy<3>{.class_weights = {3, 2, 1}}).loss);
    }
  }
  course.state.assign(model.parameters().begin(), model.parameters().end());
  course.state.insert(course.state.end(), model.buffers().begin(), model.buffers().end());
  course.losses.push_back(static_cast<double>(model.forward_passes()));
  State state;
  optimizer.save(state);
  for (const auto& [name, value] : state.entries()) course.losses.push_back(value);
  return course;
}

const auto random_labels = [](Random& random, index_t count) {
  std::vector<std::int32_t> labels(count);
  for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(3));
  return labels;
};

const auto random_numbers = [](Random& random, index_t count) {
  Batch<float, Small::output_shape, rows> targets(count);
  for (index_t i = 0; i < count * Small::output_shape.size(); ++i) targets.data()[i] = random.uniform();
  return targets;
};

template <class L, class MakeOptimizer, class MakeTargets>
void check_same(const L& loss, MakeOptimizer&& make_optimizer, MakeTargets&& make_targets) {
  const Course eager = train(false, loss, make_optimizer, make_targets), replayed = train(true, loss, make_optimizer, make_targets);
  CHECK(replayed == eager);
  CHECK(eager.losses[2] > 0);
}

}  // namespace

TEST_CASE("a replayed step has the eager path's bits") {
  const CrossEntropy<3> weighted{.class_weights = {1, 2, 0.5}, .label_smoothing = 0.1};
  SUBCASE("AdamW, in groups") {
    check_same(weighted, [](auto& model) { return AdamW(model, {.lr = 0.02}, {{.prefix = "0", .lr_factor = 0.1, .weight_decay = 0}}); }, random_labels);
  }
  SUBCASE("Sgd, whose first step is another") {
    check_same(weighted, [](auto& model) { return Sgd(model, {.lr = 0.1, .momentum = 0.9, .weight_decay = 1e-3}); }, random_labels);
  }
  SUBCASE("RMSprop, and numbers as targets") {
    check_same(Huber{.delta = 0.3}, [](auto& model) { return RMSprop(model, {.lr = 0.005}); }, random_numbers);
  }
  SUBCASE("logits against probabilities") {
    check_same(BCEWithLogits<3>{.pos_weight = {1, 2, 3}}, [](auto& model) { return Adam(model, {.lr = 0.005}); }, random_numbers);
  }
}

TEST_CASE("a layer of the host's can't be captured, says so, and leaves everything as it was") {
  using Net = Sequential<Shape{4}, Linear<4>, OnHost, Linear<3>>;
  Model<Net, float, Cuda, 4> model{seed(1)};
  Sgd optimizer(model, {.lr = 0.1});
  cuda::TrainingGraph graph(model, optimizer, CrossEntropy<3>{});
  const Batch<float, Net::input_shape, 4> samples;
  const std::vector<std::int32_t> labels{0, 1, 2, 0};
  const std::string sentence = error_of([&] { graph.step(samples, labels); });
  CHECK(sentence == "TrainingGraph: expected a step that the host only launches, found something that it waits for or computes");
  CHECK(model.forward_passes() == 0);
  CHECK(error_of([&] { static_cast<void>(graph.sums()); }) == "TrainingGraph: expected a step before its sums are asked for");
  CHECK(std::isfinite(model.forward_backward(samples, labels, CrossEntropy<3>{}).loss));
  optimizer.step(model);
}

TEST_CASE("targets that make no sense are refused before anything moves") {
  SmallModel model{seed(1)};
  Sgd optimizer(model, {.lr = 0.1});
  cuda::TrainingGraph graph(model, optimizer, CrossEntropy<3>{});
  const Batch<float, Small::input_shape, rows> samples;
  CHECK(error_of([&] { graph.step(samples, std::vector<std::int32_t>(rows, 3)); }) != "");
  CHECK(model.forward_passes() == 0);
}
