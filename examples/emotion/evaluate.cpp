/// evaluate: how well weights do on a split of the data.
#include "emotion/evaluate.hpp"

#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "emotion/class_names.hpp"
#include "emotion/load_classifier.hpp"
#include "emotion/on_cuda.hpp"
#include "emotion/open_faces.hpp"
#include "emotion/train.hpp"
#include "taut/io/atomic_file.hpp"
#include "taut/train/classification_report.hpp"
#include "taut/train/evaluate.hpp"

namespace emotion {

namespace {

/// The split that a name on the command line means, and how it is printed.
std::pair<const taut::ImageDataset*, const char*> split_of(const taut::DataSplits& splits, const std::string& name) {
  if (name == "train") return {&splits.train, "Train"};
  if (name == "val") return {&splits.validation, "Val"};
  return {&splits.test, "Test"};
}

nlohmann::json evaluation_json(const EvaluateOptions& options, const taut::Evaluation& found, const std::vector<std::string>& class_names) {
  const taut::ClassificationReport report = taut::classification_report(found.matrix, class_names);
  nlohmann::json classes;
  nlohmann::json matrix = nlohmann::json::array();
  for (taut::index_t c = 0; c < class_names.size(); ++c) {
    const taut::ClassificationScores& scores = report.classes[c];
    classes[class_names[c]] = {{"precision", scores.precision}, {"recall", scores.recall}, {"f1", scores.f1}, {"support", scores.support}};
    nlohmann::json row = nlohmann::json::array();
    for (taut::index_t predicted = 0; predicted < class_names.size(); ++predicted) row.push_back(found.matrix.count(c, predicted));
    matrix.push_back(row);
  }
  return {{"weights", options.weights},
          {"data", options.data},
          {"split", options.split},
          {"images", found.matrix.total()},
          {"loss", found.loss},
          {"accuracy", report.accuracy},
          {"classes", classes},
          {"confusion_matrix", matrix}};
}

}  // namespace

void print_evaluation(std::ostream& out, const char* split, const taut::ConfusionMatrix& matrix,
                      const std::vector<std::string>& class_names) {
  out << std::fixed << std::setprecision(2) << split << " Accuracy: " << 100 * matrix.accuracy() << "%\n";
  for (taut::index_t c = 0; c < class_names.size(); ++c) {
    out << "Accuracy of " << std::left << std::setw(10) << class_names[c] << ": " << std::right << 100 * matrix.accuracy(c) << " %\n";
  }
  out << '\n' << taut::classification_report(matrix, class_names).to_string();
}

void evaluate(const EvaluateOptions& options) {
  const bool on_cuda = uses_cuda(options.device);
  Classifier classifier{taut::seed(0), taut::Cpu<>{options.threads}};
  const taut::WeightsInfo info = load_classifier(options.weights, classifier);
  // Imported weights don't say how their validation pictures were drawn.
  const bool split_known = info.val_fraction > 0;
  const taut::PictureList excluded = excluded_pictures(options.exclude);
  taut::DataSource source =
      open_faces(options.data, split_known ? info.val_fraction : TrainOptions{}.val_fraction, info.split_seed, excluded);
  source.splits.test = excluded.removed_from(source.splits.test);
  const auto [data, name] = split_of(source.splits, options.split);
  check_same_classes(options.data, data->class_names(), options.weights, info);
  if (options.split != "test" && (!split_known || (!info.split_checksum.empty() && source.checksum != info.split_checksum))) {
    std::cerr << "note: these are not the pictures that " << options.weights
              << " was trained on; its training and validation pictures differ\n";
  }
  const taut::Evaluation found = on_cuda ? evaluate_on_cuda(options.weights, *data)
                                         : taut::evaluate(classifier, *data, {info.mean, info.std}, taut::CrossEntropy<7>{});
  if (!options.json.empty()) {
    const nlohmann::json figures = evaluation_json(options, found, info.class_names);
    taut::write_file_atomically(options.json, figures.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  print_evaluation(std::cout, name, found.matrix, info.class_names);
}

}  // namespace emotion
