// A Trainer on Cuda replays its steps, fed by a DeviceLoader, and ends with the bits of steps that are waited for one by one.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/error_of.hpp"
#include "taut/cuda.cuh"
#include "taut/data/loader.hpp"
#include "taut/train/constant_rate.hpp"
#include "taut/train/step_rate.hpp"

using namespace taut;
using taut::test::error_of;

namespace {

using Small = Sequential<Shape{1, 8, 8}, Conv2d<4, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>,  //
                         Flatten, Linear<8>, ReLU, Dropout<30>, Linear<3>>;
using SmallModel = Model<Small, float, Cuda, 8>;

ImageDataset noisy_pictures() {
  ImageDataset pictures(8, 8, {"a", "b", "c"});
  Random random{7};
  std::vector<std::uint8_t> image(64);
  for (index_t i = 0; i < 45; ++i) {
    for (std::uint8_t& byte : image) byte = static_cast<std::uint8_t>(random.below(256));
    pictures.append(image, static_cast<std::int32_t>(i % 3));
  }
  return pictures;
}

const ImageDataset pictures = noisy_pictures();
LoaderOptions loading() { return {.batch = 8, .seed = 3}; }
const Augmentation augmentation = Augmentation::flip_and_rotation();
const CrossEntropy<3> weighted{.class_weights = {1, 2, 0.5}, .label_smoothing = 0.1};

/// Adam with one more thing to do on the host, as an optimizer of one's own may have.
class OnHost : public Adam<float> {
 public:
  using Adam<float>::Adam;
  template <class M>
  void step(M& model) {
    model.gradients()[0] *= 1;
    Adam<float>::step(model);
  }
};

struct Course {
  std::vector<double> losses;  // of epochs: training and validation
  std::vector<float> state;

  bool operator==(const Course& other) const {
    return losses == other.losses && state.size() == other.state.size() &&
           std::memcmp(state.data(), other.state.data(), state.size() * sizeof(float)) == 0;
  }
};

enum class Path { eager, graph, graph_and_host_loader, watched, interrupted };

Course train(Path path) {
  SmallModel model{seed(5)};
  StepRate schedule(0.01, {.step_size = 1, .gamma = 0.5});
  const TrainerOptions options{.epochs = 3, .ema_decay = 0.9, .catch_interrupt = false};
  Course course;
  const auto run = [&](auto& optimizer, auto& loader) {
    Trainer trainer{model, optimizer, schedule, weighted, options};
    trainer.callbacks().on_epoch_end = [&](const EpochRecord& record, bool) {
      course.losses.insert(course.losses.end(), {record.train_loss, record.train_accuracy, record.validation_loss});
    };
    const auto validate = [&] { return evaluate(model, pictures, {}, CrossEntropy<3>{}); };
    if (path == Path::watched) trainer.callbacks().on_batch = [](const BatchEvent& event) { CHECK(event.loss > 0); };
    if (path == Path::interrupted) {
      trainer.callbacks().on_batch = [&](const BatchEvent& event) {
        if (event.epoch == 2 && event.batch == 3) trainer.request_stop();
      };
      CHECK(trainer.fit(loader, validate).reason == "interrupted in epoch 2, after 3 of 6 batches");
      const TrainingState<float> state = trainer.state();
      SmallModel other{seed(6)};
      std::ranges::copy(other.parameters(), model.parameters().begin());  // all is lost but for the state
      Trainer resumed{model, optimizer, schedule, weighted, options};
      resumed.restore(state);
      resumed.callbacks().on_epoch_end = trainer.callbacks().on_epoch_end;
      CHECK(resumed.fit(loader, validate).epochs == 3);
      return;
    }
    CHECK(trainer.fit(loader, validate).epochs == 3);
  };
  if (path == Path::eager) {
    OnHost optimizer(model, {.lr = 0.01});
    Loader loader(pictures, loading(), {}, augmentation);
    run(optimizer, loader);
  } else {
    Adam optimizer(model, {.lr = 0.01});
    if (path == Path::graph_and_host_loader) {
      Loader loader(pictures, loading(), {}, augmentation);
      run(optimizer, loader);
    } else {
      cuda::DeviceLoader loader(model.device(), pictures, loading(), {}, augmentation);
      run(optimizer, loader);
    }
  }
  course.state.assign(model.parameters().begin(), model.parameters().end());
  course.state.insert(course.state.end(), model.buffers().begin(), model.buffers().end());
  return course;
}

}  // namespace

TEST_CASE("replayed, watched, interrupted or fed from the host: the same bits as step by step") {
  const Course eager = train(Path::eager);
  CHECK(eager.losses.size() == 9);
  CHECK(eager.losses[0] > 0);
  CHECK(train(Path::graph) == eager);
  CHECK(train(Path::graph_and_host_loader) == eager);
  CHECK(train(Path::watched) == eager);
  CHECK(train(Path::interrupted) == eager);
}

TEST_CASE("steps are replayed where they can be, and made one by one where something waits or computes on the host") {
  const auto waits = [](auto make_optimizer, double max_grad_norm) {
    SmallModel model{seed(5)};
    auto optimizer = make_optimizer(model);
    TrainingSteps<SmallModel, decltype(optimizer), CrossEntropy<3>> steps(model, optimizer, weighted, max_grad_norm);
    steps.begin({});
    const std::vector<float> samples(8 * 64, 0.5F);
    const std::vector<std::int32_t> labels{0, 1, 2, 0, 1, 2, 0, 1};
    for (int i = 0; i < 2; ++i) steps.step(SmallModel::Input{samples.data(), 8}, std::span<const std::int32_t>(labels));
    CHECK(steps.record().steps == 2);
    CHECK(model.forward_passes() == 2);
    return steps.records_each_step();
  };
  CHECK_FALSE(waits([](auto& model) { return Adam(model, {.lr = 0.01}); }, 0));
  CHECK(waits([](auto& model) { return Adam(model, {.lr = 0.01}); }, 1));
  CHECK(waits([](auto& model) { return OnHost(model, {.lr = 0.01}); }, 0));
}

TEST_CASE("a loss that isn't finite is found, with its step") {
  SmallModel model{seed(5)};
  ConstantRate schedule(1e30);
  Sgd optimizer(model, {.lr = 1e30});
  const auto sentence = [&](double max_grad_norm) {
    Trainer trainer{model, optimizer, schedule, CrossEntropy<3>{},
                    TrainerOptions{.epochs = 1, .max_grad_norm = max_grad_norm, .catch_interrupt = false}};
    cuda::DeviceLoader loader(model.device(), pictures, loading(), {}, augmentation);
    return error_of([&] { trainer.fit(loader, [&] { return evaluate(model, pictures, {}, CrossEntropy<3>{}); }); });
  };
  const std::string found = sentence(0);
  CHECK(found.starts_with("the training loss is "));
  CHECK(found.find(" in epoch 1, step 2 of 6: found after step 6, when weights had followed it") != std::string::npos);
  CHECK(sentence(1).find(" in epoch 1, step 1 of 6: the first output that isn't finite is that of layer") != std::string::npos);
}
