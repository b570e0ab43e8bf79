/// train_with: a training, whatever its device, recipe and loader. Included by the devices' and recipes' files alone, each of which
/// compiles its own; it names no device, for one of them is compiled by nvcc.
#pragma once

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "emotion/evaluate.hpp"
#include "emotion/load_teachers.hpp"
#include "emotion/network_info.hpp"
#include "emotion/pictures.hpp"
#include "emotion/recipe.hpp"
#include "emotion/run.hpp"
#include "taut/data/data_source.hpp"
#include "taut/device/device.hpp"
#include "taut/io/weights.hpp"
#include "taut/nn/cross_entropy.hpp"
#include "taut/nn/soft_cross_entropy.hpp"
#include "taut/report/training_events.hpp"
#include "taut/train/adam.hpp"
#include "taut/train/checkpoint.hpp"
#include "taut/train/class_weights.hpp"
#include "taut/train/confident_mistakes.hpp"
#include "taut/train/csv_log.hpp"
#include "taut/train/evaluate.hpp"
#include "taut/train/progress_bar.hpp"
#include "taut/train/sgd.hpp"
#include "taut/train/taught_loader.hpp"
#include "taut/train/trainer.hpp"

namespace emotion {

template <class Net>
taut::WeightsInfo weights_info_of(const TrainOptions& options, const taut::DataSource& source, const Recipe& recipe) {
  taut::WeightsInfo info = network_info<Net>(source.splits.train.class_names(), recipe.normalization, source.description);
  info.split_seed = options.seed;
  info.val_fraction = options.val_fraction;
  info.split_checksum = source.checksum;
  return info;
}

inline constexpr taut::index_t classes = EmotionNet::output_shape.size();

/// What a training has in hand before its optimizer.
template <class Model>
struct Parts {
  TrainOptions options;
  RunFiles files;
  Recipe recipe;
  taut::DataSource source;
  Model classifier;
  taut::CrossEntropy<classes> loss;  ///< of the validation, and of a training without teachers
};

/// `loss` and `loader` are the training's: their targets are labels, or teachers' probabilities.
template <class Model, class Optimizer, class TrainingLoss, class TrainingLoader>
int train_with(Optimizer& optimizer, const TrainingLoss& loss, TrainingLoader& loader, Parts<Model>& parts) {
  const TrainOptions& options = parts.options;
  const RunFiles& files = parts.files;
  const Recipe& recipe = parts.recipe;
  const taut::DataSource& source = parts.source;
  const taut::ImageDataset& faces = source.splits.train;
  Model& classifier = parts.classifier;
  const taut::WeightsInfo info = weights_info_of<typename Model::Network>(options, source, recipe);
  taut::check(info, options.data);
  const std::unique_ptr<taut::Schedule> schedule = recipe.schedule();
  taut::TrainerOptions trainer_options{.epochs = recipe.epochs, .ema_decay = recipe.ema_decay, .out = &std::cout,
                                       .terminal = taut::output_is_terminal(), .settings = run_settings(options, recipe, source)};
  if (options.early_stop) trainer_options.early_stop = taut::EarlyStoppingOptions{};
  taut::Trainer trainer{classifier, optimizer, *schedule, loss, trainer_options};
  if (options.resume) trainer.restore(taut::load_checkpoint<float>(files.checkpoint));

  taut::CsvLog log(files.log, options.resume ? trainer.epoch() : 0);
  std::optional<taut::SummaryWriter> events;
  if (options.tensorboard) {
    events.emplace(files.events, trainer.epoch() + 1);
    if (!options.resume) {
      loader.start(0);
      const auto batch = loader.next();
      taut::synchronize(classifier.device());
      events->add_image("augmented training pictures",
                        training_pictures({batch->images, batch->rows * faces.pixels()}, faces, recipe.normalization), 0);
    }
  }
  trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool is_best) {
    log.append(record);
    if (events) {
      taut::add_epoch(*events, record);
      taut::add_tensors(*events, classifier, record.epoch);
    }
    if (is_best) taut::save_weights(files.weights, classifier, info);
  };
  trainer.callbacks().on_checkpoint = [&](const auto& state) { taut::save_checkpoint(files.checkpoint, state); };

  const auto measure = [&](const taut::ImageDataset& data) { return taut::evaluate(classifier, data, recipe.normalization, parts.loss); };
  const taut::TrainingResult result = trainer.fit(loader, [&] { return measure(source.splits.validation); });
  if (result.interrupted) {
    std::cout << "Stopped: " << result.reason << ". Go on with the same command and --resume." << std::endl;
    return 130;
  }

  const char* const split = options.without_test ? "Val" : "Test";
  const taut::ImageDataset& judged = options.without_test ? source.splits.validation : source.splits.test;
  const taut::Evaluation found = measure(judged);
  constexpr taut::index_t shown = 24;
  const auto mistakes = taut::confident_mistakes(classifier, judged, recipe.normalization, shown);
  write_run_report(files.directory, options, recipe, source, network_facts<typename Model::Network>(), {result.reason, result.best_epoch},
                   log.records(), {split, found.matrix, mistake_pictures(judged, mistakes)});
  std::cout << "Done: " << result.reason << ". Best validation accuracy " << taut::percent_text(result.best_accuracy) << " in epoch "
            << result.best_epoch << "; its weights are kept.\n\n";
  print_evaluation(std::cout, split, found.matrix, info.class_names);
  std::cout << "\nWeights: " << files.weights.string() << "\nReport:  " << files.report.string() << std::endl;
  return 0;
}

/// The seed recipe: Adam, and labels, of which those of rare classes weigh more.
template <class Model, class Loader>
int train_with_labels(Loader& loader, Parts<Model>& parts) {
  const Recipe& recipe = parts.recipe;
  if (!parts.options.teachers.empty()) taut::fail("--teacher: expected the recipe best, whose targets are probabilities, but found seed");
  std::ranges::copy(taut::inverse_frequency_weights(parts.source.splits.train.class_counts()), parts.loss.class_weights.begin());
  taut::Adam adam{parts.classifier, {.lr = recipe.lr, .weight_decay = recipe.weight_decay}};
  return train_with(adam, parts.loss, loader, parts);
}

/// The best recipe: momentum, and probabilities, which are the labels' and the teachers'.
template <class Model, class Loader>
int train_with_probabilities(Loader& loader, Parts<Model>& parts) {
  const Recipe& recipe = parts.recipe;
  taut::TaughtLoader taught(loader, recipe.normalization, load_teachers(parts.options, parts.source),
                            {.label_share = recipe.label_share, .distinct_epochs = recipe.distinct_epochs});
  taut::SoftCrossEntropy<classes> loss;
  if (parts.options.teachers.empty()) loss.label_smoothing = recipe.label_smoothing;  // a teacher's probabilities are smooth
  taut::Sgd sgd{parts.classifier, {.lr = recipe.lr, .momentum = 0.9, .weight_decay = recipe.weight_decay, .nesterov = true}};
  return train_with(sgd, loss, taught, parts);
}

}  // namespace emotion
