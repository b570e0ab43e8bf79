/// Lifetimes and the memory plan: buffers that live at the same time never overlap.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "taut/core/random.hpp"
#include "taut/nn.hpp"

using namespace taut;

namespace {

template <index_t Count>
index_t most_alive(const std::array<Lifetime, Count>& buffers) {
  index_t most = 0;
  for (const Lifetime& at : buffers) {
    index_t alive = 0;
    for (const Lifetime& buffer : buffers) alive += buffer.born <= at.born && at.born <= buffer.dies ? buffer.size : 0;
    most = std::max(most, alive);
  }
  return most;
}

template <index_t Count>
void check_placement(const std::array<Lifetime, Count>& buffers, const Placement<Count>& placement) {
  index_t overlaps = 0, outside = 0;
  for (index_t i = 0; i < Count; ++i) {
    outside += placement.offset[i] + buffers[i].size > placement.size ? 1 : 0;
    for (index_t j = 0; j < i; ++j) {
      const bool same_place = placement.offset[i] < placement.offset[j] + buffers[j].size &&
                              placement.offset[j] < placement.offset[i] + buffers[i].size;
      overlaps += same_place && buffers[i].meets(buffers[j]) ? 1 : 0;
    }
  }
  CHECK(overlaps == 0);
  CHECK(outside == 0);
  CHECK(placement.size >= most_alive(buffers));
}

}  // namespace

TEST_CASE("small cases are placed as well as can be") {
  static_assert(place(std::array<Lifetime, 2>{{{10, 0, 1}, {20, 2, 3}}}).size == 20);            // one after the other
  static_assert(place(std::array<Lifetime, 2>{{{10, 0, 2}, {20, 2, 3}}}).size == 30);            // both at moment 2
  static_assert(place(std::array<Lifetime, 3>{{{8, 0, 1}, {16, 1, 2}, {8, 2, 3}}}).size == 24);  // the last takes the first's place
  constexpr auto chain = place(std::array<Lifetime, 4>{{{4, 0, 1}, {4, 1, 2}, {4, 2, 3}, {4, 3, 4}}});
  static_assert(chain.size == 8 && chain.offset[0] == chain.offset[2] && chain.offset[1] == chain.offset[3]);
  CHECK(place(std::array<Lifetime, 1>{{{7, 3, 3}}}).size == 7);
  CHECK(place(std::array<Lifetime, 2>{{{0, 0, 9}, {5, 0, 9}}}).size == 5);
}

TEST_CASE("lifetimes meet where they share a moment") {
  CHECK(Lifetime{1, 0, 2}.meets({1, 2, 4}));
  CHECK_FALSE(Lifetime{1, 0, 2}.meets({1, 3, 4}));
  CHECK(Lifetime{1, 0, 9}.meets({1, 3, 4}));
  CHECK(Lifetime{1, 3, 4}.meets({1, 0, 9}));
}

TEST_CASE("random lifetimes never overlap") {
  Random random(5);
  for (int round = 0; round < 200; ++round) {
    std::array<Lifetime, 24> buffers;
    for (Lifetime& buffer : buffers) {
      const index_t born = random.below(20);
      buffer = {16 * random.below(50), born, born + random.below(8)};
    }
    check_placement(buffers, place(buffers));
  }
}

TEST_CASE("the memory plan keeps what a step needs") {
  using Net = Sequential<Shape{3, 12, 12}, Conv2d<8, 3>, BatchNorm2d, ReLU, MaxPool2d<2>, Conv2d<4, 3>, ReLU, MaxPool2d<3>, Flatten,
                         Linear<10>, ReLU, Dropout<50>, Linear<3>>;
  constexpr index_t batch = 5, steps = Net::plan.step_count;
  constexpr const auto& memory = Net::memory<batch>;
  const auto training = detail::training_lifetimes<steps>(Net::plan, batch);
  const auto inference = detail::inference_lifetimes<steps>(Net::plan, detail::moving_steps<steps>(Net::plan), batch);
  check_placement(inference, {memory.inference_offset, memory.inference});

  Placement<2 * steps> placement;
  placement.size = memory.training;
  std::copy_n(memory.activation_offset.begin(), steps, placement.offset.begin());
  std::copy_n(memory.gradient_offset.begin(), steps, placement.offset.begin() + steps);
  check_placement(training, placement);

  for (index_t i = 0; i < steps; ++i) {
    const index_t size = batch * detail::last_layer(Net::plan, Net::plan.steps[i]).output.size();
    CHECK(training[i].size == aligned_offset(size));
    CHECK(training[steps + i].size == training[i].size);
    const index_t forward = i, backward = 2 * steps - i;
    CHECK(training[i].born == forward);
    CHECK(training[i].dies >= backward);                          // its own step going back may look at it
    CHECK(training[steps + i].dies == backward);                  // read by its own step
    if (i + 1 < steps) CHECK(training[steps + i].born == 2 * steps - (i + 1));  // written by the next one
    if (i + 1 < steps) CHECK(inference[i].dies == i + 1);
    CHECK(memory.activation_offset[i] % offset_step == 0);
    CHECK(memory.gradient_offset[i] % offset_step == 0);
  }
  CHECK(training[2 * steps - 1].born == steps);  // the loss writes the last gradient
  CHECK(memory.argmax_bytes == aligned_offset(5 * 8 * 5 * 5) + aligned_offset(5 * 4 * 1 * 1));
  CHECK(memory.vectors == 4 * aligned_offset(8));
}
