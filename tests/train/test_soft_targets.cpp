/// SoftTargets: teachers' probabilities of pictures and their mirror images, mixed with the labels.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "taut/data/synthetic_faces.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/train/soft_targets.hpp"

namespace {

using taut::index_t;
using Net = taut::Sequential<taut::Shape{1, 48, 48}, taut::AvgPool2d<8>, taut::Flatten, taut::Linear<7>>;
using Teacher = taut::Model<Net, float, taut::Reference, 4>;  // batches that don't divide the pictures

constexpr taut::Normalization normalization{0.5F, 0.25F};

/// One picture's probabilities, by the definition.
std::array<double, 7> probabilities(Teacher& teacher, std::span<const std::uint8_t> picture, bool mirrored) {
  taut::Batch<float, Net::input_shape, 4> batch(1);
  for (index_t y = 0; y < 48; ++y) {
    for (index_t x = 0; x < 48; ++x) {
      const float value = static_cast<float>(picture[y * 48 + (mirrored ? 47 - x : x)]) / 255;
      batch.data()[y * 48 + x] = (value - normalization.mean) / normalization.std;
    }
  }
  const auto logits = teacher.evaluate(batch);
  std::array<double, 7> found{};
  double sum = 0;
  for (index_t c = 0; c < 7; ++c) sum += found[c] = std::exp(static_cast<double>(logits.data[c]));
  for (double& each : found) each /= sum;
  return found;
}

}  // namespace

TEST_CASE("targets are the mean of teachers, pictures and mirror images, and a share of the label") {
  const taut::ImageDataset faces = taut::synthetic_faces(10, 3, taut::DataUse::train_faces);
  Teacher first{taut::seed(1)}, second{taut::seed(2)};
  taut::SoftTargets<7> targets(faces);
  targets.add_teacher(first, faces, normalization);
  targets.add_teacher(second, faces, normalization);
  const auto mixed = targets.mixed_with_labels(faces, 0.25);
  REQUIRE(mixed.size() == 10);
  for (index_t i = 0; i < mixed.size(); ++i) {
    CAPTURE(i);
    std::array<double, 7> expected{};
    for (Teacher* teacher : {&first, &second}) {
      for (const bool mirrored : {false, true}) {
        const auto found = probabilities(*teacher, faces.image(i), mirrored);
        for (index_t c = 0; c < 7; ++c) expected[c] += 0.75 * found[c] / 4;
      }
    }
    expected[static_cast<index_t>(faces.label(i))] += 0.25;
    for (index_t c = 0; c < 7; ++c) CHECK(std::abs(static_cast<double>(mixed[i][c]) - expected[c]) < 1e-6);
  }
}

TEST_CASE("without teachers there are labels alone, and what can't be is refused") {
  const taut::ImageDataset faces = taut::synthetic_faces(3, 3, taut::DataUse::train_faces);
  const taut::SoftTargets<7> targets(faces);
  for (index_t i = 0; i < 3; ++i) {
    const auto row = targets.mixed_with_labels(faces, 1)[i];
    for (index_t c = 0; c < 7; ++c) CHECK(row[c] == (static_cast<index_t>(faces.label(i)) == c ? 1.0F : 0.0F));
  }
  CHECK_THROWS_WITH_AS((void)targets.mixed_with_labels(faces, 0.5), "soft targets: expected at least one teacher but there is none", taut::Error);
  CHECK_THROWS_AS((void)targets.mixed_with_labels(faces, 1.5), taut::Error);
  CHECK_THROWS_WITH_AS(taut::SoftTargets<3>{faces}, "soft targets: expected 3 classes but the data has 7", taut::Error);
}
