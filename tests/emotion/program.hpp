/// The emotion program, run by a test as a person would.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>

#include "support/temporary_directory.hpp"

namespace taut::test {

namespace fs = std::filesystem;

inline std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Outcome {
  int exit_code = 0;
  std::string out, errors;
};

/// Runs the program with arguments for a shell.
inline Outcome emotion(const std::string& arguments) {
  const TemporaryDirectory streams;
  const std::string command = std::string(TAUT_EMOTION_PROGRAM) + " " + arguments + " >" + (streams / "out").string() + " 2>" +
                              (streams / "errors").string() + " </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(streams / "out"), contents(streams / "errors")};
}

/// One line, on standard error, that holds all of the words; nothing on standard output unless the run had begun.
inline void check_refused(const Outcome& outcome, std::initializer_list<const char*> words) {
  CHECK(outcome.exit_code == 1);
  CHECK(std::count(outcome.errors.begin(), outcome.errors.end(), '\n') == 1);
  for (const char* word : words)
    CHECK_MESSAGE(outcome.errors.find(word) != std::string::npos, outcome.errors << " lacks " << std::string(word));
}

inline std::string train_arguments(const fs::path& out, const std::string& more = "") {
  return "train --data synthetic:140 --epochs 2 --seed 3 --out " + out.string() + " " + more;
}

/// One run that several cases look at.
inline const fs::path& trained_run() {
  static const TemporaryDirectory directory;
  static const fs::path run = [] {
    const fs::path out = directory / "run";
    REQUIRE(emotion(train_arguments(out)).exit_code == 0);
    return out;
  }();
  return run;
}

/// A drawn face.
inline const std::string face = std::string(TAUT_TESTS_FOLDER) + "/../examples/emotion/happy.png";

inline std::string weights() { return "--weights " + (trained_run() / "best.safetensors").string(); }

}  // namespace taut::test
