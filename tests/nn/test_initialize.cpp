/// initialize: PyTorch's default distributions, a function of the seed alone.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "taut/nn.hpp"
#include "taut/nn/initialize.hpp"
#include "taut/nn/tensor_exchange.hpp"

using namespace taut;

namespace {

using Net = Sequential<Shape{8, 16, 16}, Conv2d<32, 3, Groups{2}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<40>,
                       Linear<3, NoBias{}>>;

template <class N, class T>
std::vector<NamedTensor<T>> initialized(Seed seed) {
  std::vector<T> parameters(N::plan.parameter_elements), buffers(N::plan.buffer_elements);
  initialize(N::plan, seed, parameters.data(), buffers.data());
  return export_tensors<N>(static_cast<const T*>(parameters.data()), static_cast<const T*>(buffers.data()));
}

}  // namespace

TEST_CASE("weights and biases are uniform within one over the root of fan-in") {
  const auto tensors = initialized<Net, double>(seed(1));
  REQUIRE(tensors.size() == 2 + 4 + 2 + 1);
  const struct {
    index_t tensor;
    double fan_in;
  } uniform[] = {{0, 4 * 9}, {1, 4 * 9}, {6, 32 * 49}, {7, 32 * 49}, {8, 40}};
  for (const auto& [tensor, fan_in] : uniform) {
    const std::vector<double>& values = tensors[tensor].values;
    INFO(tensors[tensor].name);
    const double bound = 1 / std::sqrt(fan_in), count = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (double x : values) {
      sum += x;
      squares += x * x;
    }
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    CHECK(*least >= -bound);
    CHECK(*most <= bound);
    // five standard deviations: of the mean, b/√(3n), and of the mean square b²/3, whose variance is 4b⁴/45
    CHECK(std::abs(sum / count) < 5 * bound / std::sqrt(3 * count));
    CHECK(std::abs(squares / count - bound * bound / 3) < 5 * bound * bound * std::sqrt(4 / (45 * count)));
  }
}

TEST_CASE("a batch norm begins as the identity") {
  const auto tensors = initialized<Net, float>(seed(1));
  const auto all = [](const NamedTensor<float>& tensor, float value) {
    return std::all_of(tensor.values.begin(), tensor.values.end(), [&](float x) { return x == value; });
  };
  CHECK(tensors[2].name == "1.weight");
  CHECK(all(tensors[2], 1));
  CHECK(all(tensors[3], 0));
  CHECK(tensors[4].name == "1.running_mean");
  CHECK(all(tensors[4], 0));
  CHECK(tensors[5].name == "1.running_var");
  CHECK(all(tensors[5], 1));
}

TEST_CASE("the same seed gives the same values, another seed others") {
  const auto first = initialized<Net, float>(seed(7)), again = initialized<Net, float>(seed(7)), other = initialized<Net, float>(seed(8));
  for (index_t i = 0; i < first.size(); ++i) CHECK(first[i].values == again[i].values);
  CHECK(first[0].values != other[0].values);
  CHECK(first[6].values != other[6].values);
}

TEST_CASE("tensors don't repeat each other") {
  using Twins = Sequential<Shape{20}, Linear<20>, Linear<20>>;
  const auto tensors = initialized<Twins, float>(seed(3));
  CHECK(tensors[0].values != tensors[2].values);
  CHECK(tensors[1].values != tensors[3].values);
  CHECK(tensors[0].values[0] != tensors[1].values[0]);
}

TEST_CASE("values belong to PyTorch's order, not to a layout") {
  using Image = Sequential<Shape{3, 4, 5}, Flatten, Linear<7>>;   // its weight lies permuted in memory
  using Vector = Sequential<Shape{60}, Flatten, Linear<7>>;       // this one's only transposed
  const auto image = initialized<Image, float>(seed(3)), vector = initialized<Vector, float>(seed(3));
  CHECK(image[0].values == vector[0].values);
  std::vector<float> a(Image::plan.parameter_elements), b(Vector::plan.parameter_elements);
  initialize(Image::plan, seed(3), a.data(), static_cast<float*>(nullptr));
  initialize(Vector::plan, seed(3), b.data(), static_cast<float*>(nullptr));
  CHECK(a != b);
}
