/// The trainer: it learns, prints, keeps the best epoch, stops early, clips, and says where a loss stopped being a number.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "taut/data/loader.hpp"
#include "taut/train/evaluate.hpp"
#include "train/small_run.hpp"

namespace {

using taut::test::SmallRun;

static_assert(taut::BatchSource<taut::Loader>);
static_assert(taut::BatchSource<taut::SampleLoader<float>>);

std::string message_of(SmallRun& run) {
  try {
    run.fit();
  } catch (const taut::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a small network learns 64 pictures by heart, and its loss falls") {
  SmallRun run({.epochs = 120}, 1, 10);
  run.validation = run.pictures;
  std::vector<taut::EpochRecord> records;
  run.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool) { records.push_back(record); };
  const taut::TrainingResult result = run.fit();
  CHECK_FALSE(result.interrupted);
  CHECK(result.best_accuracy == 1);
  REQUIRE(records.size() == 120);
  CHECK(records.back().train_loss < records.front().train_loss / 4);
  CHECK(run.validate().matrix.accuracy() == 1);
}

TEST_CASE("the epoch line is as promised") {
  std::ostringstream out;
  SmallRun run({.epochs = 2, .out = &out});
  std::vector<taut::EpochRecord> records;
  run.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool) { records.push_back(record); };
  run.fit();
  REQUIRE(records.size() == 2);
  CHECK(out.str() == taut::epoch_line(records[0], 2) + "\n" + taut::epoch_line(records[1], 2) + "\n");
  CHECK(taut::epoch_line(
            {.epoch = 1, .train_loss = 1.945, .train_accuracy = 0.2055, .validation_loss = 1.8011, .validation_accuracy = 0.3018}, 75) ==
        "Epoch [1/75], Train Loss: 1.9450, Train Accuracy: 20.55%, Val Loss: 1.8011, Val Accuracy: 30.18%");
}

TEST_CASE("records add up what the steps said") {
  SmallRun run({.epochs = 1});
  double rows = 0, batches = 0;
  run.trainer.callbacks().on_batch = [&](const taut::BatchEvent& event) {
    rows += static_cast<double>(event.rows);
    CHECK(event.batch == ++batches);
    CHECK(event.batches == 4);
    CHECK(event.epoch == 1);
    CHECK(event.learning_rate == 0.01);
    CHECK(std::isfinite(event.loss));
  };
  taut::EpochRecord record;
  run.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& ended, bool is_best) {
    record = ended;
    CHECK(is_best);
  };
  const taut::TrainingResult result = run.fit();
  CHECK(rows == 64);
  CHECK(record.epoch == 1);
  CHECK(record.learning_rate == 0.01);
  CHECK(std::abs(record.train_accuracy * 64 - std::round(record.train_accuracy * 64)) < 1e-9);
  CHECK(result.reason == "all 1 epochs are done");
  CHECK(result.epochs == 1);
}

TEST_CASE("the best epoch's weights are the ones kept, buffers included; of equals the earlier") {
  SmallRun run({.epochs = 25});
  std::vector<float> best, best_buffers;
  double best_accuracy = -1;
  taut::index_t best_epoch = 0;
  run.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool is_best) {
    CHECK(is_best == (record.validation_accuracy > best_accuracy));
    if (!is_best) return;
    best_accuracy = record.validation_accuracy;
    best_epoch = record.epoch;
    best.assign(run.model.parameters().begin(), run.model.parameters().end());
    best_buffers.assign(run.model.buffers().begin(), run.model.buffers().end());
  };
  const taut::TrainingResult result = run.fit();
  REQUIRE(best_epoch < 25);  // noise can't be validated: the last epoch being the best would prove nothing
  CHECK(result.best_epoch == best_epoch);
  CHECK(result.best_accuracy == best_accuracy);
  CHECK(std::ranges::equal(run.model.parameters(), best));
  CHECK(std::ranges::equal(run.model.buffers(), best_buffers));
  CHECK(run.validate().matrix.accuracy() == best_accuracy);
}

TEST_CASE("early stopping ends a run that has stopped getting better") {
  SmallRun run({.epochs = 200, .early_stop = taut::EarlyStoppingOptions{.patience = 4, .fall = 100}});
  const taut::TrainingResult result = run.fit();
  CHECK_FALSE(result.interrupted);
  CHECK(result.epochs == result.best_epoch + 4);
  CHECK(result.reason.starts_with("validation accuracy has not improved for 4 epochs; its best was "));
}

TEST_CASE("gradients are clipped before the step") {
  SmallRun run({.epochs = 1, .max_grad_norm = 1e-3});
  double longest = 0;
  run.trainer.callbacks().on_batch = [&](const taut::BatchEvent&) {
    longest = std::max(longest, run.model.device().sum_of_squares<float>(run.model.gradients().size(), run.model.gradients().data()));
  };
  run.fit();
  // Scaling rounds each of some 2,500 gradients to half an epsilon of float.
  CHECK(std::sqrt(longest) <= 1e-3 * (1 + 1e-6));
  CHECK(std::sqrt(longest) > 0.9e-3);
}

TEST_CASE("a loss that isn't finite stops with layer and step") {
  SUBCASE("from a picture") {
    SmallRun run({.epochs = 3});
    for (taut::index_t i = 0; i < 36; ++i) run.pictures.images()[i] = std::numeric_limits<float>::quiet_NaN();
    const std::string message = message_of(run);
    CAPTURE(message);
    CHECK(message.starts_with("the training loss is not a number in epoch 1, step "));
    CHECK(message.find(" of 4: the first output that isn't finite is that of layer 0, Conv2d<8,3,Padding{1}>") != std::string::npos);
  }
  SUBCASE("from a weight, late in the network") {
    SmallRun run({.epochs = 3});
    auto tensors = run.model.export_tensors();
    const auto weight = std::ranges::find(tensors, "8.weight", &taut::NamedTensor<float>::name);
    REQUIRE(weight != tensors.end());
    weight->values[0] = std::numeric_limits<float>::infinity();
    run.model.import_tensors(tensors);
    const std::string message = message_of(run);
    CAPTURE(message);
    CHECK(message ==
          "the training loss is not a number in epoch 1, step 1 of 4: the first output that isn't finite is that of layer 8, Linear<3>");
  }
  SUBCASE("in validation") {
    SmallRun run({.epochs = 3});
    run.validation.images()[100] = std::numeric_limits<float>::quiet_NaN();
    const std::string message = message_of(run);
    CHECK(message.starts_with("the validation loss is not a number after epoch 1, step 4: "));
  }
}

TEST_CASE("an evaluation of a source is the mean over all its samples, and counts them all") {
  SmallRun run({.epochs = 1});
  run.fit();
  const taut::test::Validated expected = run.validate();
  const taut::Evaluation found = taut::evaluate(run.model, run.validation, run.loss);
  CHECK(found.loss == doctest::Approx(expected.loss).epsilon(1e-12));
  CHECK(found.matrix.total() == 33);
  for (taut::index_t truth = 0; truth < 3; ++truth) {
    for (taut::index_t predicted = 0; predicted < 3; ++predicted) {
      CHECK(found.matrix.count(truth, predicted) == expected.matrix.count(truth, predicted));
    }
  }
  taut::SampleLoader narrow(4, 35, {}, [](taut::index_t i, std::span<float>) { return i; });
  CHECK_THROWS_WITH_AS((void)taut::evaluate(run.model, narrow, run.loss), "the network expects samples of 36 values but the data's have 35",
                       taut::Error);
}

TEST_CASE("what a trainer can't work with is refused") {
  CHECK_THROWS_WITH_AS(SmallRun({.epochs = 0}), "Trainer: expected at least one epoch, found 0", taut::Error);
  CHECK_THROWS_WITH_AS(SmallRun({.settings = {{"teacher", "a"}, {"seed", "1"}, {"teacher", "b"}}}),
                       "Trainer: expected settings of distinct names, found \"teacher\" twice", taut::Error);
  CHECK_THROWS_WITH_AS(SmallRun({.settings = {{"teacher", "\xFF.safetensors"}}}),
                       "Trainer: expected settings in UTF-8, found \"teacher\": \"?.safetensors\"", taut::Error);
  CHECK_THROWS_AS(SmallRun({.settings = {{"optimizer", "mine"}}}), taut::Error);  // the trainer's own
  CHECK_THROWS_AS(SmallRun({.max_grad_norm = -1}), taut::Error);
  struct Large : taut::test::Pictures {
    taut::index_t pixels() const { return 64; }
  } large;
  SmallRun run;
  CHECK_THROWS_WITH_AS(run.trainer.fit(large, [&] { return run.validate(); }), "Trainer: the network expects images of 36 values, found 64",
                       taut::Error);
  struct Short : taut::test::Pictures {
    taut::index_t batches() const { return 5; }
  } too_short;
  CHECK_THROWS_WITH_AS(run.trainer.fit(too_short, [&] { return run.validate(); }), "epoch 1: expected 5 batches, found 4", taut::Error);
}
