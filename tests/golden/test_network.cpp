// The emotion network against PyTorch's float64 results (make_golden.py): logits, loss, running statistics, gradients, 20 steps of Adam.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "golden.hpp"
#include "taut/core/arena.hpp"
#include "taut/core/batch.hpp"
#include "taut/core/random.hpp"
#include "taut/io/checksum.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;
using taut::test::On;
using taut::test::read_golden;

namespace {

template <index_t Channels>
using ConvBlock = Block<Conv2d<Channels, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>>;
// Dropout<0> keeps its place in the numbering; its noise would be PyTorch's own.
using EmotionNet = Sequential<Shape{1, 48, 48}, ConvBlock<32>, ConvBlock<64>, ConvBlock<128>, ConvBlock<256>, Flatten, Linear<512>, ReLU,
                              Dropout<0>, Linear<7>>;

constexpr index_t max_rows = 16;
template <class Where>
using ModelOn = Model<EmotionNet, typename Where::Scalar, typename Where::Device, max_rows>;

/// The stream of a tensor's name.
std::uint64_t stream_of(std::string_view name) {
  Fnv1a hash;
  hash.add(std::as_bytes(std::span<const char>(name.data(), name.size())));
  return hash.value();
}

/// The script's symmetric(): 2u − 1, exact in float.
std::vector<float> symmetric(std::uint64_t seed, const std::string& name, index_t count) {
  Random random(seed, stream_of(name));
  std::vector<float> values(count);
  for (float& value : values) value = 2.0F * random.uniform() - 1.0F;
  return values;
}

/// The script's fill(), every operation rounded once in float.
template <class T>
std::vector<NamedTensor<T>> filled(std::vector<NamedTensor<T>> tensors, std::uint64_t seed) {
  const auto is_norm = [&](const std::string& layer) {
    return std::any_of(tensors.begin(), tensors.end(), [&](const auto& other) { return other.name == layer + ".running_mean"; });
  };
  const auto fan_in = [&](const std::string& layer) {
    const auto weight = std::find_if(tensors.begin(), tensors.end(), [&](const auto& other) { return other.name == layer + ".weight"; });
    return static_cast<double>(weight->shape.size() / weight->shape.d0);
  };
  for (NamedTensor<T>& tensor : tensors) {
    const std::string layer = tensor.name.substr(0, tensor.name.find('.'));
    const std::vector<float> symmetrical = symmetric(seed, tensor.name, tensor.values.size());
    for (index_t i = 0; i < tensor.values.size(); ++i) {
      float value = symmetrical[i];
      if (!is_norm(layer)) value *= static_cast<float>(1 / std::sqrt(fan_in(layer)));
      else if (tensor.name.ends_with("running_var")) value = 1.0F + 0.5F * ((value + 1.0F) / 2.0F);
      else if (tensor.name.ends_with("weight")) value = 1.0F + 0.25F * value;
      else value *= 0.25F;
      tensor.values[i] = static_cast<T>(value);
    }
  }
  return tensors;
}

/// A model, its images and labels as the script has them.
template <class Where>
struct Subject {
  using T = typename Where::Scalar;

  ModelOn<Where> model{seed(0)};
  Batch<T, EmotionNet::input_shape, max_rows> images;
  std::vector<std::int32_t> labels;

  Subject(const TensorFile& golden, const std::string& input_seed, index_t rows) : images(rows), labels(rows) {
    const std::vector<NamedTensor<T>> tensors = filled(model.export_tensors(), std::stoull(golden.metadata_at("parameter_seed")));
    model.import_tensors(tensors);
    const std::vector<float> pixels = symmetric(std::stoull(golden.metadata_at(input_seed)), "images", rows * images.sample_shape.size());
    std::copy(pixels.begin(), pixels.end(), images.data());
    for (index_t row = 0; row < rows; ++row) labels[row] = static_cast<std::int32_t>(row % 7);
  }
};

double norm_of(const std::vector<double>& values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

/// Sum of ±g, 32 times: element i in projection j is added where bit j of the i-th word is set, and subtracted elsewhere.
template <class T>
std::vector<double> projections(const std::string& name, const std::vector<T>& gradient) {
  Random signs(0, stream_of("signs/" + name));
  std::vector<double> sums(32);
  for (const T element : gradient) {
    const std::uint32_t word = signs();
    const auto value = static_cast<double>(element);
    for (index_t j = 0; j < sums.size(); ++j) sums[j] += (word >> j & 1U) != 0 ? value : -value;
  }
  return sums;
}

std::vector<double> difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  std::vector<double> result(a.size());
  std::transform(a.begin(), a.end(), b.begin(), result.begin(), std::minus<>());
  return result;
}

/// The largest absolute value, but at least 1.
double scale_of(const std::vector<double>& values) {
  double largest = 1;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

void check_logits(const std::vector<double>& found, const std::vector<double>& expected) {
  double worst = 0;
  for (const double deviation : difference(found, expected)) {
    CHECK(std::isfinite(deviation));
    worst = std::max(worst, std::abs(deviation));
  }
  CHECK(worst <= 1e-5 * scale_of(expected));
}

template <class View>
std::vector<double> values_of(const View& view) {
  return {view.data, view.data + view.rows * View::sample_shape.size()};
}

/// Holds one tensor's gradient to ‖Δ‖ ≤ `bound`. A small tensor is in the file whole; of a large one there are 4,096 elements and 32
/// random projections, whose mean square estimates ‖Δ‖² with a relative deviation of 1/4: an estimate of half the bound leaves four
/// deviations and more.
template <class T>
void check_gradient(const TensorFile& golden, const NamedTensor<T>& gradient, double bound) {
  INFO(gradient.name);
  const std::vector<double> expected = golden.tensor<double>("gradient/" + gradient.name);
  const index_t size = gradient.values.size(), count = expected.size();
  std::vector<double> picked(count);
  for (index_t i = 0; i < count; ++i) picked[i] = static_cast<double>(gradient.values[i * size / count]);
  const double distance = norm_of(difference(picked, expected));
  if (count == size) {
    CHECK(distance <= bound);
    return;
  }
  CHECK(distance <= bound * 2 * std::sqrt(static_cast<double>(count) / static_cast<double>(size)));
  const std::vector<double> found = projections(gradient.name, gradient.values);
  const double estimate = norm_of(difference(found, golden.tensor<double>("projections/" + gradient.name))) / std::sqrt(32.0);
  CHECK(estimate <= bound / 2);
}

template <class Where>
void check_pass() {
  using T = typename Where::Scalar;
  const TensorFile golden = read_golden("network");
  Subject<Where> subject(golden, "input_seed", 8);
  const CrossEntropy<7> loss{};

  const std::vector<double> logits = golden.tensor<double>("eval/logits");
  check_logits(values_of(subject.model.evaluate(subject.images)), logits);
  const LossSums inference = subject.model.loss(subject.images, subject.labels, loss);
  CHECK(std::abs(inference.loss / inference.weight - golden.tensor<double>("eval/loss")[0]) <= 1e-5 * scale_of(logits));

  const std::vector<double> training_logits = golden.tensor<double>("train/logits");
  const LossSums training = subject.model.forward_backward(subject.images, subject.labels, loss);
  CHECK(std::abs(training.loss / training.weight - golden.tensor<double>("train/loss")[0]) <= 1e-5 * scale_of(training_logits));

  for (const NamedTensor<T>& tensor : subject.model.export_tensors()) {
    const std::string name = "after/" + tensor.name;
    if (golden.find(name) == nullptr) continue;
    INFO(name);
    const std::vector<double> expected = golden.tensor<double>(name);
    const std::vector<double> found(tensor.values.begin(), tensor.values.end());
    CHECK(norm_of(difference(found, expected)) <= 1e-5 * norm_of(expected));
  }

  std::size_t checked = 0;
  for (const NamedTensor<T>& gradient : subject.model.export_gradients()) {
    double norm = golden.tensor<double>("norm/" + gradient.name)[0];
    const index_t layer = std::stoul(gradient.name);
    // Batch norm takes the mean away, so that the bias of the convolution before it has no effect: its gradient is rounding of sums
    // whose terms are those of the weight's.
    if (layer < 16 && layer % 4 == 0 && gradient.name.ends_with(".bias")) {
      CHECK(norm <= 1e-12);
      norm = golden.tensor<double>("norm/" + std::to_string(layer) + ".weight")[0];
    }
    check_gradient(golden, gradient, 1e-4 * norm);
    ++checked;
  }
  CHECK(checked == 20);

  // Last, since it moves the running statistics once more.
  check_logits(values_of(subject.model.forward(subject.images)), training_logits);
}

template <class Where>
void check_curve() {
  using T = typename Where::Scalar;
  const TensorFile golden = read_golden("network");
  Subject<Where> subject(golden, "curve_seed", 16);
  const std::span<T> parameters = subject.model.parameters();
  Arena<T> first(parameters.size()), second(parameters.size());
  std::uint64_t step = 0;
  for (const double expected : golden.tensor<double>("curve/losses")) {
    const LossSums sums = subject.model.forward_backward(subject.images, subject.labels, CrossEntropy<7>{});
    ++step;
    INFO("step " << step);
    CHECK(std::abs(sums.loss / sums.weight - expected) <= 1e-3);
    subject.model.device().template adam_step<T>(parameters.size(), parameters.data(), subject.model.gradients().data(), first.data(),
                                                 second.data(), AdamStep{.learning_rate = 1e-3, .step = step});
  }
  CHECK(step == 20);
}

}  // namespace

TEST_CASE("the emotion network agrees with PyTorch on Reference") { check_pass<On<Reference, float>>(); }

TEST_CASE("the emotion network agrees with PyTorch on Reference in double" * doctest::test_suite("long")) {
  check_pass<On<Reference, double>>();
}

TEST_CASE("the emotion network agrees with PyTorch on Cpu") { check_pass<On<Cpu<>, float>>(); }

TEST_CASE("the emotion network agrees with PyTorch on Cpu in double") { check_pass<On<Cpu<>, double>>(); }

TEST_CASE("20 steps of Adam follow PyTorch on Cpu") { check_curve<On<Cpu<>, float>>(); }
