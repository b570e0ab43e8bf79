/// Compare, Taut's side: a worker that runs training or inference steps of the emotion network when told to, and says how long they took.
/// compare_taut THREADS; then on stdin, a line each: `train BATCH STEPS`, `infer BATCH STEPS`; a line of seconds comes back.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "emotion/network.hpp"
#include "taut/taut.hpp"
#include "taut/train/adam.hpp"

namespace {

using taut::index_t;

constexpr index_t most_rows = 128;
using Model = taut::Model<emotion::EmotionNet, float, taut::Cpu<>, most_rows>;

struct Worker {
  explicit Worker(unsigned threads)
      : model(taut::seed(1), taut::Cpu<>{threads}), adam(model, {.lr = 1e-3, .weight_decay = 1e-4}), labels(most_rows) {
    taut::Random random{1};
    for (index_t i = 0; i < most_rows * emotion::EmotionNet::input_shape.size(); ++i) x.data()[i] = random.uniform(-1, 1);
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(7));
  }

  void train(index_t rows) {
    const taut::LossSums sums = model.forward_backward(batch(rows), std::span(labels).first(rows), taut::CrossEntropy<7>{});
    if (!(sums.loss > 0)) taut::fail("the loss is ", sums.loss);
    adam.step(model);
  }
  void infer(index_t rows) { sink += model.evaluate(batch(rows)).data[0]; }

  taut::BatchView<const float, emotion::EmotionNet::input_shape> batch(index_t rows) { return {x.data(), rows}; }

  Model model;
  taut::Adam<float> adam;
  taut::Batch<float, emotion::EmotionNet::input_shape, most_rows> x;
  std::vector<std::int32_t> labels;
  float sink = 0;  // so that no step is optimised away
};

int serve(unsigned threads) {
  const auto worker = std::make_unique<Worker>(threads);
#if defined(__clang__)
  const std::string compiler = "clang " __clang_version__;
#else
  const std::string compiler = "g++ " __VERSION__;
#endif
  std::cout << "ready {\"compiler\": \"" << compiler << "\", \"float lanes\": " << taut::kernels::cpu::width<float> << "}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string task;
    index_t rows = 0, steps = 0;
    if (!(words >> task >> rows >> steps) || (task != "train" && task != "infer") || rows == 0 || rows > most_rows) {
      taut::fail("expected `train BATCH STEPS` or `infer BATCH STEPS` with a batch up to ", most_rows, ", found '", line, "'");
    }
    const auto start = std::chrono::steady_clock::now();
    for (index_t i = 0; i < steps; ++i) task == "train" ? worker->train(rows) : worker->infer(rows);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::cout << seconds.count() << std::endl;
  }
  return worker->sink == 0.123F ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count != 2) taut::fail("expected one argument, the number of threads, found ", count - 1);
    return serve(static_cast<unsigned>(std::stoul(arguments[1])));
  } catch (const std::exception& error) {
    std::cerr << "compare_taut: " << error.what() << '\n';
    return 1;
  }
}
