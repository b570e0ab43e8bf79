/// The code of docs/07_devices.md.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/device/threads.hpp"
#include "taut/eigen.hpp"
#include "taut/taut.hpp"

namespace {

using Net = taut::Sequential<taut::Shape{2, 6, 6}, taut::Conv2d<4, 3>, taut::ReLU, taut::Flatten, taut::Linear<3>>;

using Alone = taut::Cpu<taut::XsimdGemm, taut::SingleThread>;  // never starts a thread
using Direct = taut::Cpu<taut::XsimdGemm, taut::ThreadPool, taut::ConvolutionAlgorithm::direct>;
using ByEigen = taut::Cpu<taut::EigenGemm>;                    // matrix products by Eigen; taut/eigen.hpp

/// The reference, with linear layers that count how often they run.
struct Counting : taut::Reference {
  int runs = 0;

  template <taut::LinearGeometry G, class T>
  void linear_forward(taut::index_t rows, const T* x, const T* weight, const T* bias, taut::Activation activation, T* y, T* workspace) {
    ++runs;
    taut::Reference::linear_forward<G>(rows, x, weight, bias, activation, y, workspace);
  }
};
static_assert(taut::Device<Counting, float>);  // it has every group

/// The gradients of one pass, from the same weights and samples on any device.
template <class T, class D>
std::vector<double> gradients(D device) {
  taut::Model<Net, T, D, 8> model{taut::seed(42), std::move(device)};
  taut::Batch<T, Net::input_shape, 8> samples;
  taut::Random random{7};
  for (taut::index_t i = 0; i < 8 * Net::input_shape.size(); ++i) samples.data()[i] = static_cast<T>(random.uniform(-1, 1));
  const std::vector<std::int32_t> labels{0, 1, 2, 2, 1, 0, 1, 2};
  model.forward_backward(samples, labels, taut::CrossEntropy<3>{});
  return {model.gradients().begin(), model.gradients().end()};
}

}  // namespace

TEST_CASE("docs/07_devices.md: every device computes the same, and threads change nothing") {
  taut::Model<Net, float, taut::Cpu<>> quick{taut::seed(42), taut::Cpu<>{2}};  // SIMD on two threads, the caller's and another
  taut::Model<Net, double, taut::Reference> exact{taut::seed(42)};             // plain loops in double
  CHECK(quick.device().threads() == 2);
  CHECK(exact.parameters().size() == quick.parameters().size());

  const std::vector<double> expected = gradients<double>(taut::Reference{});
  const auto agrees = [&](const std::vector<double>& found) {
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(found[i] - expected[i]) <= 1e-6);
  };
  const std::vector<double> one = gradients<float>(taut::Cpu<>{1});
  agrees(one);
  CHECK(one == gradients<float>(taut::Cpu<>{3}));
  CHECK(one == gradients<float>(Alone{}));
  agrees(gradients<float>(Direct{2}));
  agrees(gradients<float>(ByEigen{1}));
}

TEST_CASE("docs/07_devices.md: a device of one's own") {
  taut::Model<Net, float, Counting, 4> model{taut::seed(1)};
  const taut::Batch<float, Net::input_shape, 4> samples;
  model.evaluate(samples);
  model.evaluate(samples);
  CHECK(model.device().runs == 2);
}
