// Small networks of layers that no other golden file has, against PyTorch (make_layers.py): state dicts, both modes, gradients.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "golden.hpp"
#include "io/networks.hpp"
#include "taut/nn/session.hpp"

using namespace taut;
using namespace taut::test;

#define TAUT_GOLDEN_DEVICES On<Reference, float>, On<Reference, double>, On<Cpu<>, float>, On<Cpu<>, double>

namespace {

const TensorFile& layers() {
  static const TensorFile file = read_golden("layers");
  return file;
}

/// The rows of a tensor, images channels last.
template <class T>
std::vector<T> rows_of(const std::string& name, Shape sample) {
  const std::vector<T> values = layers().tensor<T>(name);
  return is_image(sample) ? channels_last(values, values.size() / sample.size(), sample.d0) : values;
}

template <class Output>
auto copied(Output output) {
  using T = std::remove_const_t<std::remove_pointer_t<decltype(output.data)>>;
  return std::vector<T>(output.data, output.data + output.rows * Output::sample_shape.size());
}

/// A result is at most `depth` sums behind the inputs, each of at most as many terms as the batch has numbers somewhere; the rounding of
/// n of them grows like 8·√n but for rare luck (ops/tolerance.hpp).
template <class Net, class T>
void check_result(const std::string& what, const std::vector<T>& found, const std::vector<T>& expected, index_t rows) {
  index_t terms = 0;
  for (const LayerPlan& layer : Net::plan.layers) terms = std::max({terms, rows * layer.input.size(), rows * layer.output.size()});
  double largest = 0;
  for (const T value : expected) largest = std::max(largest, std::abs(static_cast<double>(value)));
  check_close(what, found, expected, static_cast<double>(Net::depth) * 8 * std::sqrt(static_cast<double>(terms)) * largest);
}

template <class Where, class Net>
void check_network(const std::string& name) {
  using T = typename Where::Scalar;
  using D = typename Where::Device;
  constexpr index_t max_rows = 8;
  CAPTURE(name);
  const auto model = std::make_unique<Model<Net, T, D, max_rows>>(seed(1));
  auto tensors = model->export_tensors();
  const std::string prefix = name + "/state/";
  const auto in_state = [&](const auto& entry) { return entry.name.starts_with(prefix); };
  CHECK(static_cast<index_t>(std::ranges::count_if(layers().entries, in_state)) == tensors.size());
  for (auto& tensor : tensors) {
    CAPTURE(tensor.name);
    const std::vector<index_t>& shape = layers().at(prefix + tensor.name).shape;
    REQUIRE(shape.size() == static_cast<std::size_t>(tensor.shape.rank()));
    for (int axis = 0; axis < tensor.shape.rank(); ++axis) CHECK(shape[static_cast<std::size_t>(axis)] == tensor.shape[axis]);
    tensor.values = layers().tensor<T>(prefix + tensor.name);
  }
  model->import_tensors(tensors);

  const std::vector<T> x = rows_of<T>(name + "/x", Net::input_shape), dy = rows_of<T>(name + "/dy", Net::output_shape);
  const index_t rows = x.size() / Net::input_shape.size();
  const BatchView<const T, Net::input_shape> samples{x.data(), rows};
  check_result<Net>("y", copied(model->forward(samples)), rows_of<T>(name + "/y", Net::output_shape), rows);
  model->backward({dy.data(), rows});
  for (const auto& gradient : model->export_gradients()) {
    check_result<Net>("gradient of " + gradient.name, gradient.values, layers().tensor<T>(name + "/gradient/" + gradient.name), rows);
  }
  for (const auto& tensor : model->export_tensors()) {
    if (tensor.name.find("running") == std::string::npos) continue;
    check_result<Net>(tensor.name, tensor.values, layers().tensor<T>(name + "/after/" + tensor.name), rows);
  }
  const std::vector<T> y_eval = rows_of<T>(name + "/y_eval", Net::output_shape);
  check_result<Net>("y of evaluation", copied(model->evaluate(samples)), y_eval, rows);
  const Session<Net, T, D, max_rows> session{*model};
  typename Session<Net, T, D, max_rows>::Workspace workspace;
  check_result<Net>("y of a session", copied(session.run(samples, workspace)), y_eval, rows);
}

}  // namespace

TEST_CASE_TEMPLATE("average pools agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) { check_network<Where, Averaged>("averaged"); }
TEST_CASE_TEMPLATE("group, layer and vector batch norms agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  check_network<Where, Normalized>("normalized");
}
TEST_CASE_TEMPLATE("transposed convolutions agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  check_network<Where, Transposed>("transposed");
}
TEST_CASE_TEMPLATE("convolutions of sequences agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  check_network<Where, Sequences>("sequences");
}
TEST_CASE_TEMPLATE("views and upsampling agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) { check_network<Where, Reshaped>("reshaped"); }
