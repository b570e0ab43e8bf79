/// 08_transfer: features that one network has learnt, under another network's head.
///
/// A network learns to tell seven drawn emotions apart. A second one, which has to say "happy" or "not", takes over the layers it shares,
/// by name, and learns its two classes from 60 faces alone: first the head on frozen features, then everything, the features at a slow
/// rate. A third one shows what 60 faces are worth without that. It takes a few seconds. What it prints stands at the end; the
/// shares may be a few percent others, for another instruction set rounds otherwise, and training makes that larger.
#include <taut/io.hpp>
#include <taut/taut.hpp>

#include <filesystem>
#include <iostream>
#include <string>

using taut::index_t;

template <index_t Channels>
using ConvBlock = taut::Block<taut::Conv2d<Channels, 3, taut::Padding{1}>, taut::BatchNorm2d, taut::ReLU, taut::MaxPool2d<2>>;
using Features = taut::Block<taut::MaxPool2d<2>, ConvBlock<8>, ConvBlock<16>, ConvBlock<32>, taut::Flatten>;

template <index_t Classes>
using Net = taut::Sequential<taut::Shape{1, 48, 48}, Features, taut::Linear<Classes>>;
template <index_t Classes>
using Model = taut::Model<Net<Classes>, float, taut::Cpu<>>;

constexpr taut::Normalization normalization{.mean = 0.5F, .std = 0.5F};

// As many happy faces as others.
taut::ImageDataset happy_or_not(index_t count, taut::DataUse split) {
  const taut::ImageDataset faces = taut::synthetic_faces(7 * count, 2, split);
  taut::ImageDataset chosen(faces.height(), faces.width(), {"not", "happy"});
  for (index_t i = 0; i < faces.size() && chosen.size() < count; ++i) {
    const bool happy = faces.label(i) == 3, wanted = happy || faces.label(i) == static_cast<std::int32_t>(i / 7 % 7);
    if (wanted) chosen.append(faces.image(i), happy ? 1 : 0);
  }
  return chosen;
}

// Trains for some epochs and returns the accuracy on `test` afterwards.
template <class M, class Optimizer, class Loss>
double train(M& model, Optimizer& optimizer, const Loss& loss, const taut::ImageDataset& faces, const taut::ImageDataset& test,
             index_t epochs) {
  taut::ConstantRate rate{optimizer.lr()};
  taut::Trainer trainer{model, optimizer, rate, loss, {.epochs = epochs}};
  taut::Loader loader(faces, {.batch = 20, .seed = 1}, normalization, taut::Augmentation::flip_and_rotation());
  trainer.fit(loader, [&] { return taut::evaluate(model, faces, normalization, loss); });
  return taut::evaluate(model, test, normalization, loss).matrix.accuracy();
}

std::string percent(double accuracy) { return taut::percent_text(accuracy, 0); }

int main() {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "taut_08_transfer.safetensors";
  {
    Model<7> model{taut::seed(42), taut::Cpu<>{1}};
    taut::Adam adam{model, {.lr = 3e-3}};
    const taut::ImageDataset faces = taut::synthetic_faces(2100, 1, taut::DataUse::train_faces);
    const taut::ImageDataset test = taut::synthetic_faces(350, 1, taut::DataUse::test_faces);
    std::cout << "seven emotions: " << percent(train(model, adam, taut::CrossEntropy<7>{}, faces, test, 10)) << " of " << test.size()
              << " faces right\n\n";
    taut::WeightsInfo info;
    info.class_names = taut::emotion_names();
    info.image_height = info.image_width = 48;
    taut::save_weights(file, model, info);
  }

  const taut::ImageDataset faces = happy_or_not(60, taut::DataUse::train_faces), test = happy_or_not(300, taut::DataUse::test_faces);
  const taut::CrossEntropy<2> loss;

  // What has the same name and shape is taken; the rest, told, stays as it was initialised.
  Model<2> model{taut::seed(43), taut::Cpu<>{1}};
  const taut::MatchedWeights matched = taut::load_matching_weights(file, model);
  std::filesystem::remove(file);
  std::cout << matched.taken.size() << " tensors taken; left:\n";
  for (const taut::TensorDifference& difference : matched.left) std::cout << "  " << to_string(difference) << "\n";

  // Only the head learns. A frozen batch norm keeps the statistics that it has from the seven emotions.
  const std::string head = std::to_string(Net<2>::depth - 1);
  model.freeze();
  model.unfreeze(head);
  taut::Adam head_adam{model, {.lr = 1e-2}};
  std::cout << "\nhappy or not, from " << faces.size() << " faces\n  a new head on frozen features: "
            << percent(train(model, head_adam, loss, faces, test, 10)) << "\n";

  // Then everything, but what has learnt already only a tenth as fast as the head.
  model.unfreeze();
  taut::Adam adam{model, {.lr = 1e-3}, {{.prefix = head, .lr_factor = 10}}};
  std::cout << "  … then all layers, the features slowly: " << percent(train(model, adam, loss, faces, test, 10)) << "\n";

  Model<2> alone{taut::seed(43), taut::Cpu<>{1}};
  taut::Adam alone_adam{alone, {.lr = 3e-3}};
  std::cout << "  from nothing: " << percent(train(alone, alone_adam, loss, faces, test, 20)) << "\n";
}

/* Prints, but for the shares:
seven emotions: 66% of 350 faces right

18 tensors taken; left:
  tensor "14.weight": expected 2x288 but found 7x288
  tensor "14.bias": expected 2 but found 7

happy or not, from 60 faces
  a new head on frozen features: 79%
  … then all layers, the features slowly: 78%
  from nothing: 71%
*/
