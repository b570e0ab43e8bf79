/// EpochProgress: where a training stands, and what its current epoch has summed up so far.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "taut/core/error.hpp"
#include "taut/device/device.hpp"
#include "taut/train/epoch_record.hpp"
#include "taut/train/format.hpp"
#include "taut/train/state.hpp"

namespace taut {

struct EpochProgress {
  index_t epoch = 0;          ///< finished epochs
  index_t batch = 0;          ///< finished steps of the current one
  LossSums sums{};            ///< of the current one, as all that follows
  std::uint64_t images = 0;
  double seconds = 0;         ///< of training
  index_t data_size = 0;      ///< images of an epoch; 0 until known
  index_t batches = 0;        ///< of an epoch

  /// The weighted mean.
  double loss() const { return sums.weight > 0 ? sums.loss / sums.weight : 0.0; }

  void count(index_t rows) {
    images += rows;
    ++batch;
  }

  void begin_next_epoch() { *this = {.epoch = epoch + 1, .data_size = data_size, .batches = batches}; }

  /// What training alone knows of the current epoch.
  EpochRecord record() const {
    const double count = static_cast<double>(images);
    return {.epoch = epoch + 1, .train_loss = loss(), .train_accuracy = images == 0 ? 0.0 : static_cast<double>(sums.correct) / count,
            .seconds = seconds, .images_per_second = seconds > 0 ? count / seconds : 0.0};
  }

  /// Other data would begin at another place: a run stays with what it began with.
  void check_or_set_data(index_t size, index_t batch_count) {
    if (data_size != 0 && (data_size != size || batches != batch_count)) {
      fail("cannot resume: the run began with ", data_size, " images in ", batches, " batches, found ", size, " in ", batch_count);
    }
    data_size = size;
    batches = batch_count;
  }

  void save(State& state) const {
    state.set("progress.epoch", static_cast<double>(epoch));
    state.set("progress.batch", static_cast<double>(batch));
    state.set("progress.loss", sums.loss);
    state.set("progress.weight", sums.weight);
    state.set("progress.correct", static_cast<double>(sums.correct));
    state.set("progress.images", static_cast<double>(images));
    state.set("progress.seconds", seconds);
    state.set("progress.data_size", static_cast<double>(data_size));
    state.set("progress.batches", static_cast<double>(batches));
  }

  void restore(const State& state) {
    *this = {.epoch = state.count("progress.epoch"), .batch = state.count("progress.batch"),
             .sums = {.loss = state.at("progress.loss"), .weight = state.at("progress.weight"), .correct = state.count("progress.correct")},
             .images = state.count("progress.images"), .seconds = state.at("progress.seconds"),
             .data_size = state.count("progress.data_size"), .batches = state.count("progress.batches")};
    if (batch > batches) fail("training state: progress.batch: expected at most ", batches, ", found ", batch);
  }
};

/// `Epoch [1/75], Train Loss: 1.9450, Train Accuracy: 20.55%, Val Loss: 1.8011, Val Accuracy: 30.18%`, the accuracies where there are any.
inline std::string epoch_line(const EpochRecord& record, index_t epochs) {
  const auto accuracy = [](const char* name, double value) { return std::isnan(value) ? std::string() : name + percent_text(value); };
  return "Epoch [" + std::to_string(record.epoch) + "/" + std::to_string(epochs) + "], Train Loss: " + fixed_text(record.train_loss, 4) +
         accuracy(", Train Accuracy: ", record.train_accuracy) + ", Val Loss: " + fixed_text(record.validation_loss, 4) +
         accuracy(", Val Accuracy: ", record.validation_accuracy);
}

}  // namespace taut
