/// Learning-rate schedules, held to PyTorch's numbers (make_expected.py).
#include <doctest/doctest.h>

#include <cstddef>
#include <iterator>

#include "taut/train/constant_rate.hpp"
#include "taut/train/cosine_rate.hpp"
#include "taut/train/reduce_lr_on_plateau.hpp"
#include "taut/train/step_rate.hpp"

namespace {

constexpr double step[] = {0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125};
constexpr double cosine[] = {0.010000000000000002,
                             0.04,
                             0.07,
                             0.1,
                             0.09701478472890247,
                             0.0884191999343894,
                             0.07525,
                             0.05909558479451306,
                             0.04190441520548695,
                             0.02575,
                             0.012580800065610593,
                             0.003985215271097539};
constexpr double plateau_losses[] = {2.0, 1.5,  1.49999, 1.6, 1.7, 1.5, 1.4, 1.45, 1.45, 1.45,
                                     1.3, 1.3, 1.3,     1.3, 1.3, 1.3, 1.3, 1.3,  1.3,  1.3};
constexpr double plateau[] = {0.1,   0.1,   0.1,   0.1,   0.1,    0.02,   0.02,   0.02,    0.02,    0.02,
                              0.004, 0.004, 0.004, 0.004, 0.0008, 0.0008, 0.0008, 0.00016, 0.00016, 0.00016};
constexpr double plateau_cooldown[] = {0.1,   0.1,   0.1,   0.1,  0.05, 0.05, 0.05, 0.05, 0.05, 0.025,
                                       0.025, 0.025, 0.025, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02};

// PyTorch multiplies its rates up epoch by epoch, at most twelve roundings of half an epsilon each, and so do both sides' formulas.
doctest::Approx near(double expected) { return doctest::Approx(expected).epsilon(32 * 2.3e-16); }

template <std::size_t Epochs>
void check_plateau(taut::ReduceLROnPlateauOptions options, const double (&expected)[Epochs]) {
  taut::ReduceLROnPlateau schedule(0.1, options);
  for (std::size_t epoch = 0; epoch < Epochs; ++epoch) {
    CAPTURE(epoch);
    CHECK(schedule.rate(static_cast<double>(epoch)) == near(expected[epoch]));
    // A schedule that takes over from the state alone goes on as if nothing had happened.
    taut::State state;
    schedule.save(state);
    taut::ReduceLROnPlateau resumed(123.0, options);
    resumed.restore(state);
    resumed.end_epoch(plateau_losses[epoch]);
    schedule.end_epoch(plateau_losses[epoch]);
    CHECK(resumed.rate(0) == schedule.rate(0));
    schedule = resumed;
  }
}

}  // namespace

TEST_CASE("the constant rate is constant") {
  const taut::ConstantRate schedule(0.25);
  CHECK(schedule.rate(0) == 0.25);
  CHECK(schedule.rate(74.5) == 0.25);
  CHECK_THROWS_AS(taut::ConstantRate(-1.0), taut::Error);
}

TEST_CASE("StepRate is PyTorch's StepLR") {
  const taut::StepRate schedule(0.1, {.step_size = 3, .gamma = 0.5});
  for (std::size_t epoch = 0; epoch < std::size(step); ++epoch) {
    CHECK(schedule.rate(static_cast<double>(epoch)) == near(step[epoch]));
    CHECK(schedule.rate(static_cast<double>(epoch) + 0.9) == near(step[epoch]));
  }
  CHECK_THROWS_WITH_AS(taut::StepRate(0.1, {.step_size = 0}), "StepRate: expected step_size >= 1, found 0", taut::Error);
}

TEST_CASE("CosineRate is PyTorch's LinearLR, then CosineAnnealingLR") {
  const taut::CosineRate schedule(0.1, {.epochs = 12, .warmup_epochs = 3, .start_factor = 0.1, .eta_min = 0.001});
  for (std::size_t epoch = 0; epoch < std::size(cosine); ++epoch) {
    CAPTURE(epoch);
    CHECK(schedule.rate(static_cast<double>(epoch)) == near(cosine[epoch]));
  }
  CHECK(schedule.rate(12) == near(0.001));
  CHECK(schedule.rate(100) == near(0.001));
  CHECK(schedule.rate(1.5) == near(0.055));  // moves within an epoch
  CHECK_THROWS_AS(taut::CosineRate(0.1, {.epochs = 3, .warmup_epochs = 3}), taut::Error);
  CHECK_THROWS_AS(taut::CosineRate(0.1, {.epochs = 0}), taut::Error);
  CHECK_THROWS_AS(taut::CosineRate(0.1, {.epochs = 3, .eta_min = 0.2}), taut::Error);
}

TEST_CASE("ReduceLROnPlateau is PyTorch's, and resumes anywhere") {
  check_plateau({.factor = 0.2, .patience = 2}, plateau);
  check_plateau({.factor = 0.5, .patience = 1, .cooldown = 2, .min_lr = 0.02}, plateau_cooldown);
  CHECK_THROWS_AS(taut::ReduceLROnPlateau(0.1, {.factor = 1.0}), taut::Error);
}

TEST_CASE("a state says which number it lacks") {
  taut::State state;
  state.set("schedule.lr", 0.5);
  state.set("schedule.lr", 0.25);
  CHECK(state.entries().size() == 1);
  CHECK(state.at("schedule.lr") == 0.25);
  taut::ReduceLROnPlateau schedule(0.1);
  CHECK_THROWS_WITH_AS(schedule.restore(state), "training state: expected a number called 'schedule.best', found none among 1",
                       taut::Error);
}
