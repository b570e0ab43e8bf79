/// Same bits: a whole epoch of the emotion network ends with the same weights on any number of threads.
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "../../examples/emotion/network.hpp"
#include "taut/data/loader.hpp"
#include "taut/data/synthetic_faces.hpp"
#include "taut/device/cpu.hpp"
#include "taut/nn/model.hpp"
#include "taut/train/adam.hpp"

namespace {

using namespace taut;

/// Parameters and running statistics after one epoch over `faces`: shuffled, augmented, the last batch smaller than the others.
std::vector<float> after_an_epoch(const ImageDataset& faces, std::uint64_t seed_value, unsigned threads) {
  const auto model = std::make_unique<Model<emotion::EmotionNet, float, Cpu<>, 64>>(seed(seed_value), Cpu<>{threads});
  Adam adam{*model, {.lr = 1e-3, .weight_decay = 1e-4}};
  Loader loader(faces, {.batch = 64, .seed = seed_value}, {.mean = 0.5F, .std = 0.5F}, Augmentation::flip_and_rotation());
  loader.start(1);
  while (const auto batch = loader.next()) {
    model->forward_backward(BatchView<const float, emotion::EmotionNet::input_shape>{batch->images, batch->rows},
                            std::span(batch->labels, batch->rows), CrossEntropy<7>{});
    adam.step(*model);
  }
  std::vector<float> state(model->parameters().begin(), model->parameters().end());
  state.insert(state.end(), model->buffers().begin(), model->buffers().end());
  return state;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("an epoch of the emotion network has the same bits on 1, 2, 3 and 4 threads, and others with another seed") {
  const ImageDataset faces = synthetic_faces(300, 7);
  const std::vector<float> one = after_an_epoch(faces, 42, 1);
  for (const unsigned threads : {2U, 3U, 4U}) {
    CAPTURE(threads);
    CHECK(same_bits(after_an_epoch(faces, 42, threads), one));
  }
  CHECK(!same_bits(after_an_epoch(faces, 43, 1), one));
}
