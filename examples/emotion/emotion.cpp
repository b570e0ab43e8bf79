/// emotion: trains the Emotion Classifier CNN, measures it, and says which emotion a picture shows.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "emotion/evaluate_command.hpp"
#include "emotion/predict_command.hpp"
#include "emotion/train_command.hpp"
#include "taut/nn/summary.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Seven emotions from 48x48 gray faces: a network whose shapes were checked when this program was compiled"};
  app.require_subcommand(1);
  int exit_code = 0;
  emotion::add_train_command(app, exit_code);
  emotion::add_evaluate_command(app);
  emotion::add_predict_command(app);
  app.add_subcommand("summary", "Print the network's layers and memory plan")->callback([] {
    std::cout << taut::summary<emotion::EmotionNet>();
  });
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
