/// A training without classes: a table of numbers, the lowest validation loss, the log, and a resume with groups and frozen layers.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "support/temporary_directory.hpp"
#include "taut/device/cpu.hpp"
#include "taut/nn.hpp"
#include "taut/nn/huber.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/mse.hpp"
#include "taut/train/checkpoint.hpp"
#include "taut/train/csv_log.hpp"
#include "taut/train/evaluate.hpp"
#include "taut/train/one_cycle_rate.hpp"
#include "taut/train/rmsprop.hpp"
#include "taut/train/trainer.hpp"
#include "train/small_run.hpp"

namespace {

using namespace taut;

using Net = Sequential<Shape{3}, Linear<16>, ReLU, Linear<16>, ReLU, Linear<2>>;
using TableModel = Model<Net, float, Cpu<>, 16>;

/// Two functions of three columns, in batches of 16.
class Table {
 public:
  struct Batch {
    const float* images;  // (rows, 3)
    const float* labels;  // (rows, 2)
    index_t rows;
  };

  explicit Table(index_t rows, std::uint64_t seed, float noise = 0) : rows_(rows), x_(3 * rows), y_(2 * rows), order_(rows) {
    Random random(seed);
    for (float& value : x_) value = random.uniform(-1, 1);
    for (index_t i = 0; i < rows; ++i) {
      const float* const x = x_.data() + 3 * i;
      y_[2 * i] = x[0] * x[1] + noise * random.normal();
      y_[2 * i + 1] = x[2] - std::abs(x[0]) + noise * random.normal();
    }
  }

  index_t size() const { return rows_; }
  index_t pixels() const { return 3; }
  index_t batches() const { return (rows_ + 15) / 16; }

  void start(std::uint64_t epoch, index_t first_batch) {
    std::iota(order_.begin(), order_.end(), index_t{0});
    Random(11, epoch).shuffle(std::span{order_});
    next_ = 16 * first_batch;
  }

  std::optional<Batch> next() {
    if (next_ >= rows_) return std::nullopt;
    const index_t rows = std::min<index_t>(16, rows_ - next_);
    images_.clear();
    labels_.clear();
    for (index_t i = next_; i < next_ + rows; ++i) {
      for (index_t c = 0; c < 3; ++c) images_.push_back(x_[3 * order_[i] + c]);
      for (index_t c = 0; c < 2; ++c) labels_.push_back(y_[2 * order_[i] + c]);
    }
    next_ += rows;
    return Batch{images_.data(), labels_.data(), rows};
  }

 private:
  index_t rows_;
  std::vector<float> x_, y_, images_, labels_;
  std::vector<index_t> order_;
  index_t next_ = 0;
};

static_assert(BatchSource<Table>);

TableModel& with_frozen(TableModel& model, const char* name) {
  if (name != nullptr) model.freeze(name);
  return model;
}

struct TableRun {
  explicit TableRun(TrainerOptions options = {}, const std::vector<ParameterGroup>& groups = {}, const char* frozen = nullptr)
      : optimizer(with_frozen(model, frozen), {.alpha = 0.9, .momentum = 0.5, .centered = true}, groups),
        schedule(0.005, {.epochs = static_cast<double>(options.epochs), .steps_per_epoch = 7}),
        trainer(model, optimizer, schedule, Huber{.delta = 0.5}, std::move(options)) {}

  TrainingResult fit() {
    return trainer.fit(table, [this] { return evaluate(model, validation, Huber{.delta = 0.5}); });
  }

  std::vector<float> weights() const { return {model.parameters().begin(), model.parameters().end()}; }

  Table table{100, 1, 0.1F}, validation{40, 2};
  TableModel model{seed(1), Cpu<>{1}};
  RMSprop<float> optimizer;
  OneCycleRate schedule;
  Trainer<TableModel, RMSprop<float>, Huber> trainer;
};

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("a regression learns, and the epoch of the lowest validation loss is the one kept") {
  std::ostringstream out;
  TableRun run({.epochs = 40, .out = &out});
  std::vector<EpochRecord> records;
  std::vector<float> best;
  double lowest = std::numeric_limits<double>::infinity();
  run.trainer.callbacks().on_epoch_end = [&](const EpochRecord& record, bool is_best) {
    CHECK(is_best == (record.validation_loss < lowest));
    if (is_best) {
      lowest = record.validation_loss;
      best = run.weights();
    }
    records.push_back(record);
  };
  const TrainingResult result = run.fit();
  REQUIRE(records.size() == 40);
  CHECK(records.back().validation_loss < records.front().validation_loss / 4);
  CHECK(records[0].learning_rate < records[9].learning_rate);
  CHECK(std::isnan(records[0].train_accuracy));
  CHECK(std::isnan(records[0].validation_accuracy));
  CHECK(result.best_loss == lowest);
  CHECK(std::isnan(result.best_accuracy));
  CHECK(records[result.best_epoch - 1].validation_loss == lowest);
  CHECK(same_bits(run.weights(), best));
  CHECK(evaluate(run.model, run.validation, Huber{.delta = 0.5}).loss == lowest);
  CHECK(out.str().starts_with("Epoch [1/40], Train Loss: " + fixed_text(records[0].train_loss, 4) +
                              ", Val Loss: " + fixed_text(records[0].validation_loss, 4) + "\nEpoch [2/40]"));
}

TEST_CASE("early stopping of a regression waits for a lower loss, and knows no fall") {
  EarlyStopping early({.patience = 2}, Monitor::loss);
  CHECK(early.end_epoch(1, 0.5));
  CHECK_FALSE(early.end_epoch(2, 900));
  CHECK_FALSE(early.should_stop());
  CHECK(early.end_epoch(3, 0.25));
  CHECK_FALSE(early.end_epoch(4, 0.25));  // as good is not better
  State state;
  early.save(state);
  EarlyStopping resumed({.patience = 2}, Monitor::loss);
  resumed.restore(state);
  CHECK(resumed.best() == 0.25);
  resumed.end_epoch(5, 0.26);
  CHECK(resumed.should_stop());
  CHECK(resumed.reason() == "validation loss has not improved for 2 epochs; its best was 0.2500 in epoch 3");
  CHECK_THROWS_AS(EarlyStopping().restore(state), Error);

  TableRun run({.epochs = 300, .early_stop = EarlyStoppingOptions{.patience = 3}});
  const TrainingResult result = run.fit();
  CHECK(result.epochs == result.best_epoch + 3);
  CHECK(result.reason.starts_with("validation loss has not improved for 3 epochs; its best was "));
}

TEST_CASE("an evaluation over batches is the mean of all rows, with a confusion matrix where there are classes") {
  TableRun run;
  Table validation(40, 2);
  const LossEvaluation found = evaluate(run.model, validation, MSE{});
  double sum = 0;
  validation.start(0, 0);
  while (const auto batch = validation.next()) {
    const auto y = run.model.evaluate(BatchView<const float, Shape{3}>{batch->images, batch->rows});
    for (index_t i = 0; i < 2 * batch->rows; ++i) sum += std::pow(static_cast<double>(y.data[i]) - static_cast<double>(batch->labels[i]), 2);
  }
  CHECK(found.loss == doctest::Approx(sum / 80).epsilon(1e-12));

  test::SmallRun classes;
  const Evaluation evaluation = evaluate(classes.model, classes.validation, classes.loss);
  const test::Validated expected = classes.validate();
  CHECK(evaluation.loss == doctest::Approx(expected.loss).epsilon(1e-12));
  CHECK(evaluation.matrix.total() == 33);
  CHECK(evaluation.matrix.accuracy() == expected.matrix.accuracy());
}

TEST_CASE("the log of a regression has no accuracies, and reads back") {
  const test::TemporaryDirectory directory;
  const auto path = directory / "log.csv";
  TableRun run({.epochs = 2});
  {
    CsvLog log(path);
    run.trainer.callbacks().on_epoch_end = [&](const EpochRecord& record, bool) { log.append(record); };
    run.fit();
  }
  const auto records = CsvLog::read(path);
  REQUIRE(records.size() == 2);
  CHECK(std::isnan(records[1].train_accuracy));
  CHECK(std::isnan(records[1].validation_accuracy));
  CHECK(std::isfinite(records[1].validation_loss));
  CHECK(CsvLog(path, 2).records().size() == 2);
}

TEST_CASE("a run with groups and frozen layers goes on bit for bit, and not with others") {
  const std::vector<ParameterGroup> groups{{.prefix = "2.", .lr_factor = 0.5, .weight_decay = 0.01}};
  TableRun whole({.epochs = 6}, groups, "0.bias");
  whole.fit();
  const test::TemporaryDirectory directory;
  const auto checkpoint = directory / "checkpoint.safetensors";
  TableRun first({.epochs = 6}, groups, "0.bias");
  first.trainer.callbacks().on_checkpoint = [&](const TrainingState<float>& state) { save_checkpoint(checkpoint, state); };
  first.trainer.callbacks().on_batch = [&](const BatchEvent& event) {
    if (event.epoch == 3 && event.batch == 4) first.trainer.request_stop();
  };
  CHECK(first.fit().interrupted);
  TableRun second({.epochs = 6}, groups, "0.bias");
  const TrainingState<float> state = load_checkpoint<float>(checkpoint);
  second.trainer.restore(state);
  second.fit();
  CHECK(same_bits(second.weights(), whole.weights()));
  const std::vector<float> initial = TableRun().weights();
  CHECK(!same_bits(whole.weights(), initial));

  const auto refusal = [&](const std::vector<ParameterGroup>& other, const char* frozen, const TrainingState<float>& from) -> std::string {
    TableRun run({.epochs = 6}, other, frozen);
    try {
      run.trainer.restore(from);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  CHECK(refusal(groups, "0.bias", state).empty());
  CHECK(refusal(groups, nullptr, state) == "cannot resume: the checkpoint was made with frozen parameters \"0.bias\", expected none");
  CHECK(refusal(groups, "0", state) == "cannot resume: the checkpoint was made with frozen parameters \"0.bias\", expected \"0.weight 0.bias\"");
  CHECK(refusal({}, "0.bias", state) ==
        "cannot resume: the checkpoint was made with parameter groups \"2.: lr x 0.5, weight_decay 0.01\", expected none");
  TableRun plain({.epochs = 6});
  CHECK(refusal(groups, nullptr, plain.trainer.state()) ==
        "cannot resume: the checkpoint doesn't say its parameter groups; expected \"2.: lr x 0.5, weight_decay 0.01\"");
}
