/// run: the directory of a training run, and the report in it.
#include "emotion/run.hpp"

#include <system_error>
#include <utility>

#include "emotion/class_names.hpp"
#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/train/format.hpp"

namespace emotion {

RunFiles open_run(const TrainOptions& options) {
  std::error_code problem;
  std::filesystem::create_directories(options.out, problem);
  if (problem) taut::fail("output directory ", options.out, ": expected to make it but ", problem.message());
  RunFiles files{options.out};
  if (options.resume && !std::filesystem::exists(files.checkpoint)) {
    taut::fail("--resume: expected a checkpoint from an earlier run but ", files.checkpoint.string(), " doesn't exist");
  }
  if (!options.resume && std::filesystem::exists(files.checkpoint)) {
    taut::fail("output directory ", options.out, ": holds an earlier run; add --resume to go on with it, or choose another directory");
  }
  return files;
}

std::vector<std::pair<std::string, std::string>> run_settings(const TrainOptions& options, const Recipe& recipe,
                                                              const taut::DataSource& source) {
  std::vector<std::pair<std::string, std::string>> settings{{"data", source.description},
                                                            {"data checksum", source.checksum},
                                                            {"recipe", options.recipe},
                                                            {"network", options.network},
                                                            {"batch", std::to_string(recipe.batch)},
                                                            {"lr", taut::short_text(recipe.lr, 6)},
                                                            {"seed", std::to_string(options.seed)},
                                                            {"val", taut::short_text(options.val_fraction, 6)}};
  std::vector<std::string> teachers;
  for (const std::string& teacher : options.teachers) {
    teachers.push_back(taut::detail::printable(std::filesystem::path(teacher).filename().string()));
  }
  if (!teachers.empty()) settings.emplace_back("teacher", joined(teachers));
  if (recipe.cosine) settings.emplace_back("epochs", std::to_string(recipe.epochs));
  return settings;
}

void write_run_report(const std::filesystem::path& directory, const TrainOptions& options, const Recipe& recipe,
                      const taut::DataSource& source, NetworkFacts network, const RunResult& result,
                      const std::vector<taut::EpochRecord>& records, const taut::ReportEvaluation& test) {
  taut::Report report;
  report.title = "Emotion classifier";
  report.summary = source.description + ". Training ended because " + result.reason + ".";
  report.settings = run_settings(options, recipe, source);
  report.settings.emplace_back("device", options.device);
  report.settings.emplace_back("threads", std::to_string(options.threads));
  report.records = records;
  report.best_epoch = result.best_epoch;
  report.class_names = source.splits.train.class_names();
  report.evaluations = {test};
  report.input_shape = std::move(network.input_shape);
  report.layers = std::move(network.layers);
  report.memory_plan = std::move(network.memory_plan);
  taut::write_report(directory, report);
}

}  // namespace emotion
