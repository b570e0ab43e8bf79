/// Parameter groups and frozen parameters under every optimizer.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/train/adam.hpp"
#include "taut/train/parameter_groups.hpp"
#include "taut/train/rmsprop.hpp"
#include "taut/train/sgd.hpp"

namespace {

using namespace taut;

using Net = Sequential<Shape{2, 4, 4}, Conv2d<3, 3>, BatchNorm2d, ReLU, Flatten, Linear<5>>;
using NetModel = Model<Net, float, Cpu<>, 4>;

using GroupList = std::vector<ParameterGroup>;

void set_gradients(NetModel& model, std::uint64_t seed) {
  Random random(seed);
  for (float& gradient : model.gradients()) gradient = random.normal();
}

/// Parameters after five steps with given gradients.
template <class Make>
std::vector<NamedTensor<float>> trained(const Make& make, const std::vector<std::string>& frozen = {}) {
  NetModel model{seed(1), Cpu<>{1}};
  for (const std::string& name : frozen) model.freeze(name);
  auto optimizer = make(model);
  for (std::uint64_t step = 0; step < 5; ++step) {
    set_gradients(model, step);
    optimizer.step(model);
  }
  return model.export_tensors();
}

bool same_bits(const NamedTensor<float>& a, const NamedTensor<float>& b) {
  return a.values.size() == b.values.size() && std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

/// `make(model, lr, weight_decay, groups)`: each group's tensors move as all would under an optimizer with the group's own numbers.
template <class Make>
void check_groups(const Make& make) {
  const GroupList groups{{.prefix = "0.", .lr_factor = 0.1},
                      {.prefix = "4.weight", .weight_decay = 0.0},
                      {.prefix = "1", .lr_factor = 3, .weight_decay = 0.5}};
  const auto uniform = [&](double lr, double weight_decay) {
    return trained([&](NetModel& model) { return make(model, lr, weight_decay, GroupList{}); });
  };
  const auto grouped = trained([&](NetModel& model) { return make(model, 0.02, 0.1, groups); });
  const auto slow = uniform(0.02 * 0.1, 0.1), undecayed = uniform(0.02, 0), fast = uniform(0.02 * 3.0, 0.5), usual = uniform(0.02, 0.1);
  for (std::size_t i = 0; i < grouped.size(); ++i) {
    const std::string& name = grouped[i].name;
    CAPTURE(name);
    const auto& expected = name.starts_with("0.") ? slow : name.starts_with("1.") ? fast : name == "4.weight" ? undecayed : usual;
    CHECK(same_bits(grouped[i], expected[i]));
    if (!name.starts_with("1.running")) CHECK(same_bits(grouped[i], usual[i]) == (name == "4.bias"));
  }
  const NetModel untouched{seed(1), Cpu<>{1}};
  const auto initial = untouched.export_tensors();
  const auto frozen = trained([&](NetModel& model) { return make(model, 0.02, 0.1, groups); }, {"0", "4.bias"});
  for (std::size_t i = 0; i < frozen.size(); ++i) {
    const std::string& name = frozen[i].name;
    CAPTURE(name);
    CHECK(same_bits(frozen[i], name.starts_with("0.") || name == "4.bias" ? initial[i] : grouped[i]));
  }
}

/// Remembers how long its sweeps were.
struct Counting : Reference {
  template <class T>
  void sgd_step(index_t count, T*, const T*, T*, SgdStep) {
    counts.push_back(count);
  }
  std::vector<index_t> counts;
};

}  // namespace

TEST_CASE("parameter groups have rates and decays of their own, and what is frozen doesn't move, under every optimizer") {
  SUBCASE("Sgd") {
    check_groups([](NetModel& model, double lr, double decay, const GroupList& groups) {
      return Sgd(model, {.lr = lr, .momentum = 0.9, .weight_decay = decay}, groups);
    });
  }
  SUBCASE("Sgd without momentum") {
    check_groups([](NetModel& model, double lr, double decay, const GroupList& groups) {
      return Sgd(model, {.lr = lr, .weight_decay = decay}, groups);
    });
  }
  SUBCASE("Adam") {
    check_groups([](NetModel& model, double lr, double decay, const GroupList& groups) {
      return Adam(model, {.lr = lr, .weight_decay = decay}, groups);
    });
  }
  SUBCASE("AdamW") {
    check_groups([](NetModel& model, double lr, double decay, const GroupList& groups) {
      return AdamW(model, {.lr = lr, .weight_decay = decay}, groups);
    });
  }
  SUBCASE("RMSprop") {
    check_groups([](NetModel& model, double lr, double decay, const GroupList& groups) {
      return RMSprop(model, {.lr = lr, .weight_decay = decay, .momentum = 0.5, .centered = true}, groups);
    });
  }
}

TEST_CASE("a group's rate follows the optimizer's") {
  const auto make = [](double lr, double factor) {
    return [=](NetModel& model) {
      Sgd sgd(model, {.lr = 100}, {{.prefix = "", .lr_factor = factor}});
      sgd.set_lr(lr);
      return sgd;
    };
  };
  const auto a = trained(make(0.5, 0.5)), b = trained(make(0.25, 1));
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(same_bits(a[i], b[i]));
}

TEST_CASE("a step without groups is one sweep") {
  Model<Net, float, Counting, 4> model{seed(1)};
  Sgd sgd(model, {.lr = 1});
  sgd.step(model);
  CHECK(model.device().counts == std::vector<index_t>{model.parameters().size()});

  model.device().counts.clear();
  Sgd grouped(model, {.lr = 1}, {{.prefix = "0", .lr_factor = 2}, {.prefix = "4", .lr_factor = 3}});
  grouped.step(model);
  const auto& counts = model.device().counts;
  CHECK(counts.size() == 3);
  CHECK(counts[0] + counts[1] + counts[2] == model.parameters().size());
}

TEST_CASE("groups that make no sense are refused") {
  NetModel model{seed(1), Cpu<>{1}};
  CHECK_THROWS_WITH_AS(Adam(model, {}, {{.prefix = "3"}}), "Adam: the network has no parameter under the name \"3\"", Error);
  CHECK_THROWS_WITH_AS(Adam(model, {}, {{.prefix = "0"}, {.prefix = "1"}, {.prefix = "0.bias"}}),
                       "Adam: expected 0.bias in one group, found it in \"0\" and \"0.bias\"", Error);
  CHECK_THROWS_WITH_AS(Sgd(model, {}, {{.prefix = "0", .lr_factor = -1}}), "Sgd: expected lr_factor >= 0, found -1", Error);
  CHECK_THROWS_WITH_AS(RMSprop(model, {}, {{.prefix = "0", .weight_decay = -1.0}}), "RMSprop: expected weight_decay >= 0, found -1", Error);
  struct Nameless {
    using Scalar = float;
    std::span<float> parameters() { return values; }
    std::span<const float> parameters() const { return values; }
    std::span<const float> gradients() const { return values; }
    Reference& device() { return reference; }
    std::vector<float> values = {1, 2};
    Reference reference;
  } nameless;
  CHECK_THROWS_WITH_AS(Adam(nameless, {}, {{.prefix = "0"}}), "Adam: expected a model whose parameters have names, for groups of them", Error);
}

TEST_CASE("groups say what they are") {
  NetModel model{seed(1), Cpu<>{1}};
  CHECK(Adam(model).groups().empty());
  CHECK(Adam(model, {}, {{.prefix = "0.", .lr_factor = 0.1}, {.prefix = "4.bias", .weight_decay = 0.0}}).groups() ==
        "0.: lr x 0.1; 4.bias: lr x 1, weight_decay 0");
}
