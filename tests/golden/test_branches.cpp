// Residual and parallel networks against PyTorch's float64 results (make_branches.py): outputs, running statistics and gradients.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "golden.hpp"
#include "taut/core/batch.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;
using taut::test::channels_last;
using taut::test::On;
using taut::test::read_golden;

namespace {

using ResidualNet =
    Sequential<Shape{3, 7, 6}, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU,
               Residual<Conv2d<8, 3, Padding{1}, NoBias{}>, BatchNorm2d, ReLU, Conv2d<8, 3, Padding{1}, NoBias{}>, BatchNorm2d>, ReLU,
               Residual<Shortcut<Conv2d<12, 1, Stride{2}>, BatchNorm2d>, Conv2d<12, 3, Padding{1}, Stride{2}>, BatchNorm2d, ReLU,
                        Conv2d<12, 3, Padding{1}>, BatchNorm2d>,
               ReLU, Flatten, Linear<5>>;
using ParallelNet = Sequential<Shape{2, 5, 6}, Parallel<Conv2d<3, 1>, Block<Conv2d<4, 1>, ReLU, Conv2d<5, 3, Padding{1}>>, Block<>>, BatchNorm2d, ReLU,
                               Residual<Parallel<Conv2d<4, 3, Padding{1}>, Block<Residual<Conv2d<10, 1>, ReLU>, Conv2d<6, 1>>>>, Flatten, Linear<4>>;

double norm_of(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return std::sqrt(squares);
}

/// ‖found − expected‖ ≤ bound · max(‖expected‖, floor): a sum that cancels has the rounding of its terms.
template <class T>
void check_close(const std::string& what, const std::vector<T>& found, const std::vector<double>& expected, double bound, double floor = 0) {
  INFO(what);
  REQUIRE(found.size() == expected.size());
  std::vector<double> deviation(expected.size());
  for (index_t i = 0; i < expected.size(); ++i) deviation[i] = static_cast<double>(found[i]) - expected[i];
  CHECK(norm_of(deviation) <= bound * std::max(norm_of(expected), floor));
}

template <class View>
auto values_of(const View& view) {
  return std::vector(view.data, view.data + view.rows * View::sample_shape.size());
}

template <class Net, class Where>
void check_network(const std::string& name) {
  using T = typename Where::Scalar;
  const TensorFile golden = read_golden("branches");
  Model<Net, T, typename Where::Device, 4> model{seed(0)};
  auto tensors = model.export_tensors();
  for (auto& tensor : tensors) {
    const TensorEntry& given = golden.at(name + "/given." + tensor.name);
    REQUIRE(given.size() == tensor.values.size());
    tensor.values = given.values<T>();
  }
  model.import_tensors(tensors);

  const index_t rows = golden.at(name + "/x").shape[0];
  Batch<T, Net::input_shape, 4> x(rows);
  const std::vector<T> pixels = channels_last(golden.tensor<T>(name + "/x"), rows, Net::input_shape.d0);
  std::copy(pixels.begin(), pixels.end(), x.data());
  check_close("evaluation", values_of(model.evaluate(x)), golden.tensor<double>(name + "/eval.y"), 1e-5);
  check_close("training", values_of(model.forward(x)), golden.tensor<double>(name + "/train.y"), 1e-5);
  std::vector<T> dy = golden.tensor<T>(name + "/dy");
  model.backward({dy.data(), rows});

  for (const auto& tensor : model.export_tensors()) {
    if (!tensor.name.ends_with("running_mean") && !tensor.name.ends_with("running_var")) continue;
    check_close(tensor.name, tensor.values, golden.tensor<double>(name + "/after." + tensor.name), 1e-5);
  }
  // A bias before a batch norm has no gradient but rounding: the floor is the layer's weight's.
  double weight_norm = 0;
  for (const auto& gradient : model.export_gradients()) {
    const std::vector<double> expected = golden.tensor<double>(name + "/gradient." + gradient.name);
    if (gradient.name.ends_with("weight")) weight_norm = norm_of(expected);
    check_close(gradient.name, gradient.values, expected, 1e-4, weight_norm);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("networks with branches compute what PyTorch does", Where, On<Reference, float>, On<Reference, double>, On<Cpu<>, float>,
                   On<Cpu<>, double>) {
  check_network<ResidualNet, Where>("residual");
  check_network<ParallelNet, Where>("parallel");
}
