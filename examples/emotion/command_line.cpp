/// command_line: what can be said on the emotion program's command line.
#include "emotion/command_line.hpp"

#include <cmath>
#include <memory>
#include <string>

#include "emotion/recipe.hpp"

namespace emotion {

namespace {

/// A range lets NaN through, for it is neither below nor above.
std::string finite(const std::string& text) {
  double number = 0;
  return CLI::detail::lexical_cast(text, number) && std::isfinite(number) ? "" : text + " is not a finite number";
}

/// The weights that come with the program were trained on FER2013: docs/emotion_weights.md.
void add_weights_option(CLI::App& command, std::string& weights) {
  weights = TAUT_EMOTION_WEIGHTS;
  command.add_option("--weights", weights,
                     "A best.safetensors that `emotion train` wrote; without it the weights that come with the program");
}

void add_device_option(CLI::App& command, std::string& device) {
  command.add_option("--device", device, "Where: cpu, cuda, or auto, which is cuda where the program was built with it and there is a GPU")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
}

void add_train_command(CLI::App& app, const Commands& commands) {
  const auto options = std::make_shared<TrainOptions>();
  CLI::App* const command = app.add_subcommand("train", "Train the network and write weights, log and report");
  command->add_option("--data", options->data, "fer2013.csv, a folder with train/ and test/, or synthetic[:N]")
      ->capture_default_str();
  command->add_option("--exclude", options->exclude, "A list of training pictures to leave out, which `emotion duplicates` wrote");
  command->add_option("--out", options->out, "Directory for the weights, the checkpoint, the log and the report")->required();
  command->add_option("--epochs", options->epochs, "Passes over the training pictures; without it the recipe's")
      ->check(CLI::Range(1, 100000));
  command->add_option("--batch", options->batch, "Pictures a step; without it the recipe's")->check(CLI::Range(1, 256));
  command->add_option("--val", options->val_fraction, "Share of a folder's training pictures kept for validation")
      ->check(finite)
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command->add_option("--lr", options->lr, "The learning rate; without it the recipe's")->check(finite)->check(CLI::PositiveNumber);
  command->add_option("--seed", options->seed, "Of weights, shuffling, augmentation, dropout and the validation split")
      ->capture_default_str();
  add_device_option(*command, options->device);
  command->add_option("--threads", options->threads, "CPU threads; the result is the same for any number")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--recipe", options->recipe, "How to train")->check(CLI::IsMember(recipe_names()))->capture_default_str();
  command->add_option("--network", options->network, "Which: emotion, or large, a teacher for it")
      ->check(CLI::IsMember({"emotion", "large"}))
      ->capture_default_str();
  command->add_option("--teacher", options->teachers, "Weights that the network learns from beside the labels; any number of them");
  command->add_flag("--resume", options->resume, "Go on with the run in --out");
  command->add_flag("--early-stop", options->early_stop, "Stop after 15 epochs without a better one, or a fall of 10 points");
  command->add_flag("--without-test", options->without_test,
                    "Leave the test pictures unseen, as long as one run of several is to be chosen");
  command->add_flag("--tensorboard", options->tensorboard, "Write what TensorBoard shows into --out/tensorboard");
  command->callback([options, &commands] { commands.train(*options); });
}

void add_evaluate_command(CLI::App& app, const Commands& commands) {
  const auto options = std::make_shared<EvaluateOptions>();
  CLI::App* const command = app.add_subcommand("eval", "Measure accuracy on a split of the data");
  add_weights_option(*command, options->weights);
  command->add_option("--data", options->data, "fer2013.csv, a folder with train/ and test/, or synthetic[:N]")->required();
  command->add_option("--split", options->split, "Which pictures")->check(CLI::IsMember({"train", "val", "test"}))->capture_default_str();
  command->add_option("--exclude", options->exclude, "A list of training and test pictures to leave out, which `emotion duplicates` wrote");
  add_device_option(*command, options->device);
  command->add_option("--threads", options->threads, "CPU threads")->check(CLI::Range(1, 256))->capture_default_str();
  command->add_option("--json", options->json, "Write the figures to this file too");
  command->callback([options, &commands] { commands.evaluate(*options); });
}

void add_predict_command(CLI::App& app, const Commands& commands) {
  const auto options = std::make_shared<PredictOptions>();
  CLI::App* const command = app.add_subcommand("predict", "Say which emotion each picture shows");
  add_weights_option(*command, options->weights);
  command->add_option("images", options->images, "JPEG or PNG files, colour or gray, of any size")->required();
  command->add_option("--crop", options->crop, "The face's rectangle in the picture: x,y,width,height")->delimiter(',')->expected(4);
  add_device_option(*command, options->device);
  command->add_option("--threads", options->threads, "CPU threads")->check(CLI::Range(1, 256))->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &commands] { commands.predict(*options); });
}

void add_duplicates_command(CLI::App& app, const Commands& commands) {
  const auto options = std::make_shared<DuplicateOptions>();
  CLI::App* const command =
      app.add_subcommand("duplicates", "List the pictures that training and test pictures have in common, nearly or exactly");
  command->add_option("--data", options->data, "fer2013.csv, or a folder with train/ and test/")->required();
  command->add_option("--out", options->out, "The list to write, for --exclude")->required();
  command->callback([options, &commands] { commands.find_duplicates(*options); });
}

void add_import_command(CLI::App& app, const Commands& commands) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App* const command = app.add_subcommand("import", "Turn a PyTorch checkpoint of this network into a weights file");
  command->add_option("checkpoint", options->checkpoint, "What torch.save(model.state_dict(), path) wrote")->required();
  command->add_option("--out", options->out, "The weights file to write")->required();
  command->add_option("--key", options->key, "The state_dict's key where the checkpoint holds more than it");
  command->add_option("--classes", options->class_names, "The classes in the order of the network's outputs")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--mean", options->mean, "It was trained on (x / 255 - mean) / std")->check(finite)->capture_default_str();
  command->add_option("--std", options->std, "It was trained on (x / 255 - mean) / std")
      ->check(finite)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback([options, &commands] { commands.import_checkpoint(*options); });
}

void add_export_command(CLI::App& app, const Commands& commands) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* const command = app.add_subcommand("export", "Turn a weights file into an ONNX file, or one of half precision");
  add_weights_option(*command, options->weights);
  command->add_option("--out", options->out, "The file to write: NAME.onnx, or NAME.safetensors with 16 bits a weight")->required();
  command->callback([options, &commands] { commands.export_network(*options); });
}

}  // namespace

void add_commands(CLI::App& app, const Commands& commands) {
  app.require_subcommand(1);
  add_train_command(app, commands);
  add_evaluate_command(app, commands);
  add_predict_command(app, commands);
  add_duplicates_command(app, commands);
  add_import_command(app, commands);
  add_export_command(app, commands);
  app.add_subcommand("summary", "Print the network's layers and memory plan")->callback([&commands] { commands.summary(); });
}

}  // namespace emotion
