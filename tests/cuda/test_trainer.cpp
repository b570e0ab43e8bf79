// Trainer on Cuda: epochs, an average of the weights, the best epoch's copies, and a run that goes on bit for bit where it was interrupted.
#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "taut/cuda.cuh"
#include "train/small_run.hpp"

using namespace taut;

namespace {

using OnCuda = Model<test::SmallNet, float, Cuda, 20>;

/// Everything that one process of a run has in memory.
struct Run {
  explicit Run(TrainerOptions options)
      : model(seed(1)), optimizer(model, {.lr = 0.01, .weight_decay = 1e-4}), schedule(0.01, {.factor = 0.5, .patience = 1}),
        trainer(model, optimizer, schedule, loss, options) {}

  TrainingResult fit() {
    return trainer.fit(pictures, [this] { return evaluate(model, validation, loss); });
  }
  std::vector<float> weights() const {
    std::vector<float> all(model.parameters().begin(), model.parameters().end());
    all.insert(all.end(), model.buffers().begin(), model.buffers().end());
    return all;
  }

  test::Pictures pictures, validation{33};
  CrossEntropy<3> loss{.class_weights = {1, 0.5, 2}};
  OnCuda model;
  Adam<float> optimizer;
  ReduceLROnPlateau schedule;
  Trainer<OnCuda, Adam<float>, CrossEntropy<3>> trainer;
};

}  // namespace

TEST_CASE("a run on Cuda that was interrupted goes on with the same bits") {
  const TrainerOptions options{.epochs = 3, .max_grad_norm = 1, .ema_decay = 0.9, .catch_interrupt = false};
  Run whole(options), first(options), second(options);
  const TrainingResult expected = whole.fit();
  int batches = 0;
  first.trainer.callbacks().on_batch = [&](const auto&) {
    if (++batches == 6) first.trainer.request_stop();
  };
  CHECK(first.fit().interrupted);
  second.trainer.restore(first.trainer.state());
  const TrainingResult result = second.fit();
  CHECK(result.epochs == expected.epochs);
  CHECK(result.best_accuracy == expected.best_accuracy);
  const std::vector<float> found = second.weights(), wanted = whole.weights();
  REQUIRE(found.size() == wanted.size());
  CHECK(std::memcmp(found.data(), wanted.data(), found.size() * sizeof(float)) == 0);
}
