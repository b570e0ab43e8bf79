/// Trainer: epochs of steps, each followed by a validation; keeps the best epoch's weights and can go on where it was interrupted.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/batch.hpp"
#include "taut/nn/loss.hpp"
#include "taut/train/batch_source.hpp"
#include "taut/train/callbacks.hpp"
#include "taut/train/early_stopping.hpp"
#include "taut/train/epoch_progress.hpp"
#include "taut/train/interrupt.hpp"
#include "taut/train/optimizer.hpp"
#include "taut/train/progress_bar.hpp"
#include "taut/train/run_settings.hpp"
#include "taut/train/schedule.hpp"
#include "taut/train/trainer_options.hpp"
#include "taut/train/training_result.hpp"
#include "taut/train/training_state.hpp"
#include "taut/train/training_steps.hpp"
#include "taut/train/weight_average.hpp"

namespace taut {

/// Model, optimizer and schedule must outlive the trainer.
template <class Model, class Opt, class L>
  requires Optimizer<Opt, Model> && Loss<L, typename Model::Scalar, typename Model::DeviceType, Model::Network::output_shape>
class Trainer {
 public:
  using T = typename Model::Scalar;

  Trainer(Model& model, Opt& optimizer, Schedule& schedule, const L& loss, TrainerOptions options = {})
      : model_(model), optimizer_(optimizer), schedule_(schedule), options_(std::move(options)),
        steps_(model, optimizer, loss, options_.max_grad_norm),
        early_stopping_(options_.early_stop.value_or(EarlyStoppingOptions{}), L::has_accuracy ? Monitor::accuracy : Monitor::loss),
        best_parameters_(model.parameters().size(), detail::memory_beside(model)),
        best_buffers_(model.buffers().size(), detail::memory_beside(model)) {
    if (options_.epochs == 0) fail("Trainer: expected at least one epoch, found 0");
    if (!(options_.max_grad_norm >= 0)) fail("Trainer: expected max_grad_norm >= 0, found ", options_.max_grad_norm);
    detail::check_settings(settings());
    if (options_.ema_decay != 0) average_.emplace(model, options_.ema_decay);
  }

  TrainerCallbacks<T>& callbacks() { return callbacks_; }

  /// Finished epochs.
  index_t epoch() const { return progress_.epoch; }

  /// May be called from a callback: the training ends after this step, as after Ctrl-C.
  void request_stop() { stop_requested_ = true; }

  /// Trains until all epochs are done, early stopping says so, or it is interrupted. In the first two cases the model holds the best
  /// epoch's weights afterwards, in the last one those of the last step, and calling `fit` again goes on. `validate()` returns an
  /// Evaluation, or anything else with `loss` and, where the loss knows classes, `matrix.accuracy()`; the best epoch is that of the
  /// highest accuracy, elsewhere that of the lowest loss.
  template <BatchSource Source, std::invocable Validate>
  TrainingResult fit(Source& source, Validate&& validate) {
    check_source(source);
    std::optional<InterruptGuard> guard;
    if (options_.catch_interrupt) guard.emplace();
    stop_requested_ = false;
    const auto must_stop = [&] { return stop_requested_ || (guard && guard->requested()); };

    while (is_unfinished()) {
      if (!train_epoch(source, must_stop)) {
        if (callbacks_.on_checkpoint) callbacks_.on_checkpoint(state());
        return result(true, interruption());
      }
      {
        std::optional<typename WeightAverage<T>::template Loan<Model>> averaged;
        if (average_) averaged.emplace(*average_, model_);
        end_epoch(validate());
      }
      if (callbacks_.on_checkpoint) callbacks_.on_checkpoint(state());
      if (must_stop() && is_unfinished()) return result(true, interruption());
    }
    restore_best();
    return result(false, stops_early() ? early_stopping_.reason() : "all " + std::to_string(options_.epochs) + " epochs are done");
  }

  /// Everything that a later `restore` needs. Whatever the device still does to the other arrays has ended once the tensors are exported.
  TrainingState<T> state() {
    TrainingState<T> state{.settings = settings(), .numbers = numbers(), .tensors = model_.export_tensors(), .arrays = {}};
    for (const NamedSpan<T>& span : memory()) {
      state.arrays.push_back({std::string(span.name), {span.values.begin(), span.values.end()}});
    }
    return state;
  }

  /// Goes on where `state` was made, bit for bit. Throws an Error for a state of another network, optimizer, or settings; then all is as it
  /// was.
  void restore(const TrainingState<T>& state) {
    detail::check_same_settings(settings(), state.settings);
    const auto spans = memory();
    for (const NamedSpan<T>& span : spans) check_array(state, span);
    const State before = numbers();
    try {
      restore_numbers(state.numbers);
      model_.import_tensors(state.tensors);
    } catch (...) {
      restore_numbers(before);
      throw;
    }
    for (const NamedSpan<T>& span : spans) std::ranges::copy(check_array(state, span).values, span.values.begin());
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr index_t steps_between_looks = 64;  // where the device would be waited for: often enough for who watches
  static constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

  static double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

  bool is_unfinished() const { return progress_.epoch < options_.epochs && !stops_early(); }
  bool stops_early() const { return options_.early_stop && early_stopping_.should_stop(); }

  /// False if it was stopped before its end.
  template <class Source, class MustStop>
  bool train_epoch(Source& source, MustStop&& must_stop) {
    const index_t batches = source.batches(), images = source.size();
    std::optional<ProgressBar> bar;
    if (options_.out != nullptr) {
      bar.emplace(*options_.out, options_.terminal);
      bar->begin("Epoch " + std::to_string(progress_.epoch + 1) + "/" + std::to_string(options_.epochs), images,
                 images * (options_.epochs - progress_.epoch - 1), progress_.images);
    }
    source.start(progress_.epoch, progress_.batch);
    steps_.begin({.last = {}, .all = progress_.sums, .steps = progress_.batch});
    const auto began = Clock::now();
    const double seconds_before = progress_.seconds;
    bool stopped = false;
    while (progress_.batch < batches && !stopped) {
      const auto batch = source.next();
      if (!batch) fail("epoch ", progress_.epoch + 1, ": expected ", batches, " batches, found ", progress_.batch);
      step(*batch, batches);
      progress_.seconds = seconds_before + seconds_since(began);
      if (bar) bar->update(progress_.images, "loss " + fixed_text(progress_.loss(), 4));
      stopped = must_stop();
    }
    look_at_losses(batches);
    progress_.seconds = seconds_before + seconds_since(began);
    if (bar) bar->clear();
    return !stopped;
  }

  template <class LoadedBatch>
  void step(const LoadedBatch& batch, index_t batches) {
    const double share = static_cast<double>(progress_.batch) / static_cast<double>(batches);
    const double lr = schedule_.rate(static_cast<double>(progress_.epoch) + share);
    optimizer_.set_lr(lr);
    const typename Model::Input images{batch.images, batch.rows};
    const typename L::template Targets<T, Model::Network::output_shape> targets{batch.labels, batch.rows};
    steps_.step(images, targets);
    const bool shown = callbacks_.on_batch || (progress_.batch + 1) % steps_between_looks == 0;
    LossSums sums;
    if (shown || steps_.records_each_step()) sums = look_at_losses(batches);
    if (average_) average_->update(model_);
    progress_.count(batch.rows);
    if (callbacks_.on_batch) {
      callbacks_.on_batch({.epoch = progress_.epoch + 1, .epochs = options_.epochs, .batch = progress_.batch, .batches = batches,
                           .rows = batch.rows, .loss = sums.loss / sums.weight, .learning_rate = lr});
    }
  }

  /// Waits for the device where the losses are still there. Returns the last step's sums.
  LossSums look_at_losses(index_t batches) {
    const LossRecord record = steps_.record();
    progress_.sums = record.all;
    if (record.first_non_finite != 0) {
      fail("the training loss is ", in_words(record.non_finite), " in epoch ", progress_.epoch + 1, ", step ", record.first_non_finite,
           " of ", batches, ": ",
           steps_.records_each_step()
               ? origin_of_non_finite()
               : "found after step " + std::to_string(record.steps) +
                     ", when weights had followed it; with max_grad_norm each step is looked at, and the layer is named");
    }
    return record.last;
  }

  template <class Validation>
  void end_epoch(const Validation& validation) {
    if (!std::isfinite(validation.loss)) {
      fail("the validation loss is ", in_words(validation.loss), " after epoch ", progress_.epoch + 1, ", step ", progress_.batch, ": ",
           origin_of_non_finite());
    }
    EpochRecord record = progress_.record();
    record.validation_loss = validation.loss;
    if constexpr (L::has_accuracy) {
      record.validation_accuracy = validation.matrix.accuracy();
    } else {
      record.train_accuracy = record.validation_accuracy = no_number;
    }
    record.learning_rate = optimizer_.lr();
    schedule_.end_epoch(record.validation_loss);
    const bool is_best = early_stopping_.end_epoch(record.epoch, L::has_accuracy ? record.validation_accuracy : record.validation_loss);
    if (is_best) {
      std::ranges::copy(model_.parameters(), best_parameters_.data());
      std::ranges::copy(model_.buffers(), best_buffers_.data());
    }
    progress_.begin_next_epoch();
    if (options_.out != nullptr) *options_.out << epoch_line(record, options_.epochs) << std::endl;
    if (callbacks_.on_epoch_end) callbacks_.on_epoch_end(record, is_best);
  }

  static const char* in_words(double not_finite) { return std::isnan(not_finite) ? "not a number" : "infinite"; }

  std::string origin_of_non_finite() const {
    const std::optional<std::string> layer = model_.first_non_finite();
    return layer ? "the first output that isn't finite is that of " + *layer : "every layer's output is finite, the loss alone is not";
  }

  void restore_best() {
    if (early_stopping_.best_epoch() == 0) return;
    std::ranges::copy(best_parameters_.span(), model_.parameters().begin());
    std::ranges::copy(best_buffers_.span(), model_.buffers().begin());
  }

  std::string interruption() const {
    const std::string epoch = std::to_string(progress_.epoch + (progress_.batch == 0 ? 0 : 1));
    return progress_.batch == 0 ? "interrupted after epoch " + epoch
                                : "interrupted in epoch " + epoch + ", after " + std::to_string(progress_.batch) + " of " +
                                      std::to_string(progress_.batches) + " batches";
  }

  TrainingResult result(bool interrupted, std::string reason) const {
    return {.interrupted = interrupted, .reason = std::move(reason), .epochs = progress_.epoch, .best_epoch = early_stopping_.best_epoch(),
            .best_accuracy = L::has_accuracy ? early_stopping_.best() : no_number,
            .best_loss = L::has_accuracy ? no_number : early_stopping_.best()};
  }

  template <class Source>
  void check_source(const Source& source) {
    if (source.pixels() != Model::Network::input_shape.size()) {
      fail("Trainer: the network expects images of ", Model::Network::input_shape.size(), " values, found ", source.pixels());
    }
    progress_.check_or_set_data(source.size(), source.batches());
  }

  State numbers() const {
    State state;
    progress_.save(state);
    state.set("model.forward_passes", static_cast<double>(model_.forward_passes()));
    early_stopping_.save(state);
    schedule_.save(state);
    optimizer_.save(state);
    if (average_) average_->save(state);
    return state;
  }

  void restore_numbers(const State& state) {
    progress_.restore(state);
    model_.set_forward_passes(state.count("model.forward_passes"));
    early_stopping_.restore(state);
    schedule_.restore(state);
    optimizer_.restore(state);
    if (average_) average_->restore(state);
  }

  std::vector<NamedSpan<T>> memory() {
    std::vector<NamedSpan<T>> spans = optimizer_.memory();
    if (average_) {
      for (const NamedSpan<T>& span : average_->memory()) spans.push_back(span);
    }
    spans.push_back({"best.parameters", best_parameters_.span()});
    spans.push_back({"best.buffers", best_buffers_.span()});
    return spans;
  }

  std::vector<std::pair<std::string, std::string>> settings() const {
    auto settings = options_.settings;
    settings.emplace_back("optimizer", Opt::name);
    std::string groups;
    if constexpr (requires { optimizer_.groups(); }) groups = optimizer_.groups();
    detail::add_particulars(settings, groups, model_.frozen());
    return settings;
  }

  static const typename TrainingState<T>::Array& check_array(const TrainingState<T>& state, const NamedSpan<T>& span) {
    for (const auto& array : state.arrays) {
      if (array.name != span.name) continue;
      if (array.values.size() == span.values.size()) return array;
      fail("cannot resume: the checkpoint's ", span.name, " has ", array.values.size(), " values, expected ", span.values.size());
    }
    fail("cannot resume: the checkpoint has no ", span.name);
  }

  Model& model_;
  Opt& optimizer_;
  Schedule& schedule_;
  TrainerOptions options_;
  TrainingSteps<Model, Opt, L> steps_;
  TrainerCallbacks<T> callbacks_;
  EarlyStopping early_stopping_;
  EpochProgress progress_;
  std::optional<WeightAverage<T>> average_;
  Arena<T> best_parameters_, best_buffers_;
  bool stop_requested_ = false;
};

}  // namespace taut
