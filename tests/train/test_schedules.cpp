/// Learning-rate schedules, held to PyTorch's numbers (make_expected.py).
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <iterator>

#include "taut/train/constant_rate.hpp"
#include "taut/train/cosine_rate.hpp"
#include "taut/train/one_cycle_rate.hpp"
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
constexpr double one_cycle[] = {
    0.0040000000000000036, 0.013167184270002533, 0.037167184270002526, 0.06683281572999747, 0.09083281572999748,
    0.1,                   0.09874640062350874,  0.09504846320134738,  0.089091617757105,   0.0811745653949763,
    0.07169430017913009,   0.06112620219362893,  0.0500002,            0.03887419780637107, 0.028306099820869922,
    0.0188258346050237,    0.010908782242895003, 0.004951936798652629, 0.0012539993764912555, 4e-07};
constexpr double one_cycle_linear[] = {
    0.01,                0.0325,  0.05500000000000001,  0.0775,  0.1,
    0.09334,             0.08668000000000001,  0.08002000000000001,  0.07336000000000001,  0.06670000000000001,
    0.06004,             0.053380000000000004, 0.046720000000000005, 0.040060000000000005, 0.03340000000000001,
    0.026740000000000014, 0.02008, 0.013420000000000001, 0.006760000000000002, 0.00010000000000000286};
constexpr double one_cycle_three_phase[] = {
    0.0040000000000000036, 0.013167184270002533,  0.037167184270002526,  0.06683281572999747,    0.09083281572999748,
    0.1,                   0.09083281572999748,   0.06683281572999748,   0.037167184270002526,   0.013167184270002527,
    0.004,                 0.003879397303047659,  0.0035321356773493316, 0.0030001,              0.0023474616256983273,
    0.0016529383743016728, 0.0010003000000000004, 0.000468264322650668,  0.00012100269695234054, 4e-07};
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

TEST_CASE("OneCycleRate is PyTorch's OneCycleLR, step by step") {
  const auto check = [](taut::OneCycleRateOptions options, const double (&expected)[20]) {
    options.epochs = 4;
    options.steps_per_epoch = 5;
    const taut::OneCycleRate schedule(0.1, options);
    for (std::size_t step = 0; step < 20; ++step) {
      CAPTURE(step);
      // As the trainer asks. Both sides add and subtract numbers up to the largest rate, a few roundings each.
      const double epochs = static_cast<double>(step / 5) + static_cast<double>(step % 5) / 5.0;
      CHECK(std::abs(schedule.rate(epochs) - expected[step]) <= 32 * 1.2e-16 * 0.1);
    }
    CHECK(schedule.rate(4) == schedule.rate(100));
    CHECK(schedule.rate(4) == near(expected[19]));
  };
  check({}, one_cycle);
  check({.pct_start = 0.25, .anneal_strategy = taut::Annealing::linear, .div_factor = 10, .final_div_factor = 100}, one_cycle_linear);
  check({.three_phase = true}, one_cycle_three_phase);
}

TEST_CASE("a one-cycle schedule of phases without steps still has a rate everywhere") {
  for (const double pct_start : {0.0, 0.05, 1.0}) {
    CAPTURE(pct_start);
    const taut::OneCycleRate schedule(0.1, {.epochs = 1, .steps_per_epoch = 20, .pct_start = pct_start});
    for (int step = 0; step <= 20; ++step) {
      const double rate = schedule.rate(step / 20.0);
      CHECK((rate > 0 && rate <= 0.1));
    }
  }
  CHECK(taut::OneCycleRate(0.1, {.epochs = 1, .steps_per_epoch = 1}).rate(0) > 0);
  CHECK_THROWS_WITH_AS(taut::OneCycleRate(0.1, {.epochs = 3}), "OneCycleRate: expected steps_per_epoch >= 1, found 0", taut::Error);
  CHECK_THROWS_WITH_AS(taut::OneCycleRate(0.1, {.epochs = 0, .steps_per_epoch = 1}), "OneCycleRate: expected epochs > 0, found 0",
                       taut::Error);
  CHECK_THROWS_AS(taut::OneCycleRate(-0.1, {.steps_per_epoch = 1}), taut::Error);
  CHECK_THROWS_AS(taut::OneCycleRate(0.1, {.steps_per_epoch = 1, .pct_start = 1.1}), taut::Error);
  CHECK_THROWS_AS(taut::OneCycleRate(0.1, {.steps_per_epoch = 1, .div_factor = 0}), taut::Error);
  CHECK_THROWS_AS(taut::OneCycleRate(0.1, {.steps_per_epoch = 1, .final_div_factor = -1}), taut::Error);
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
