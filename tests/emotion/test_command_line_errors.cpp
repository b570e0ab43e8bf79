/// What the emotion program says about bad input, and that it leaves nothing behind.
#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "emotion/program.hpp"
#include "support/temporary_directory.hpp"

using namespace taut::test;

TEST_CASE("unknown options and commands are refused") {
  for (const char* arguments : {"", "dance", "train --speed 3 --out x", "train", "eval", "train --out x --batch 0",
                                "train --out x --batch 1000", "train --out x --recipe none", "train --out x --epochs many",
                                "train --out x --lr -1", "train --out x --lr nan", "train --out x --val 2",
                                "train --out x --val nan", "train --out x --device gpu", "predict x.png --device", "import x.pth --out x --mean nan"}) {
    const Outcome outcome = emotion(arguments);
    CHECK_MESSAGE(outcome.exit_code != 0, arguments);
    CHECK_MESSAGE(!outcome.errors.empty(), arguments);
    CHECK_MESSAGE(!fs::exists("x"), arguments);
  }
}

TEST_CASE("data that isn't there or isn't data is refused before anything is trained") {
  const TemporaryDirectory directory;
  const std::string out = " --out " + (directory / "run").string();
  check_refused(emotion("train --data /no/such/place" + out), {"/no/such/place"});
  check_refused(emotion("train --data synthetic:none" + out), {"synthetic:none"});
  fs::create_directories(directory / "empty");
  check_refused(emotion("train --data " + (directory / "empty").string() + out), {"empty", "train"});
  std::ofstream(directory / "faces.csv") << "emotion,pixels,Usage\n0,1 2 3,Training\n";
  check_refused(emotion("train --data " + (directory / "faces.csv").string() + out), {"faces.csv", "2304", "3"});
  CHECK_FALSE(fs::exists(directory / "run" / "best.safetensors"));
}

TEST_CASE("an output directory that can't be written is refused") {
  const TemporaryDirectory directory;
  std::ofstream(directory / "file") << "not a directory";
  check_refused(emotion(train_arguments(directory / "file" / "run")), {"file"});
  fs::create_directories(directory / "full");
  fs::create_symlink("/dev/full", directory / "full" / "log.csv");
  check_refused(emotion(train_arguments(directory / "full")), {"log.csv"});
  CHECK_FALSE(fs::exists(directory / "full" / "best.safetensors"));
  fs::create_directories(directory / "blocked");
  std::ofstream(directory / "blocked" / "tensorboard") << "not a directory";
  check_refused(emotion(train_arguments(directory / "blocked", "--tensorboard")), {"blocked/tensorboard"});
  check_refused(emotion("eval " + weights() + " --data synthetic:140 --json " + (directory / "no" / "where.json").string()), {"where.json"});
}

TEST_CASE("an earlier run is not overwritten") {
  const std::string before = contents(trained_run() / "best.safetensors");
  check_refused(emotion(train_arguments(trained_run())), {"--resume"});
  CHECK(contents(trained_run() / "best.safetensors") == before);
  const TemporaryDirectory directory;
  check_refused(emotion(train_arguments(directory / "new", "--resume")), {"checkpoint"});
}

TEST_CASE("a run is resumed with its own settings only") {
  const std::string out = " --out " + trained_run().string();
  check_refused(emotion("train --data synthetic:140 --epochs 3 --seed 5 --resume" + out), {"seed", "3", "5"});
  check_refused(emotion("train --data synthetic:141 --epochs 3 --seed 3 --resume" + out), {"data"});
}

TEST_CASE("weights that are none are refused") {
  const TemporaryDirectory directory;
  check_refused(emotion("predict --weights " + (directory / "none").string() + " " + face), {"none"});
  const std::string good = contents(trained_run() / "best.safetensors");
  std::ofstream(directory / "cut", std::ios::binary) << good.substr(0, good.size() / 2);
  check_refused(emotion("predict --weights " + (directory / "cut").string() + " " + face), {"cut"});
  std::string flipped = good;
  flipped[flipped.size() - 100] = static_cast<char>(flipped[flipped.size() - 100] ^ 1);
  std::ofstream(directory / "flipped", std::ios::binary) << flipped;
  check_refused(emotion("predict --weights " + (directory / "flipped").string() + " " + face), {"flipped", "checksum"});
  check_refused(emotion("predict --weights " + (trained_run() / "checkpoint.safetensors").string() + " " + face), {"checkpoint.safetensors"});
}

TEST_CASE("pictures that are none are refused") {
  const TemporaryDirectory directory;
  std::ofstream(directory / "words.png") << "these are words";
  std::ofstream(directory / "empty.jpg");
  check_refused(emotion("predict " + weights() + " " + (directory / "words.png").string()), {"words.png"});
  check_refused(emotion("predict " + weights() + " " + (directory / "empty.jpg").string()), {"empty.jpg"});
  check_refused(emotion("predict " + weights() + " " + (directory / "missing.png").string()), {"missing.png"});
  check_refused(emotion("predict " + weights() + " --crop 40,40,2000,2000 " + face), {"2000x2000"});
  CHECK(emotion("predict " + weights() + " " + face + " " + (directory / "words.png").string()).out.empty());
}
