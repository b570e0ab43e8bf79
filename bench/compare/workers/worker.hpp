/// Worker: the protocol of the programs that bench/compare.sh drives, for those in C++ (serve.py has it for those in Python).
/// A worker prints `ready {json}`, then answers each line `TASK ARGUMENT STEPS` with the seconds that so many steps of the task took, or
/// with `cannot: why`. Two tasks answer otherwise: `check` with how far the logits are from the expected ones, `memory` with bytes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace compare {

using Step = std::function<void()>;

/// All numbers of a file that holds nothing else.
template <class T> std::vector<T> read_numbers(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::vector<T> numbers(static_cast<std::size_t>(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(T)));
  return numbers;
}

/// The largest error of `logits`, by the largest of the expected ones, which the folder's logits.f32 holds.
inline double difference(const std::string& folder, const float* logits) {
  double most = 0, scale = 0;
  const std::vector<float> expected = read_numbers<float>(folder + "/logits.f32");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = std::abs(static_cast<double>(logits[i]) - static_cast<double>(expected[i]));
    most = std::isfinite(error) ? std::max(most, error) : INFINITY;
    scale = std::max(scale, static_cast<double>(std::abs(expected[i])));
  }
  return most / scale;
}

/// What a line of /proc/self/status says, in bytes.
inline double process_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return 1024.0 * std::stod(line.substr(field.size() + 1));
  }
  throw std::runtime_error("/proc/self/status has no " + field);
}

/// How far the resident set rises while `work` runs: its peak less what it was.
inline double added_bytes(const Step& work) {
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak starts again from here
  const double before = process_bytes("VmRSS");
  work();
  return process_bytes("VmHWM") - before;
}

/// Answers tasks until stdin ends. `make(task, argument)` prepares a task and returns one step of it, which is then timed; it is asked once
/// for each. `answer(task, argument, steps)` gives the number itself where a task isn't to be timed.
template <class Make, class Answer> void serve(const std::string& about, const Make& make, const Answer& answer) {
  std::cout << "ready " << about << std::endl;
  std::map<std::string, Step> made;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string task, argument;
    long steps = 0;
    if (!(words >> task >> argument >> steps) || steps < 1) {
      throw std::runtime_error("expected `TASK ARGUMENT STEPS`, found '" + line + "'");
    }
    std::optional<double> number = answer(task, argument, steps);
    if (!number) {
      Step& step = made[task + " " + argument];
      if (!step) step = make(task, argument);
      if (!step) throw std::runtime_error("expected a task that this worker has, found '" + line + "'");
      const auto start = std::chrono::steady_clock::now();
      for (long i = 0; i < steps; ++i) step();
      number = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::cout << *number << std::endl;
  }
}

/// The answer of workers that time everything.
inline std::optional<double> nothing_untimed(const std::string&, const std::string&, long) { return std::nullopt; }

/// A worker's main: calls body(threads, folder, more) of `program THREADS FOLDER [MORE]`; an exception's sentence is the last line on
/// stderr.
template <class Body> int run(int count, char** arguments, const Body& body) {
  try {
    if (count < 3) throw std::runtime_error("expected the number of threads and the folder of the network");
    body(static_cast<unsigned>(std::stoul(arguments[1])), std::string(arguments[2]), std::string(count > 3 ? arguments[3] : ""));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << arguments[0] << ": " << error.what() << '\n';
    return 1;
  }
}

}  // namespace compare
