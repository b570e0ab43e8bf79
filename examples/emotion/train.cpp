/// train: from pictures to weights, a log and a report.
#include "emotion/train.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>

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

}  // namespace

int train(const TrainOptions& options) {
  const RunFiles files = open_run(options);
  const Recipe recipe = recipe_named(options.recipe);
  const taut::DataSource source = open_faces(options.data, options.val_fraction, options.seed, options.exclude);
  const taut::ImageDataset& faces = source.splits.train;
  constexpr taut::index_t classes = EmotionNet::output_shape.size();
  if (faces.class_names().size() != classes) {
    taut::fail(options.data, ": expected ", classes, " classes but found ", faces.class_names().size(), ": ", joined(faces.class_names()));
  }
  std::cout << source.description << std::endl;

  Classifier classifier{taut::seed(options.seed), taut::Cpu<>{options.threads}};
  taut::CrossEntropy<classes> loss;
  std::ranges::copy(taut::inverse_frequency_weights(faces.class_counts()), loss.class_weights.begin());
  taut::Adam adam{classifier, {.lr = options.lr, .weight_decay = recipe.weight_decay}};
  taut::ReduceLROnPlateau schedule{options.lr, recipe.plateau};
  taut::TrainerOptions trainer_options{.epochs = options.epochs, .out = &std::cout, .terminal = taut::output_is_terminal(),
                                       .settings = run_settings(options, source)};
  if (options.early_stop) trainer_options.early_stop = taut::EarlyStoppingOptions{};
  taut::Trainer trainer{classifier, adam, schedule, loss, trainer_options};
  if (options.resume) trainer.restore(taut::load_checkpoint<float>(files.checkpoint));

  taut::CsvLog log(files.log, options.resume ? trainer.epoch() : 0);
  taut::Loader loader(faces, {.batch = options.batch, .seed = options.seed}, recipe.normalization, recipe.augmentation);
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

  const auto measure = [&](const taut::ImageDataset& data) { return taut::evaluate(classifier, data, recipe.normalization, loss); };
  const taut::TrainingResult result = trainer.fit(loader, [&] { return measure(source.splits.validation); });
  if (result.interrupted) {
    std::cout << "Stopped: " << result.reason << ". Go on with the same command and --resume." << std::endl;
    return 130;
  }

  const taut::Evaluation test = measure(source.splits.test);
  constexpr taut::index_t shown = 24;
  const auto mistakes = taut::confident_mistakes(classifier, source.splits.test, recipe.normalization, shown);
  write_run_report(files.directory, options, source, {result.reason, result.best_epoch}, log.records(),
                   {"Test", test.matrix, mistake_pictures(source.splits.test, mistakes)});
  std::cout << "Done: " << result.reason << ". Best validation accuracy " << taut::percent_text(result.best_accuracy) << " in epoch "
            << result.best_epoch << "; its weights are kept.\n\n";
  print_evaluation(std::cout, "Test", test.matrix, info.class_names);
  std::cout << "\nWeights: " << files.weights.string() << "\nReport:  " << files.report.string() << std::endl;
  return 0;
}

}  // namespace emotion
