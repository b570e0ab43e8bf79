/// The code of docs/07_devices.md that nvcc compiles.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "taut/cuda.cuh"
#include "taut/train/constant_rate.hpp"

namespace {

using Net = taut::Sequential<taut::Shape{2, 6, 6}, taut::Conv2d<4, 3>, taut::ReLU, taut::Flatten, taut::Linear<3>>;

}  // namespace

TEST_CASE("docs/07_devices.md: a model on a GPU") {
  taut::Batch<float, Net::input_shape, 64> samples;
  const std::vector<std::int32_t> labels(64, 1);
  taut::Model<Net, float, taut::Cuda> model{taut::seed(42)};  // the first GPU; taut::Cuda({.device = 1}) is the second
  taut::AdamW optimizer(model, {.lr = 1e-3});
  const taut::LossSums sums = model.forward_backward(samples, labels, taut::CrossEntropy<3>{});
  optimizer.step(model);
  CHECK(sums.weight == 64);

  taut::cuda::TrainingGraph graph(model, optimizer, taut::CrossEntropy<3>{});
  for (int step = 0; step < 10; ++step) graph.step(samples, labels);  // each one launch; nobody waits
  const taut::LossSums last = graph.sums();                           // waits for the last one
  CHECK(last.loss < sums.loss);
}

TEST_CASE("docs/07_devices.md: data on a GPU") {
  using Faces = taut::Sequential<taut::Shape{1, 6, 6}, taut::Conv2d<4, 3>, taut::ReLU, taut::Flatten, taut::Linear<3>>;
  taut::ImageDataset pictures(6, 6, {"a", "b", "c"});
  for (int i = 0; i < 40; ++i) pictures.append(std::vector<std::uint8_t>(36, static_cast<std::uint8_t>(80 * (i % 3))), i % 3);
  taut::Model<Faces, float, taut::Cuda> model{taut::seed(42)};
  taut::AdamW optimizer(model, {.lr = 1e-2});
  taut::ConstantRate schedule(1e-2);
  const taut::Normalization normalization{0.5F, 0.25F};
  const taut::TrainerOptions options{.epochs = 20};

  const auto turned = taut::Augmentation::flip_and_rotation();
  taut::cuda::DeviceLoader loader(model.device(), pictures, {.batch = 32, .seed = 1}, normalization, turned);
  taut::Trainer trainer{model, optimizer, schedule, taut::CrossEntropy<3>{}, options};
  trainer.fit(loader, [&] { return taut::evaluate(model, pictures, normalization, taut::CrossEntropy<3>{}); });
  CHECK(taut::evaluate(model, pictures, normalization, taut::CrossEntropy<3>{}).matrix.accuracy() > 0.9);
}
