/// Branches: where residual and parallel networks fork and join, as a plan, in memory, in numbers and in names.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ops/check_gradient.hpp"
#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/session.hpp"
#include "taut/nn/summary.hpp"

using namespace taut;

namespace {

using Identity = Sequential<Shape{2, 5, 4}, Conv2d<3, 1>, Residual<Conv2d<3, 3, Padding{1}>, BatchNorm2d, ReLU, Conv2d<3, 1>>, ReLU, Flatten,
                            Linear<3>>;
using Projection = Sequential<Shape{3, 6, 6}, Residual<Shortcut<Conv2d<4, 1, Stride{2}>, BatchNorm2d>, Conv2d<4, 3, Stride{2}, Padding{1}>,
                                                       BatchNorm2d, ReLU, Conv2d<4, 3, Padding{1}>, BatchNorm2d>,
                              ReLU, Flatten, Linear<3>>;
using Inception = Sequential<Shape{2, 5, 4}, Conv2d<3, 1>, Parallel<Conv2d<2, 1>, Block<Conv2d<2, 1>, ReLU, Conv2d<5, 3, Padding{1}>>, Block<>>,
                             BatchNorm2d, ReLU, Flatten, Linear<3>>;
/// Forks behind forks, joins behind joins, and an identity that reaches back to the samples.
using Nested = Sequential<Shape{2, 4, 4}, Residual<Parallel<Residual<Conv2d<2, 3, Padding{1}>>, Block<>>, Conv2d<2, 1>>,
                          Parallel<Block<>, Residual<Residual<ReLU, Conv2d<2, 1>>>>, Residual<Dropout<25>>, Flatten, Linear<3>>;
using SumFirst = Sequential<Shape{6}, Residual<Residual<Residual<Linear<6>, ReLU>>>, Linear<3>>;
using One = Sequential<Shape{2, 4, 4}, Conv2d<2, 1>, Parallel<Conv2d<3, 3>>, Flatten, Linear<3>>;
using Widest = Sequential<Shape{4}, Linear<3>, Parallel<Linear<1>, Linear<2>, Block<>, Linear<1>, ReLU, Linear<2>, Block<>, Dropout<50>>, Linear<3>>;
/// Both branches hand a flattened image on in its order.
using FlatSum = Sequential<Shape{2, 3, 3}, Conv2d<2, 1>, Residual<Shortcut<Conv2d<2, 1>, Flatten>, Flatten, ReLU>, Linear<3>>;

template <class Net>
std::vector<std::string> paths() {
  std::vector<std::string> all;
  for (const LayerPlan& layer : Net::plan.layers) all.emplace_back(layer.path.view());
  return all;
}

template <class Net, class T>
std::vector<T> random_samples(index_t rows, std::uint64_t seed) {
  std::vector<T> samples(rows * Net::input_shape.size());
  Random random{seed};
  for (T& value : samples) value = static_cast<T>(random.uniform(-1, 1));
  return samples;
}

/// The same network by hand from what its parts compute: a plain interpreter of the flat list.
template <class Net>
void check_memory() {
  constexpr index_t batch = 3, steps = Net::plan.step_count;
  constexpr const auto& memory = Net::template memory<batch>;
  // Going forward and back, every step finds what it reads as the last one who wrote there left it.
  std::vector<index_t> owner(memory.training, steps * 2);
  const auto size = [&](index_t s) { return batch * detail::last_layer(Net::plan, Net::plan.steps[s]).output.size(); };
  const auto write = [&](index_t offset, index_t count, index_t who) { std::fill_n(owner.begin() + static_cast<std::ptrdiff_t>(offset), count, who); };
  const auto check_read = [&](index_t offset, index_t count, index_t who) {
    REQUIRE(offset + count <= memory.training);
    CHECK(std::all_of(owner.begin() + static_cast<std::ptrdiff_t>(offset), owner.begin() + static_cast<std::ptrdiff_t>(offset + count),
                      [&](index_t found) { return found == who; }));
  };
  const auto read_value = [&](index_t s) {
    if (s == network_input || Net::plan.edges[s].storage == network_input) return;
    const index_t at = Net::plan.edges[s].storage;
    check_read(memory.activation_offset[at], size(at), at);
  };
  for (index_t s = 0; s < steps; ++s) {
    const StepEdges& edges = Net::plan.edges[s];
    for (index_t i = 0; i < edges.sources.count; ++i) read_value(edges.sources[i]);
    if (edges.storage == s) write(memory.activation_offset[s], size(s), s);
  }
  write(memory.gradient_offset[steps - 1], size(steps - 1), 2 * steps - 1);
  for (index_t s = steps; s-- > 0;) {
    const StepEdges& edges = Net::plan.edges[s];
    const bool is_mark = Net::plan.layers[Net::plan.steps[s].first].role == Role::next_branch;
    if (is_mark) continue;
    read_value(s);
    for (index_t i = 0; i < edges.sources.count; ++i) read_value(edges.sources[i]);
    if (edges.branches.count == 0) check_read(memory.gradient_offset[s], edges.has_gradient() ? size(s) : 0, steps + s);
    for (index_t b = 0; b < edges.branches.count; ++b) {
      const index_t branch = edges.branches[b];
      check_read(memory.gradient_offset[branch], Net::plan.edges[branch].has_gradient() ? size(branch) : 0, steps + branch);
    }
    for (index_t i = 0; i < edges.sources.count; ++i) {
      const index_t source = edges.sources[i];
      if (source != network_input && Net::plan.edges[source].has_gradient()) write(memory.gradient_offset[source], size(source), steps + source);
    }
  }
}

template <class Net>
double session_difference(index_t rows) {
  Model<Net, double, Reference, 4> model{seed(5)};
  const std::vector<double> samples = random_samples<Net, double>(4, 1);
  const std::vector<std::int32_t> labels{0, 1, 2, 1};
  for (int step = 0; step < 3; ++step) {  // running statistics that aren't what they begin with
    model.forward_backward(BatchView<const double, Net::input_shape>{samples.data(), 4}, labels, CrossEntropy<3>{});
  }
  const Session<Net, double, Reference, 4> session{model};
  typename Session<Net, double, Reference, 4>::Workspace workspace;
  const BatchView<const double, Net::input_shape> view{samples.data(), rows};
  const auto expected = model.evaluate(view);
  const auto found = session.run(view, workspace);
  double worst = 0;
  for (index_t i = 0; i < rows * 3; ++i) worst = std::max(worst, std::abs(found.data[i] - expected.data[i]));
  return worst;
}

}  // namespace

TEST_CASE("layers of branches are named after the layer that they stand in") {
  CHECK(paths<Projection>() == std::vector<std::string>{"0", "0.main.0", "0.main.1", "0.main.2", "0.main.3", "0.main.4", "0", "0.shortcut.0",
                                                        "0.shortcut.1", "0", "1", "2", "3"});
  CHECK(paths<Inception>() ==
        std::vector<std::string>{"0", "1", "1.0.0", "1", "1.1.0", "1.1.1", "1.1.2", "1", "1", "2", "3", "4", "5"});
  CHECK(paths<Nested>() == std::vector<std::string>{"0", "0.main.0", "0.main.0.0.0", "0.main.0.0.0.main.0", "0.main.0.0.0", "0.main.0.0.0",
                                                    "0.main.0", "0.main.0", "0.main.1", "0", "0", "1", "1", "1.1.0", "1.1.0.main.0",
                                                    "1.1.0.main.0.main.0", "1.1.0.main.0.main.1", "1.1.0.main.0", "1.1.0.main.0", "1.1.0",
                                                    "1.1.0", "1", "2", "2.main.0", "2", "2", "3", "4"});
  Model<Projection, float, Reference, 1> model{seed(1)};
  std::vector<std::string> names;
  for (const auto& tensor : model.export_tensors()) names.push_back(tensor.name);
  CHECK(std::ranges::count(names, "0.shortcut.1.running_var") == 1);
  CHECK(std::ranges::count(names, "0.main.3.weight") == 1);
  CHECK(names.back() == "3.bias");
  CHECK(layer_name<Projection, 7>() == "layer 0.shortcut.0, Conv2d<4,1,Stride{2}>");
}

TEST_CASE("shapes follow the branches") {
  static_assert(Inception::plan.layers[8].output == Shape{10, 5, 4});  // 2 + 5 + 3 channels
  static_assert(Projection::plan.layers[9].output == Shape{4, 3, 3});
  static_assert(Widest::plan.layers[Widest::depth - 2].output == Shape{1 + 2 + 3 + 1 + 3 + 2 + 3 + 3});
  static_assert(Identity::parameter_count == (2 * 3 + 3) + (27 * 3 + 3) + 6 + (9 + 3) + (60 * 3 + 3));
  CHECK(FlatSum::plan.layers[FlatSum::depth - 1].unflattened == Shape{2, 3, 3});
}

TEST_CASE("a sum melts with the activation behind it, a fork with nothing") {
  constexpr const auto& plan = Identity::plan;
  const std::vector<StepSpan> steps(plan.steps, plan.steps + plan.step_count);
  CHECK(steps == std::vector<StepSpan>{{0, 1}, {1, 1}, {2, 1}, {3, 2}, {5, 1}, {6, 1}, {7, 2}, {9, 2}});
  CHECK(plan.edges[1].storage == 0);  // the fork's values are the first convolution's
  CHECK(plan.edges[5].storage == 0);  // and so are the shortcut's
  CHECK(plan.edges[6].sources.count == 2);
  CHECK(plan.edges[6].sources[0] == 4);
  CHECK(plan.edges[6].sources[1] == 5);
  CHECK(plan.edges[1].branches.count == 2);
  CHECK(plan.edges[5].reader == 6);
  CHECK(SumFirst::plan.edges[0].storage == network_input);
}

TEST_CASE_TEMPLATE("memory holds what every step needs, forward and back", Net, Identity, Projection, Inception, Nested, SumFirst, One, Widest,
                   FlatSum) {
  check_memory<Net>();
}

TEST_CASE_TEMPLATE("gradients agree with finite differences", Net, Identity, Projection, Inception, Nested, SumFirst, One, Widest, FlatSum) {
  ops::check_gradient<Net, Reference>(1);
  ops::check_gradient<Net, Cpu<>>(2);
}

TEST_CASE_TEMPLATE("a session computes what the model does in inference mode", Net, Identity, Projection, Inception, Nested, SumFirst, One, Widest,
                   FlatSum) {
  for (const index_t rows : {index_t{1}, index_t{3}}) CHECK(session_difference<Net>(rows) < 1e-13);
}

TEST_CASE("an identity's values are added once, a sum's gradient reaches both of its branches") {
  using Double = Sequential<Shape{3}, Residual<Linear<3>>>;
  Model<Double, double, Reference, 2> model{seed(1)};
  std::ranges::fill(model.parameters(), 0.0);
  auto tensors = model.export_tensors();
  tensors[0].values = {1, 0, 0, 0, 2, 0, 0, 0, 3};  // diagonal
  tensors[1].values = {10, 20, 30};
  model.import_tensors(tensors);
  Batch<double, Shape{3}, 2> samples(1);
  std::copy_n(std::vector<double>{1, 1, 1}.begin(), 3, samples.data());
  const auto y = model.evaluate(samples);
  CHECK(std::vector<double>(y.data, y.data + 3) == std::vector<double>{12, 23, 34});
}

TEST_CASE("the summary shows where branches begin and end") {
  const std::string text = summary<Projection, 4>();
  CHECK(text.find("0             Residual") != std::string::npos);
  CHECK(text.find("0.shortcut.1  BatchNorm2d") != std::string::npos);
  CHECK(text.find("0             Add") != std::string::npos);
  CHECK(text.find("next branch") == std::string::npos);
}
