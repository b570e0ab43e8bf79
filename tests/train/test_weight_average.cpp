/// WeightAverage: by its definition, and inside a trainer that validates it, keeps it and resumes it.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "train/small_run.hpp"

namespace {

using taut::test::SmallModel;
using taut::test::SmallRun;

std::vector<float> copy(std::span<const float> values) { return {values.begin(), values.end()}; }

taut::TrainerOptions options() { return {.epochs = 4, .ema_decay = 0.6}; }

/// What the run leaves: the kept weights and buffers one behind the other.
std::vector<float> finish(SmallRun& run) {
  CHECK_FALSE(run.fit().interrupted);
  std::vector<float> kept = copy(run.model.parameters());
  kept.insert(kept.end(), run.model.buffers().begin(), run.model.buffers().end());
  return kept;
}

}  // namespace

TEST_CASE("the average moves by its decay, faster in the first steps") {
  SmallModel model(taut::Seed{1});
  std::vector<double> expected(model.parameters().begin(), model.parameters().end());
  std::vector<double> expected_buffers(model.buffers().begin(), model.buffers().end());
  taut::WeightAverage<float> average(model, 0.6);
  taut::Random random(3);
  for (int t = 1; t <= 20; ++t) {
    for (float& value : model.parameters()) value += random.normal();
    for (float& value : model.buffers()) value += random.normal();
    average.update(model);
    const double decay = std::min(0.6, (1.0 + t) / (10.0 + t));
    for (taut::index_t i = 0; i < expected.size(); ++i) {
      expected[i] = decay * expected[i] + (1 - decay) * static_cast<double>(model.parameters()[i]);
    }
    for (taut::index_t i = 0; i < expected_buffers.size(); ++i) {
      expected_buffers[i] = decay * expected_buffers[i] + (1 - decay) * static_cast<double>(model.buffers()[i]);
    }
  }
  const std::vector<float> own = copy(model.parameters()), own_buffers = copy(model.buffers());
  {
    const taut::WeightAverage<float>::Loan<SmallModel> loan(average, model);
    for (taut::index_t i = 0; i < expected.size(); ++i) {
      CHECK(std::abs(static_cast<double>(model.parameters()[i]) - expected[i]) <= 1e-5 * (1 + std::abs(expected[i])));
    }
    for (taut::index_t i = 0; i < expected_buffers.size(); ++i) {
      CHECK(std::abs(static_cast<double>(model.buffers()[i]) - expected_buffers[i]) <= 1e-5 * (1 + std::abs(expected_buffers[i])));
    }
  }
  CHECK(copy(model.parameters()) == own);
  CHECK(copy(model.buffers()) == own_buffers);
}

TEST_CASE("a trainer validates and keeps the average, and trains the weights as if there were none") {
  SmallRun plain({.epochs = 4}), averaged(options());
  // The last step's weights, seen from the next step: after a validation with the average in the model, they must be back.
  std::vector<std::vector<float>> steps, steps_averaged;
  plain.trainer.callbacks().on_batch = [&](const taut::BatchEvent&) { steps.push_back(copy(plain.model.parameters())); };
  averaged.trainer.callbacks().on_batch = [&](const taut::BatchEvent&) { steps_averaged.push_back(copy(averaged.model.parameters())); };
  std::vector<float> best;
  averaged.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord&, bool is_best) {
    CHECK(copy(averaged.model.parameters()) != steps_averaged.back());
    if (is_best) best = copy(averaged.model.parameters());
  };
  plain.fit();
  averaged.fit();
  // The plateau schedule follows the validation loss, which is the average's: the first epoch's steps are the same.
  REQUIRE(steps.size() == steps_averaged.size());
  for (taut::index_t i = 0; i < plain.pictures.batches(); ++i) CHECK(steps[i] == steps_averaged[i]);
  CHECK(copy(averaged.model.parameters()) == best);
}

TEST_CASE("a run with an average, stopped in any place and resumed, ends with the same bits") {
  SmallRun uninterrupted(options());
  const std::vector<float> expected = finish(uninterrupted);
  for (const taut::index_t stop : {taut::index_t{1}, taut::index_t{4}, taut::index_t{10}}) {
    CAPTURE(stop);
    SmallRun run(options());
    taut::index_t step = 0;
    run.trainer.callbacks().on_batch = [&](const taut::BatchEvent&) {
      if (++step == stop) run.trainer.request_stop();
    };
    taut::TrainingState<float> state;
    run.trainer.callbacks().on_checkpoint = [&](const taut::TrainingState<float>& now) { state = now; };
    REQUIRE(run.fit().interrupted);
    SmallRun resumed(options());
    resumed.model.import_tensors(SmallModel(taut::Seed{5}).export_tensors());  // what was there before must not matter
    resumed.trainer.restore(state);
    CHECK(finish(resumed) == expected);
  }
}

TEST_CASE("an average that can't be is refused, and so is a checkpoint without one") {
  SmallModel model(taut::Seed{1});
  CHECK_THROWS_WITH_AS(taut::WeightAverage<float>(model, 1.0), "WeightAverage: expected a decay in [0, 1), found 1", taut::Error);
  CHECK_THROWS_AS(SmallRun({.ema_decay = -0.1}), taut::Error);
  SmallRun without({.epochs = 4});
  const taut::TrainingState<float> state = without.trainer.state();
  SmallRun with(options());
  CHECK_THROWS_WITH_AS(with.trainer.restore(state), "cannot resume: the checkpoint has no average.parameters", taut::Error);
}
