/// run: what a training run leaves in its directory.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "emotion/recipe.hpp"
#include "emotion/train.hpp"
#include "taut/data/data_source.hpp"
#include "taut/nn/summary.hpp"
#include "taut/report/report.hpp"
#include "taut/train/epoch_record.hpp"

namespace emotion {

/// The files of a run, all in one directory.
struct RunFiles {
  std::filesystem::path directory, weights = directory / "best.safetensors", checkpoint = directory / "checkpoint.safetensors",
                                   log = directory / "log.csv", report = directory / "report.html",
                                   events = directory / "tensorboard";
};

/// Makes the directory; fails before anything was trained where nothing can be written into it.
RunFiles open_run(const TrainOptions& options);

/// What a resumed run must have in common with the run that it continues; how many epochs there shall be it may change, unless the
/// learning rate follows from it.
std::vector<std::pair<std::string, std::string>> run_settings(const TrainOptions& options, const Recipe& recipe,
                                                              const taut::DataSource& source);

/// What a report says of a training besides its options.
struct RunResult {
  std::string reason;
  taut::index_t best_epoch = 0;
};

/// What a report says of a network.
struct NetworkFacts {
  std::string input_shape, memory_plan;
  std::vector<taut::LayerRow> layers;
};

template <class Net>
NetworkFacts network_facts() {
  return {taut::to_string(Net::input_shape), taut::memory_summary<Net, 64>(), taut::layer_rows<Net>()};
}

/// report.html and its pictures, into `directory`.
void write_run_report(const std::filesystem::path& directory, const TrainOptions& options, const Recipe& recipe,
                      const taut::DataSource& source, NetworkFacts network, const RunResult& result,
                      const std::vector<taut::EpochRecord>& records, const taut::ReportEvaluation& test);

}  // namespace emotion
