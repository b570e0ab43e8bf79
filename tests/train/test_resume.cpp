/// Checkpoint and resume: a run that was interrupted, wherever, ends with the same bits as one that was not.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "train/small_run.hpp"
#include "taut/train/checkpoint.hpp"
#include "support/temporary_directory.hpp"

namespace {

using taut::test::SmallRun;

constexpr taut::index_t epochs = 7;

taut::TrainerOptions options() { return {.epochs = epochs, .max_grad_norm = 1.0, .settings = {{"seed", "1"}, {"batch", "20"}}}; }

/// All that a finished run leaves behind.
struct Outcome {
  std::vector<float> parameters, buffers;
  std::vector<taut::EpochRecord> records;
  taut::TrainingResult result;
  taut::TrainingState<float> state;
};

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

bool is_a_duration(const std::string& name) { return name == "progress.seconds"; }

void check_same(const Outcome& found, const Outcome& expected) {
  CHECK(same_bits(found.parameters, expected.parameters));
  CHECK(same_bits(found.buffers, expected.buffers));
  CHECK(found.result.best_epoch == expected.result.best_epoch);
  CHECK(found.result.best_accuracy == expected.result.best_accuracy);
  CHECK(found.result.reason == expected.result.reason);
  REQUIRE(found.state.numbers.entries().size() == expected.state.numbers.entries().size());
  for (const auto& [name, value] : expected.state.numbers.entries()) {
    CAPTURE(name);
    if (!is_a_duration(name)) CHECK(found.state.numbers.at(name) == value);
  }
  REQUIRE(found.state.arrays.size() == expected.state.arrays.size());
  for (std::size_t i = 0; i < expected.state.arrays.size(); ++i) {
    CHECK(found.state.arrays[i].name == expected.state.arrays[i].name);
    CHECK(same_bits(found.state.arrays[i].values, expected.state.arrays[i].values));
  }
  // The records of the part after the interruption, the interrupted epoch's sums included.
  REQUIRE(!found.records.empty());
  const std::size_t before = expected.records.size() - found.records.size();
  for (std::size_t i = 0; i < found.records.size(); ++i) {
    CHECK(found.records[i].epoch == expected.records[before + i].epoch);
    CHECK(found.records[i].train_loss == expected.records[before + i].train_loss);
    CHECK(found.records[i].train_accuracy == expected.records[before + i].train_accuracy);
    CHECK(found.records[i].validation_loss == expected.records[before + i].validation_loss);
    CHECK(found.records[i].learning_rate == expected.records[before + i].learning_rate);
  }
}

Outcome finish(SmallRun& run) {
  Outcome outcome;
  run.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool) { outcome.records.push_back(record); };
  run.trainer.callbacks().on_checkpoint = [&](const taut::TrainingState<float>& state) { outcome.state = state; };
  outcome.result = run.fit();
  CHECK_FALSE(outcome.result.interrupted);
  outcome.parameters.assign(run.model.parameters().begin(), run.model.parameters().end());
  outcome.buffers.assign(run.model.buffers().begin(), run.model.buffers().end());
  return outcome;
}

const Outcome& uninterrupted() {
  static const Outcome outcome = [] {
    SmallRun run(options());
    return finish(run);
  }();
  return outcome;
}

/// A run that gets a SIGINT after this step, leaving a checkpoint.
taut::TrainingResult interrupted_run(const std::filesystem::path& checkpoint, taut::index_t epoch, taut::index_t batch) {
  SmallRun run(options());
  run.trainer.callbacks().on_batch = [=](const taut::BatchEvent& event) {
    if (event.epoch == epoch && event.batch == batch) std::raise(SIGINT);
  };
  run.trainer.callbacks().on_checkpoint = [&](const taut::TrainingState<float>& state) { taut::save_checkpoint(checkpoint, state); };
  return run.fit();
}

}  // namespace

TEST_CASE("the same run twice has the same bits, another seed other ones") {
  SmallRun again(options());
  check_same(finish(again), uninterrupted());
  SmallRun other(options(), 2);
  CHECK_FALSE(same_bits(finish(other).parameters, uninterrupted().parameters));
}

TEST_CASE("Ctrl-C in any place, then a resume, ends with the bits of an uninterrupted run") {
  struct Place {
    taut::index_t epoch, batch;
    const char* reason;
  };
  for (const Place& place :
       {Place{1, 1, "interrupted in epoch 1, after 1 of 4 batches"}, Place{1, 4, "interrupted in epoch 1, after 4 of 4 batches"},
        Place{4, 2, "interrupted in epoch 4, after 2 of 4 batches"}, Place{7, 3, "interrupted in epoch 7, after 3 of 4 batches"}}) {
    CAPTURE(place.epoch);
    CAPTURE(place.batch);
    const taut::test::TemporaryDirectory directory;
    const auto checkpoint = directory / "checkpoint.safetensors";
    const taut::TrainingResult result = interrupted_run(checkpoint, place.epoch, place.batch);
    CHECK(result.interrupted);
    CHECK(result.reason == place.reason);
    CHECK(result.epochs == place.epoch - 1);

    SmallRun resumed(options());
    resumed.model.import_tensors(taut::test::SmallModel(taut::Seed{5}).export_tensors());  // what was there before must not matter
    resumed.trainer.restore(taut::load_checkpoint<float>(checkpoint));
    CHECK(resumed.trainer.epoch() == place.epoch - 1);
    check_same(finish(resumed), uninterrupted());
  }
}

TEST_CASE("interrupted between epochs and twice, and in one process") {
  SmallRun run(options());
  int stops = 0;
  run.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool) {
    if (record.epoch == 2 || record.epoch == 3) {
      run.trainer.request_stop();
      ++stops;
    }
  };
  CHECK(run.fit().reason == "interrupted after epoch 2");
  CHECK(run.fit().reason == "interrupted after epoch 3");
  CHECK(stops == 2);
  check_same(finish(run), uninterrupted());
}

TEST_CASE("a stop in the last epoch's validation is the end of a finished run") {
  SmallRun run(options());
  run.trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool) {
    if (record.epoch == epochs) run.trainer.request_stop();
  };
  CHECK_FALSE(run.fit().interrupted);
}

TEST_CASE("a resumed run that was finished has nothing left to do but to hand out its best weights") {
  SmallRun run(options());
  run.trainer.restore(uninterrupted().state);
  CHECK_FALSE(run.fit().interrupted);
  CHECK(same_bits({run.model.parameters().begin(), run.model.parameters().end()}, uninterrupted().parameters));
}

TEST_CASE("a resumed run that had stopped early stays stopped") {
  taut::TrainerOptions early = options();
  early.epochs = 200;
  early.early_stop = taut::EarlyStoppingOptions{.patience = 3, .fall = 100};
  SmallRun run(early);
  const Outcome outcome = finish(run);
  REQUIRE(outcome.result.epochs < 200);
  SmallRun resumed(early);
  resumed.trainer.restore(outcome.state);
  const taut::TrainingResult result = resumed.fit();
  CHECK(result.epochs == outcome.result.epochs);
  CHECK(result.reason == outcome.result.reason);
}

TEST_CASE("a checkpoint of another run is refused, and the sentence says what differs") {
  const taut::TrainingState<float>& state = uninterrupted().state;
  const auto refusal = [](const taut::TrainerOptions& changed, const taut::TrainingState<float>& from) -> std::string {
    SmallRun run(changed), untouched(changed);
    const std::vector<float> before(run.model.parameters().begin(), run.model.parameters().end());
    try {
      run.trainer.restore(from);
    } catch (const taut::Error& error) {
      CHECK(same_bits(before, {run.model.parameters().begin(), run.model.parameters().end()}));
      CHECK(run.trainer.state().numbers.entries() == untouched.trainer.state().numbers.entries());
      return error.what();
    }
    return {};
  };
  taut::TrainerOptions other_seed = options();
  other_seed.settings[0].second = "2";
  CHECK(refusal(other_seed, state) == "cannot resume: the checkpoint was made with seed \"1\", expected \"2\"");
  taut::TrainerOptions new_setting = options();
  new_setting.settings.emplace_back("recipe", "seed");
  CHECK(refusal(new_setting, state) == "cannot resume: the checkpoint doesn't say its recipe; expected \"seed\"");

  taut::TrainingState<float> changed = state;
  changed.settings.back().second = "Sgd";
  CHECK(refusal(options(), changed) == "cannot resume: the checkpoint was made with optimizer \"Sgd\", expected \"Adam\"");
  changed = state;
  changed.arrays[0].values.pop_back();
  CHECK(refusal(options(), changed).starts_with("cannot resume: the checkpoint's optimizer.first_moment has "));
  changed = state;
  changed.arrays.clear();
  CHECK(refusal(options(), changed) == "cannot resume: the checkpoint has no optimizer.first_moment");
  changed = state;
  changed.tensors[0].shape.d0 += 1;
  CHECK(refusal(options(), changed).find("0.weight") != std::string::npos);
  CHECK(refusal(options(), changed).find("Conv2d") != std::string::npos);

  for (const auto& [name, value] : state.numbers.entries()) {
    CAPTURE(name);
    changed = state;
    changed.numbers = {};
    for (const auto& [kept, number] : state.numbers.entries()) {
      if (kept != name) changed.numbers.set(kept, number);
    }
    CHECK(refusal(options(), changed) == "training state: expected a number called '" + name + "', found none among " +
                                             std::to_string(changed.numbers.entries().size()));
  }
  for (const double senseless : {-1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    for (const char* const count : {"progress.epoch", "progress.batches", "model.forward_passes", "early_stopping.best_epoch",
                                    "schedule.bad_epochs", "optimizer.steps"}) {
      CAPTURE(count);
      changed = state;
      changed.numbers.set(count, senseless);
      CHECK(refusal(options(), changed).starts_with(std::string("training state: ") + count + ": expected a count, found "));
    }
  }
  changed = state;
  changed.numbers.set("progress.batch", 5);
  CHECK(refusal(options(), changed) == "training state: progress.batch: expected at most 4, found 5");

  // What the sentences take from a file stays within a line.
  changed = state;
  changed.tensors.push_back(changed.tensors.back());
  changed.tensors.back().name = "two\nlines";
  CHECK(refusal(options(), changed).starts_with("tensor \"two?lines\" ("));
  changed = state;
  changed.settings.back().second = std::string(1000, 'A');
  CHECK(refusal(options(), changed).size() < 200);

  SmallRun other_data(options());
  other_data.trainer.restore(state);
  other_data.pictures = taut::test::Pictures(65);
  CHECK_THROWS_WITH_AS(other_data.fit(), "cannot resume: the run began with 64 images in 4 batches, found 65 in 4", taut::Error);
}

TEST_CASE("a checkpoint of very many numbers is read in a moment") {
  const taut::test::TemporaryDirectory directory;
  taut::TrainingState<float> state;
  constexpr int count = 200'000;
  for (int i = 0; i < count; ++i) state.numbers.set(std::to_string(i), i);
  taut::save_checkpoint(directory / "checkpoint.safetensors", state);
  CHECK(taut::load_checkpoint<float>(directory / "checkpoint.safetensors").numbers.entries() == state.numbers.entries());
}

TEST_CASE("a file that is no checkpoint is refused") {
  const taut::test::TemporaryDirectory directory;
  const auto path = directory / "checkpoint.safetensors";
  CHECK_THROWS_AS(taut::load_checkpoint<float>(path), taut::Error);
  taut::TensorFile weights;
  weights.metadata["format"] = "pt";
  taut::write_safetensors(path, weights);
  CHECK_THROWS_WITH_AS(taut::load_checkpoint<float>(path), (path.string() + ": expected a \"taut checkpoint 1\", found \"pt\"").c_str(),
                       taut::Error);

  taut::TensorFile words;
  words.metadata = {{"format", "taut checkpoint 1"}, {"number.two\nlines", "many"}};
  taut::write_safetensors(path, words);
  CHECK_THROWS_WITH_AS(taut::load_checkpoint<float>(path), (path.string() + ": \"number.two?lines\": expected a number, found \"many\"").c_str(),
                       taut::Error);

  taut::save_checkpoint(path, uninterrupted().state);
  CHECK_THROWS_AS(taut::load_checkpoint<double>(path), taut::Error);
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, bytes.size() / 2, bytes.size() - 1}) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(size));
    CAPTURE(size);
    CHECK_THROWS_AS(taut::load_checkpoint<float>(path), taut::Error);
  }
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  CHECK_THROWS_AS(taut::load_checkpoint<float>(path), taut::Error);
  CHECK_THROWS_AS(taut::save_checkpoint(directory / "missing" / "checkpoint.safetensors", uninterrupted().state), taut::Error);
}
