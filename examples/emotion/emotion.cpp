/// emotion: trains the Emotion Classifier CNN, measures it, and says which emotion a picture shows.
#include <exception>
#include <iostream>

#include "emotion/command_line.hpp"
#include "emotion/network.hpp"
#include "taut/core/error.hpp"
#include "taut/nn/summary.hpp"

int main(int argc, char** argv) {
  int exit_code = 0;
  const emotion::Commands commands{
      .train = [&](const emotion::TrainOptions& options) { exit_code = emotion::train(options); },
      .evaluate = emotion::evaluate,
      .predict = emotion::predict,
      .find_duplicates = emotion::find_duplicates,
      .import_checkpoint = emotion::import_checkpoint,
      .export_network = emotion::export_network,
      .summary = [] { std::cout << taut::summary<emotion::EmotionNet>(); },
  };
  CLI::App app{"Seven emotions from 48x48 gray faces: a network whose shapes were checked when this program was compiled"};
  emotion::add_commands(app, commands);
  try {
    app.parse(argc, argv);
    std::cout << std::flush;
    if (!std::cout) taut::fail("standard output: expected to write the answer but it can't be written");
    return exit_code;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "emotion: " << error.what() << '\n';
    return 1;
  }
}
