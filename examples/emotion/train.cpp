/// train: from pictures to weights, a log and a report.
#include "emotion/train.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emotion/classifier.hpp"
#include "emotion/evaluate.hpp"
#include "emotion/network_info.hpp"
#include "emotion/open_faces.hpp"
#include "emotion/pictures.hpp"
#include "emotion/recipe.hpp"
#include "emotion/run.hpp"
#include "taut/io/weights.hpp"
#include "taut/report/training_events.hpp"
#include "taut/taut.hpp"
#include "taut/train/checkpoint.hpp"

namespace emotion {

namespace {

taut::WeightsInfo weights_info_of(const TrainOptions& options, const taut::DataSource& source, const Recipe& recipe) {
  taut::WeightsInfo info = network_info(source.splits.train.class_names(), recipe.normalization, source.description);
  info.split_seed = options.seed;
  info.val_fraction = options.val_fraction;
  info.split_checksum = source.checksum;
  return info;
}

constexpr taut::index_t classes = EmotionNet::output_shape.size();

/// What a training has in hand before its optimizer.
struct Parts {
  TrainOptions options;
  RunFiles files;
  Recipe recipe;
  taut::DataSource source;
  Classifier classifier;
  taut::CrossEntropy<classes> loss;
};

template <class Optimizer>
int train_with(Optimizer& optimizer, Parts& parts) {
  const TrainOptions& options = parts.options;
  const RunFiles& files = parts.files;
  const Recipe& recipe = parts.recipe;
  const taut::DataSource& source = parts.source;
  const taut::ImageDataset& faces = source.splits.train;
  Classifier& classifier = parts.classifier;
  const std::unique_ptr<taut::Schedule> schedule = recipe.schedule();
  taut::TrainerOptions trainer_options{.epochs = recipe.epochs, .ema_decay = recipe.ema_decay, .out = &std::cout,
                                       .terminal = taut::output_is_terminal(), .settings = run_settings(options, recipe, source)};
  if (options.early_stop) trainer_options.early_stop = taut::EarlyStoppingOptions{};
  taut::Trainer trainer{classifier, optimizer, *schedule, parts.loss, trainer_options};
  if (options.resume) trainer.restore(taut::load_checkpoint<float>(files.checkpoint));

  taut::CsvLog log(files.log, options.resume ? trainer.epoch() : 0);
  taut::Loader loader(faces, {.batch = recipe.batch, .seed = options.seed}, recipe.normalization, recipe.augmentation);
  std::optional<taut::SummaryWriter> events;
  if (options.tensorboard) {
    events.emplace(files.events, trainer.epoch() + 1);
    if (!options.resume) events->add_image("augmented training pictures", training_pictures(loader, faces, recipe.normalization), 0);
  }
  const taut::WeightsInfo info = weights_info_of(options, source, recipe);
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

  const taut::Evaluation test = measure(source.splits.test);
  constexpr taut::index_t shown = 24;
  const auto mistakes = taut::confident_mistakes(classifier, source.splits.test, recipe.normalization, shown);
  write_run_report(files.directory, options, recipe, source, {result.reason, result.best_epoch}, log.records(),
                   {"Test", test.matrix, mistake_pictures(source.splits.test, mistakes)});
  std::cout << "Done: " << result.reason << ". Best validation accuracy " << taut::percent_text(result.best_accuracy) << " in epoch "
            << result.best_epoch << "; its weights are kept.\n\n";
  print_evaluation(std::cout, "Test", test.matrix, info.class_names);
  std::cout << "\nWeights: " << files.weights.string() << "\nReport:  " << files.report.string() << std::endl;
  return 0;
}

}  // namespace

int train(const TrainOptions& options) {
  RunFiles files = open_run(options);
  const Recipe recipe = recipe_of(options);
  taut::DataSource source = open_faces(options.data, options.val_fraction, options.seed, options.exclude);
  const std::vector<std::string>& names = source.splits.train.class_names();
  if (names.size() != classes) {
    taut::fail(options.data, ": expected ", classes, " classes but found ", names.size(), ": ", joined(names));
  }
  std::cout << source.description << std::endl;

  Parts parts{options, std::move(files), recipe, std::move(source), Classifier{taut::seed(options.seed), taut::Cpu<>{options.threads}}, {}};
  parts.loss.label_smoothing = recipe.label_smoothing;
  if (recipe.weighted_classes) {
    std::ranges::copy(taut::inverse_frequency_weights(parts.source.splits.train.class_counts()), parts.loss.class_weights.begin());
  }
  if (recipe.momentum) {
    taut::Sgd sgd{parts.classifier, {.lr = recipe.lr, .momentum = 0.9, .weight_decay = recipe.weight_decay, .nesterov = true}};
    return train_with(sgd, parts);
  }
  taut::Adam adam{parts.classifier, {.lr = recipe.lr, .weight_decay = recipe.weight_decay}};
  return train_with(adam, parts);
}

}  // namespace emotion
