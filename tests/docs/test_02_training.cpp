/// The code of docs/02_training.md.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <vector>

#include "support/temporary_directory.hpp"
#include "taut/io.hpp"
#include "taut/taut.hpp"

namespace {

template <taut::index_t Channels>
using ConvBlock = taut::Block<taut::Conv2d<Channels, 3, taut::Padding{1}>, taut::BatchNorm2d, taut::ReLU, taut::MaxPool2d<2>>;

using SmallNet = taut::Sequential<taut::Shape{1, 48, 48}, taut::MaxPool2d<2>, ConvBlock<8>, taut::Flatten, taut::Linear<7>>;

void train_small_net(const std::filesystem::path& directory, std::ostream& out, taut::index_t epochs, bool resume) {
  const taut::ImageDataset faces = taut::synthetic_faces(280, 1, taut::DataUse::train_faces);
  const taut::ImageDataset validation = taut::synthetic_faces(70, 1, taut::DataUse::validation_faces);

  taut::Model<SmallNet, float, taut::Cpu<>> model{taut::seed(42), taut::Cpu<>{2}};
  taut::Adam adam{model, {.lr = 1e-3, .weight_decay = 1e-4}};
  taut::ReduceLROnPlateau schedule{1e-3, {.factor = 0.2, .patience = 3}};
  taut::CrossEntropy<7> loss;
  std::ranges::copy(taut::inverse_frequency_weights(faces.class_counts()), loss.class_weights.begin());

  taut::Trainer trainer{model, adam, schedule, loss, {.epochs = epochs, .early_stop = taut::EarlyStoppingOptions{}, .out = &out}};
  trainer.callbacks().on_checkpoint = [&](const auto& state) { taut::save_checkpoint(directory / "checkpoint.safetensors", state); };
  if (resume) trainer.restore(taut::load_checkpoint<float>(directory / "checkpoint.safetensors"));

  taut::Loader loader(faces, {.batch = 64, .seed = 42}, {.mean = 0.5F, .std = 0.5F}, taut::Augmentation::flip_and_rotation());
  const taut::TrainingResult result = trainer.fit(loader, [&] { return taut::evaluate(model, validation, {0.5F, 0.5F}, loss); });
  out << result.reason << '\n';
}

}  // namespace

TEST_CASE("docs/02_training.md: a trainer, and going on where it stopped") {
  const taut::test::TemporaryDirectory directory;
  std::ostringstream whole, first, second;
  train_small_net(directory.path(), whole, 3, false);
  train_small_net(directory.path(), first, 2, false);
  train_small_net(directory.path(), second, 3, true);
  CHECK(whole.str().ends_with("all 3 epochs are done\n"));
  const auto last_line = [](const std::string& text) { return text.substr(text.find("Epoch [3/3]")); };
  CHECK(last_line(whole.str()) == last_line(second.str()));
}

TEST_CASE("docs/02_training.md: losses of numbers") {
  taut::Model<taut::Sequential<taut::Shape{3}, taut::Linear<16>, taut::ReLU, taut::Linear<1>>, float, taut::Cpu<>> model{taut::seed(1)};
  taut::RMSprop rmsprop{model, {.lr = 1e-3}};
  taut::Random random(2);
  const auto fill = [&](auto& inputs, auto& outputs) {
    for (taut::index_t i = 0; i < inputs.rows(); ++i) {
      for (taut::index_t c = 0; c < 3; ++c) inputs.row(i)[c] = random.uniform(-1, 1);
      outputs.row(i)[0] = inputs.row(i)[0] * inputs.row(i)[1] + inputs.row(i)[2];
    }
  };
  double first = 0, last = 0;
  for (int step = 0; step < 300; ++step) {
    taut::Batch<float, taut::Shape{3}, 64> x;
    taut::Batch<float, taut::Shape{1}, 64> y;
    fill(x, y);
    const taut::LossSums sums = model.forward_backward(x, y, taut::Huber{.delta = 0.5});
    rmsprop.step(model);
    last = sums.loss / sums.weight;
    if (step == 0) first = last;
  }
  CHECK(last < first / 4);
}

TEST_CASE("docs/02_training.md: layers of another network") {
  using Pair = taut::Sequential<taut::Shape{1, 48, 48}, taut::MaxPool2d<2>, ConvBlock<8>, taut::Flatten, taut::Linear<2>>;
  const taut::test::TemporaryDirectory directory;
  const taut::Model<SmallNet, float, taut::Cpu<>> seven{taut::seed(42)};
  taut::WeightsInfo info;
  info.class_names = taut::emotion_names();
  info.image_height = info.image_width = 48;
  taut::save_weights(directory / "seven.safetensors", seven, info);
  taut::Model<Pair, float, taut::Cpu<>> model{taut::seed(43)};
  std::ostringstream out;
  taut::Batch<float, taut::Shape{1, 48, 48}, 8> images;
  taut::Random random(3);
  for (taut::index_t i = 0; i < 8 * 48 * 48; ++i) images.data()[i] = random.uniform(-1, 1);
  const std::vector<std::int32_t> labels{0, 1, 0, 1, 0, 1, 0, 1};
  const auto train = [&](auto& some_model, auto& optimizer) {
    some_model.forward_backward(images, labels, taut::CrossEntropy<2>{});
    optimizer.step(some_model);
  };

  const taut::MatchedWeights matched = taut::load_matching_weights(directory / "seven.safetensors", model);
  for (const taut::TensorDifference& difference : matched.left) out << to_string(difference) << '\n';

  model.freeze();
  model.unfreeze("6");  // the head alone learns
  taut::Adam head{model, {.lr = 1e-2}};
  train(model, head);

  model.unfreeze();
  taut::Adam all{model, {.lr = 1e-3}, {{.prefix = "6", .lr_factor = 10}}};
  train(model, all);

  CHECK(out.str() == "tensor \"6.weight\": expected 2x1152 but found 7x1152\ntensor \"6.bias\": expected 2 but found 7\n");
  CHECK(model.export_tensors()[0].values != seven.export_tensors()[0].values);
}

TEST_CASE("docs/02_training.md: events for TensorBoard") {
  const taut::test::TemporaryDirectory directory;
  const taut::ImageDataset faces = taut::synthetic_faces(70, 1, taut::DataUse::train_faces);
  taut::Model<SmallNet, float, taut::Cpu<>> model{taut::seed(42)};
  taut::Adam adam{model, {.lr = 1e-3}};
  taut::ConstantRate schedule{1e-3};
  const taut::CrossEntropy<7> loss;
  taut::Trainer trainer{model, adam, schedule, loss, {.epochs = 2}};

  taut::SummaryWriter events(directory / "tensorboard");
  trainer.callbacks().on_epoch_end = [&](const taut::EpochRecord& record, bool) {
    taut::add_epoch(events, record);                 // losses, accuracies, learning rate
    taut::add_tensors(events, model, record.epoch);  // histograms of weights and gradients
  };

  taut::Loader loader(faces, {.batch = 64, .seed = 42}, {.mean = 0.5F, .std = 0.5F});
  trainer.fit(loader, [&] { return taut::evaluate(model, faces, {0.5F, 0.5F}, loss); });
  CHECK(std::filesystem::file_size(events.path()) > 1000);
}

TEST_CASE("docs/02_training.md: a loop of one's own") {
  taut::Model<SmallNet, float, taut::Cpu<>> model{taut::seed(42)};
  taut::Sgd sgd{model, {.lr = 0.05, .momentum = 0.9, .nesterov = true}};
  const taut::ImageDataset faces = taut::synthetic_faces(64, 1, taut::DataUse::train_faces);
  taut::Loader loader(faces, {.batch = 64, .seed = 42}, {.mean = 0.5F, .std = 0.5F});
  double first_loss = 0, last_loss = 0;
  for (std::uint64_t epoch = 0; epoch < 30; ++epoch) {
    loader.start(epoch);
    while (const auto batch = loader.next()) {
      const taut::BatchView<const float, SmallNet::input_shape> images{batch->images, batch->rows};
      const taut::LossSums sums = model.forward_backward(images, {batch->labels, batch->rows}, taut::CrossEntropy<7>{});
      taut::clip_grad_norm(model, 5.0);
      sgd.step(model);
      last_loss = sums.loss / sums.weight;
    }
    if (epoch == 0) first_loss = last_loss;
  }
  CHECK(last_loss < 0.8 * first_loss);
}

TEST_CASE("docs/02_training.md: a session") {
  const taut::Model<SmallNet, float, taut::Cpu<>> model{taut::seed(42)};
  const taut::ImageDataset faces = taut::synthetic_faces(7, 1, taut::DataUse::test_faces);
  taut::Loader loader(faces, {.batch = 7, .seed = 42}, {.mean = 0.5F, .std = 0.5F});
  loader.start(0);
  const auto batch = loader.next();
  REQUIRE(batch.has_value());
  const taut::BatchView<const float, SmallNet::input_shape> images{batch->images, batch->rows};

  const taut::Session<SmallNet, float, taut::Cpu<>, 16> session{model};  // any number of threads may share it …
  decltype(session)::Workspace workspace{taut::Cpu<>{2}};                // … each with a workspace of its own
  const auto logits = session.run(images, workspace);

  CHECK(logits.rows == 7);
  for (taut::index_t i = 0; i < 7 * SmallNet::output_shape.size(); ++i) CHECK(std::isfinite(logits.data[i]));
}
