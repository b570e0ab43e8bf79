/// The emotion program as a person uses it: what it prints and leaves behind.
#include <doctest/doctest.h>

#include <cctype>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "emotion/program.hpp"
#include "support/temporary_directory.hpp"
#include "taut/data/open.hpp"
#include "taut/data/picture_list.hpp"
#include "taut/io/safetensors.hpp"

using namespace taut::test;

namespace {

/// The text with numbers as patterns: "12.30%" and "4.56%" are both "9.99%". Runs of blanks before a number are one.
std::string number_patterns(const std::string& text) {
  std::string pattern;
  bool fraction = false;
  for (const char c : text) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (digit && !fraction && pattern.ends_with('9')) continue;
    if (c == ' ' && pattern.ends_with(' ')) continue;
    if (!digit) fraction = c == '.';
    pattern += digit ? '9' : c;
  }
  return pattern;
}

int count_files(const fs::path& directory) {
  return static_cast<int>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("train prints an epoch a line and leaves weights, checkpoint, log and report") {
  const TemporaryDirectory directory;
  const Outcome outcome = emotion(train_arguments(directory / "run"));
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.errors.empty());
  CHECK(outcome.out.find("Epoch [2/2], Train Loss: ") != std::string::npos);
  CHECK(number_patterns(outcome.out).find("Train Loss: 9.9999, Train Accuracy: 9.99%, Val Loss: 9.9999, Val Accuracy: 9.99%\n") != std::string::npos);
  for (const char* name : {"best.safetensors", "checkpoint.safetensors", "log.csv", "report.html", "curves.svg", "class_scores.svg",
                           "confusion_matrix.svg", "architecture.svg"}) {
    CHECK_MESSAGE(fs::file_size(directory / "run" / name) > 0, name);
  }
  CHECK(count_files(directory / "run") == 8);
}

TEST_CASE("the same seed gives the same bits for any number of threads, and another seed others") {
  const TemporaryDirectory directory;
  REQUIRE(emotion(train_arguments(directory / "three", "--threads 3")).exit_code == 0);
  REQUIRE(emotion(train_arguments(directory / "other", "--seed 4")).exit_code != 0);  // given twice
  REQUIRE(emotion("train --data synthetic:140 --epochs 2 --seed 4 --out " + (directory / "other").string()).exit_code == 0);
  CHECK(contents(directory / "three" / "best.safetensors") == contents(trained_run() / "best.safetensors"));
  CHECK(contents(directory / "other" / "best.safetensors") != contents(trained_run() / "best.safetensors"));
}

TEST_CASE("the CPU can be asked for, and a GPU is refused in a sentence where there is none") {
  const TemporaryDirectory directory;
  REQUIRE(emotion(train_arguments(directory / "cpu", "--device cpu")).exit_code == 0);
  if (emotion("predict " + weights() + " --device cuda " + face).exit_code == 0) return;  // then what follows is another test's
  CHECK(contents(directory / "cpu" / "best.safetensors") == contents(trained_run() / "best.safetensors"));
  for (const char* command : {"eval", "predict"}) {
    const std::string begin = std::string(command) + " " + weights() + (*command == 'e' ? " --data synthetic:140" : " " + face);
    const Outcome cpu = emotion(begin + " --device cpu");
    CHECK(cpu.exit_code == 0);
    CHECK(cpu.out == emotion(begin).out);
    CHECK(cpu.out == emotion(begin + " --device auto").out);
    check_refused(emotion(begin + " --device cuda"), {"--device cuda: expected"});
  }
  check_refused(emotion(train_arguments(directory / "cuda", "--device cuda")), {"--device cuda: expected"});
  CHECK_FALSE(fs::exists(directory / "cuda"));
}

TEST_CASE("a run that is resumed equals one that was never interrupted, and leaves TensorBoard a file of events for each part") {
  const TemporaryDirectory directory;
  const std::string out = (directory / "run").string();
  REQUIRE(emotion("train --data synthetic:140 --epochs 1 --seed 3 --tensorboard --out " + out).exit_code == 0);
  REQUIRE(emotion(train_arguments(directory / "run", "--resume --tensorboard")).exit_code == 0);
  CHECK(contents(directory / "run" / "best.safetensors") == contents(trained_run() / "best.safetensors"));
  std::set<fs::path> parts;
  for (const auto& entry : fs::directory_iterator(directory / "run" / "tensorboard")) parts.insert(entry.path());
  REQUIRE(parts.size() == 2);
  for (const fs::path& part : parts) {
    CHECK(contents(part).find("accuracy/validation") != std::string::npos);
    CHECK(contents(part).find("gradients/0.weight") != std::string::npos);
    CHECK((contents(part).find("augmented training pictures") != std::string::npos) == (part == *parts.begin()));
  }
}

TEST_CASE("eval prints accuracy, a line a class and the report, and writes JSON") {
  const TemporaryDirectory directory;
  const Outcome outcome = emotion("eval " + weights() + " --data synthetic:140 --split test --json " + (directory / "figures.json").string());
  REQUIRE(outcome.exit_code == 0);
  CHECK(number_patterns(outcome.out).starts_with("Test Accuracy: 9.99%\nAccuracy of angry : 9.99 %\n"));
  CHECK(outcome.out.find("\nAccuracy of angry     : ") != std::string::npos);
  CHECK(outcome.out.find("weighted avg") != std::string::npos);
  const auto figures = nlohmann::json::parse(contents(directory / "figures.json"));
  CHECK(figures["images"] == 70);
  CHECK(figures["classes"].size() == 7);
  CHECK(emotion("eval " + weights() + " --data synthetic:140 --split val").out.starts_with("Val Accuracy: "));
  CHECK(emotion("eval " + weights() + " --data synthetic:140 --split train").out.starts_with("Train Accuracy: "));
}

TEST_CASE("a file's name that is no UTF-8 spoils neither JSON nor checkpoint") {
  const TemporaryDirectory directory;
  const std::string named = (directory / "a\xFF.safetensors").string(), figures = (directory / "figures.json").string();
  fs::copy_file(trained_run() / "best.safetensors", named);
  CHECK(emotion("eval --weights '" + named + "' --data synthetic:70 --json " + figures).exit_code == 0);
  CHECK(nlohmann::json::parse(contents(figures))["weights"].get<std::string>().ends_with("a\uFFFD.safetensors"));
  const std::string run = (directory / "run").string();
  CHECK(emotion("train --recipe best --data synthetic:70 --epochs 1 --teacher '" + named + "' --out " + run).exit_code == 0);
  CHECK(fs::exists(fs::path(run) / "checkpoint.safetensors"));
}

TEST_CASE("predict prints the class and all seven probabilities") {
  const Outcome outcome = emotion("predict " + weights() + " " + face);
  REQUIRE(outcome.exit_code == 0);
  CHECK(number_patterns(outcome.out).find("\n angry 9.99 %\n disgust 9.99 %\n") != std::string::npos);
  const auto answers = nlohmann::json::parse(emotion("predict " + weights() + " " + face + " --json").out);
  REQUIRE(answers.size() == 1);
  double sum = 0;
  for (const auto& probability : answers[0]["probabilities"]) sum += probability.get<double>();
  CHECK(answers[0]["probabilities"].size() == 7);
  CHECK(sum == doctest::Approx(1).epsilon(1e-5));
  CHECK(emotion("predict " + weights() + " --crop 8,8,32,32 " + face).exit_code == 0);
}

TEST_CASE("import takes PyTorch's checkpoints of this network alone, and export writes ONNX") {
  const TemporaryDirectory directory;
  const std::string onnx = (directory / "net.onnx").string(), out = (directory / "net.safetensors").string();
  REQUIRE(emotion("export " + weights() + " --out " + onnx).exit_code == 0);
  CHECK(contents(onnx).find("class_names") != std::string::npos);
  CHECK(fs::file_size(onnx) > 4 * 1'572'551);
  const std::string mlp = std::string(TAUT_TESTS_FOLDER) + "/io/torch/mlp.pth";
  check_refused(emotion("import " + mlp + " --key net --out " + out), {"mlp.pth", "0.weight of layer 0, Conv2d", "32x1x3x3", "8x16"});
  check_refused(emotion("import " + onnx + " --out " + out), {"net.onnx", "zip"});
  check_refused(emotion("import " + mlp + " --classes a,b --out " + out), {"--classes", "7", "2"});
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("export in half precision takes half of the bytes, and the answers stay") {
  const TemporaryDirectory directory;
  const std::string half = (directory / "half.safetensors").string();
  REQUIRE(emotion("export " + weights() + " --out " + half).exit_code == 0);
  CHECK(fs::file_size(half) < 3'500'000);
  const auto probabilities = [](const std::string& which) {
    return nlohmann::json::parse(emotion("predict --weights " + which + " " + face + " --json").out)[0]["probabilities"];
  };
  const auto found = probabilities(half), expected = probabilities((trained_run() / "best.safetensors").string());
  for (const auto& [name, probability] : expected.items()) {
    CHECK(found[name].get<double>() == doctest::Approx(probability.get<double>()).epsilon(0.01));
  }
  check_refused(emotion("export " + weights() + " --out " + (directory / "net.txt").string()), {"net.txt", ".onnx or .safetensors"});
}

TEST_CASE("the weights that come with the program are what predict and eval use") {
  const auto answers = nlohmann::json::parse(emotion("predict " + face + " --json").out);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0]["probabilities"].size() == 7);
  CHECK(emotion("eval --data synthetic:140").exit_code == 0);
  CHECK(fs::file_size(fs::path(TAUT_TESTS_FOLDER).parent_path() / "examples" / "emotion" / "emotion.safetensors") <= 3'500'000);
}

TEST_CASE("summary prints the table and the memory plan") {
  const Outcome outcome = emotion("summary");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.find("1,572,551") != std::string::npos);
  CHECK(outcome.out.find("training activations") != std::string::npos);
}

TEST_CASE("pictures on a list are neither trained on nor judged by") {
  const TemporaryDirectory directory;
  const taut::DataSplits faces = taut::synthetic_splits(140);
  const std::vector<std::uint32_t> some{0, 5, 9};
  taut::ImageDataset listed = faces.train.subset(some);
  listed.append(faces.test.image(3), faces.test.label(3));
  const std::string list = (directory / "list.txt").string();
  std::ofstream(list) << taut::PictureList::recurring(listed, listed).to_text("four pictures");

  const Outcome trained = emotion("train --data synthetic:140 --epochs 1 --out " + (directory / "run").string() + " --exclude " + list);
  REQUIRE(trained.exit_code == 0);
  CHECK(trained.out.find("drawn faces, 3 excluded: 137 training") != std::string::npos);
  const std::string figures = (directory / "figures.json").string();
  REQUIRE(emotion("eval " + weights() + " --data synthetic:140 --exclude " + list + " --json " + figures).exit_code == 0);
  CHECK(nlohmann::json::parse(contents(figures))["images"] == faces.test.size() - 1);

  std::ofstream(list) << "not a fingerprint\n";
  check_refused(emotion("train --data synthetic:140 --out " + (directory / "other").string() + " --exclude " + list), {"list.txt:1"});
  check_refused(emotion("duplicates --data " + (directory / "nowhere.csv").string() + " --out " + list), {"nowhere.csv"});
}

TEST_CASE("the best recipe trains, remembers its average and is held to its epochs") {
  const TemporaryDirectory directory;
  const std::string begin = "train --data synthetic:140 --recipe best --seed 3 --out ", out = (directory / "run").string();
  REQUIRE(emotion(begin + out + " --epochs 4").exit_code == 0);
  check_refused(emotion(begin + out + " --epochs 5 --resume"), {"epochs \"4\", expected \"5\""});
  CHECK(emotion(begin + out + " --epochs 4 --resume").exit_code == 0);
}

TEST_CASE("a large network teaches the emotion network, and no test picture is looked at where none shall be") {
  const TemporaryDirectory directory;
  const std::string large = (directory / "large").string(), student = (directory / "student").string();
  const std::string begin = "train --data synthetic:70 --recipe best --epochs 1 --batch 16 --without-test --out ";
  const Outcome teacher = emotion(begin + large + " --network large");
  REQUIRE(teacher.exit_code == 0);
  CHECK(teacher.out.find("Val Accuracy: ") != std::string::npos);
  CHECK(teacher.out.find("Test") == std::string::npos);
  CHECK(contents(directory / "large/report.html").find("2,357,351") != std::string::npos);
  const std::string taught = " --teacher " + large + "/best.safetensors";
  const Outcome same = emotion(begin + student + taught);
  fs::copy_file(directory / "large/best.safetensors", directory / "second.safetensors");
  const std::string two = begin + student + "-of-two" + taught + " --teacher " + (directory / "second.safetensors").string();
  CHECK(emotion(two).exit_code == 0);
  CHECK(emotion(two + " --resume").errors == "");
  const Outcome others = emotion("train --data synthetic:77 --recipe best --epochs 1 --batch 16 --without-test --out " + student + "-2" + taught);
  CHECK(same.exit_code == 0);
  CHECK(same.errors == "");
  CHECK(others.exit_code == 0);
  CHECK(others.errors.find("best.safetensors wasn't trained on these pictures") != std::string::npos);
  const std::string stranger = (directory / "stranger.safetensors").string();
  taut::TensorFile file = taut::read_safetensors(directory / "large/best.safetensors");
  file.metadata["class_names"] = R"(["sad", "angry", "disgust", "fear", "happy", "neutral", "surprise"])";
  taut::write_safetensors(stranger, file);
  check_refused(emotion(begin + student + "-3 --teacher " + stranger), {"the classes are not those of", "stranger.safetensors"});

  check_refused(emotion("eval --data synthetic:70 --weights " + large + "/best.safetensors"), {"best.safetensors", "another network"});
  check_refused(emotion(begin + (directory / "other").string() + " --teacher " + large + "/nothing.safetensors"), {"nothing.safetensors"});
  check_refused(emotion("train --data synthetic:70 --network large --out " + (directory / "other").string()), {"--network large", "best", "seed"});
}
