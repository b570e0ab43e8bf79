/// The code of docs/07_devices.md that nvcc compiles.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "taut/cuda.cuh"

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
