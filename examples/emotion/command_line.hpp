/// command_line: what can be said on the emotion program's command line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "emotion/evaluate.hpp"
#include "emotion/export_network.hpp"
#include "emotion/find_duplicates.hpp"
#include "emotion/import_checkpoint.hpp"
#include "emotion/predict.hpp"
#include "emotion/train.hpp"

namespace emotion {

/// What is done for each command once its options are read.
struct Commands {
  std::function<void(const TrainOptions&)> train;
  std::function<void(const EvaluateOptions&)> evaluate;
  std::function<void(const PredictOptions&)> predict;
  std::function<void(const DuplicateOptions&)> find_duplicates;
  std::function<void(const ImportOptions&)> import_checkpoint;
  std::function<void(const ExportOptions&)> export_network;
  std::function<void()> summary;
};

/// `commands` must outlive the app.
void add_commands(CLI::App& app, const Commands& commands);

}  // namespace emotion
