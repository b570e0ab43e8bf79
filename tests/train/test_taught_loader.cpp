// TaughtLoader: teachers' opinions of the very pictures that the student sees, mixed with the labels.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "support/error_of.hpp"
#include "taut/data/loader.hpp"
#include "taut/data/synthetic_faces.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/train/taught_loader.hpp"

namespace {

using taut::index_t;
using taut::test::error_of;
using Net = taut::Sequential<taut::Shape{1, 48, 48}, taut::AvgPool2d<8>, taut::Flatten, taut::Linear<7>>;
using Teacher = taut::Model<Net, float, taut::Reference, 3>;  // batches that don't divide the loader's

constexpr taut::Normalization normalization{0.5F, 0.25F}, of_teacher{0.4F, 0.3F};
const taut::LoaderOptions batches_of_four{.batch = 4, .seed = 3};
constexpr taut::Augmentation augmentation = taut::Augmentation::flip_and_rotation();

/// One prepared picture's probabilities, by the definition.
std::array<double, 7> probabilities(Teacher& teacher, const float* picture, bool mirrored) {
  taut::Batch<float, Net::input_shape, 3> batch(1);
  for (index_t y = 0; y < 48; ++y) {
    for (index_t x = 0; x < 48; ++x) {
      const float intensity = picture[y * 48 + (mirrored ? 47 - x : x)] * normalization.std + normalization.mean;
      batch.data()[y * 48 + x] = (intensity - of_teacher.mean) / of_teacher.std;
    }
  }
  const auto logits = teacher.evaluate(batch);
  std::array<double, 7> found{};
  double sum = 0;
  for (index_t c = 0; c < 7; ++c) sum += found[c] = std::exp(static_cast<double>(logits.data[c]));
  for (double& each : found) each /= sum;
  return found;
}

/// All numbers of an epoch, or of its rest.
template <class Loader>
std::pair<std::vector<float>, std::vector<float>> epoch_of(Loader& loader, std::uint64_t epoch, index_t first_batch = 0) {
  std::vector<float> images, targets;
  loader.start(epoch, first_batch);
  while (const auto batch = loader.next()) {
    images.insert(images.end(), batch->images, batch->images + batch->rows * loader.pixels());
    targets.insert(targets.end(), batch->labels, batch->labels + batch->rows * 7);
  }
  return {images, targets};
}

taut::Teachers<7> one_teacher(std::uint64_t seed = 1) {
  taut::Teachers<7> teachers;
  teachers.add(std::make_shared<Teacher>(taut::seed(seed)), of_teacher);
  return teachers;
}

}  // namespace

TEST_CASE("targets are the mean of what teachers say of the batch's pictures and their mirror images, and a share of the label") {
  const taut::ImageDataset faces = taut::synthetic_faces(10, 3, taut::DataUse::train_faces);
  taut::Loader pictures(faces, batches_of_four, normalization, augmentation), same(faces, batches_of_four, normalization, augmentation);
  const auto first = std::make_shared<Teacher>(taut::seed(1)), second = std::make_shared<Teacher>(taut::seed(2));
  taut::Teachers<7> teachers;
  teachers.add(first, of_teacher);
  teachers.add(second, of_teacher);
  taut::TaughtLoader taught(pictures, normalization, teachers, {.label_share = 0.25, .distinct_epochs = 5});
  CHECK(taught.batches() == 3);
  CHECK(taught.size() == 10);
  CHECK(taught.pixels() == 48 * 48);
  taught.start(2);
  same.start(2);
  index_t seen = 0;
  while (const auto plain = same.next()) {
    const auto batch = taught.next();
    REQUIRE(batch);
    REQUIRE(batch->rows == plain->rows);
    for (index_t i = 0; i < batch->rows; ++i, ++seen) {
      CAPTURE(seen);
      const float* const picture = plain->images + i * 48 * 48;
      CHECK(std::equal(picture, picture + 48 * 48, batch->images + i * 48 * 48));
      std::array<double, 7> expected{};
      for (Teacher* teacher : {first.get(), second.get()}) {
        for (const bool mirrored : {false, true}) {
          const auto found = probabilities(*teacher, picture, mirrored);
          for (index_t c = 0; c < 7; ++c) expected[c] += 0.75 * found[c] / 4;
        }
      }
      expected[static_cast<index_t>(plain->labels[i])] += 0.25;
      for (index_t c = 0; c < 7; ++c) CHECK(std::abs(static_cast<double>(batch->labels[i * 7 + c]) - expected[c]) < 1e-5);
    }
  }
  CHECK(seen == 10);
  CHECK(!taught.next());
}

TEST_CASE("after the distinct epochs all begins anew, and whatever epoch and batch is begun with has the same bits") {
  const taut::ImageDataset faces = taut::synthetic_faces(10, 3, taut::DataUse::train_faces);
  taut::Loader pictures(faces, batches_of_four, normalization, augmentation), others(faces, batches_of_four, normalization, augmentation);
  taut::TaughtLoader taught(pictures, normalization, one_teacher(), {.label_share = 0.25, .distinct_epochs = 2});
  const auto zeroth = epoch_of(taught, 0), first = epoch_of(taught, 1);
  CHECK(zeroth.first != first.first);
  CHECK(zeroth.second != first.second);
  CHECK(epoch_of(taught, 4) == zeroth);
  CHECK(epoch_of(taught, 7) == first);

  taut::TaughtLoader resumed(others, normalization, one_teacher(), {.label_share = 0.25, .distinct_epochs = 2});
  const auto rest = epoch_of(resumed, 5, 1);
  REQUIRE(rest.second.size() == 6 * 7);
  CHECK(std::equal(rest.second.begin(), rest.second.end(), first.second.begin() + 4 * 7));
  CHECK(epoch_of(resumed, 3) == first);
}

TEST_CASE("teachers are asked once for each distinct epoch") {
  const taut::ImageDataset faces = taut::synthetic_faces(6, 3, taut::DataUse::train_faces);
  taut::Loader pictures(faces, batches_of_four, normalization);
  const auto teacher = std::make_shared<Teacher>(taut::seed(1));
  taut::Teachers<7> teachers;
  teachers.add(teacher, of_teacher);
  taut::TaughtLoader taught(pictures, normalization, std::move(teachers), {.label_share = 0, .distinct_epochs = 1});
  const auto before = epoch_of(taught, 0);
  std::ranges::fill(teacher->parameters(), 0.0F);  // it would say 1/7 of everything
  CHECK(epoch_of(taught, 1) == before);
}

TEST_CASE("without teachers there are labels alone, and no epoch is like another") {
  const taut::ImageDataset faces = taut::synthetic_faces(6, 3, taut::DataUse::train_faces);
  taut::Loader pictures(faces, batches_of_four, normalization, augmentation), same(faces, batches_of_four, normalization, augmentation);
  taut::TaughtLoader taught(pictures, normalization, taut::Teachers<7>{}, {.label_share = 0.25, .distinct_epochs = 1});
  CHECK(epoch_of(taught, 0).first != epoch_of(taught, 1).first);
  taught.start(5);
  same.start(5);
  while (const auto plain = same.next()) {
    const auto batch = taught.next();
    REQUIRE(batch);
    for (index_t i = 0; i < plain->rows; ++i) {
      for (index_t c = 0; c < 7; ++c) CHECK(batch->labels[i * 7 + c] == (static_cast<index_t>(plain->labels[i]) == c ? 1.0F : 0.0F));
    }
  }
}

TEST_CASE("what can't be is refused") {
  const taut::ImageDataset faces = taut::synthetic_faces(3, 3, taut::DataUse::train_faces);
  taut::Loader pictures(faces, batches_of_four, normalization);
  const auto with = [&](taut::TaughtLoaderOptions options) {
    return error_of([&] { const taut::TaughtLoader taught(pictures, normalization, one_teacher(), options); });
  };
  CHECK(with({.label_share = 1.5}) == "expected a share of the labels from 0 to 1 but got 1.5");
  CHECK(with({.distinct_epochs = 0}) == "expected at least one distinct epoch but got 0");
  CHECK(error_of([] { taut::Teachers<7>{}.add_opinions(nullptr, 0, 1, {}, 1, {}); }) == "expected at least one teacher but there is none");
  taut::Teachers<7> teachers = one_teacher();
  CHECK(error_of([&] { teachers.add_opinions(nullptr, 0, 9, {}, 1, {}); }) == "a teacher expects pictures of 2304 pixels but got 9");
  taut::TaughtLoader two(pictures, normalization, taut::Teachers<2>{});
  two.start(0);
  CHECK(error_of([&] { (void)two.next(); }).starts_with("expected labels below 2 but got "));
}
