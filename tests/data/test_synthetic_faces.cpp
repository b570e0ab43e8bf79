/// Tests of the drawn faces: the same for the same seed, different otherwise, and fit to be learnt from.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>

#include <vector>

#include "taut/data/synthetic_faces.hpp"

using namespace taut;

namespace {

std::vector<std::uint8_t> bytes_of(const ImageDataset& dataset) { return {dataset.bytes().begin(), dataset.bytes().end()}; }

}  // namespace

TEST_CASE("drawn faces are 48x48, of seven emotions in turn") {
  const ImageDataset faces = synthetic_faces(70, 1);
  CHECK(faces.size() == 70);
  CHECK(faces.height() == 48);
  CHECK(faces.width() == 48);
  CHECK(faces.class_names() == emotion_names());
  CHECK(faces.class_counts() == std::vector<index_t>(7, 10));
  CHECK(synthetic_faces(0, 1).empty());
}

TEST_CASE("a face depends on seed, split and number alone") {
  const ImageDataset faces = synthetic_faces(40, 5);
  CHECK(bytes_of(faces) == bytes_of(synthetic_faces(40, 5)));
  const ImageDataset fewer = synthetic_faces(9, 5);
  CHECK(std::ranges::equal(fewer.bytes(), faces.bytes().first(fewer.bytes().size())));
  std::array<std::uint8_t, 48 * 48> alone;
  SyntheticFaces(5, DataUse::train_faces).draw(33, alone);
  CHECK(std::ranges::equal(alone, faces.image(33)));
}

TEST_CASE("no two faces are the same, in one split or across splits and seeds") {
  std::set<std::vector<std::uint8_t>> seen;
  index_t drawn = 0;
  const auto collect = [&](const ImageDataset& faces) {
    for (index_t i = 0; i < faces.size(); ++i) seen.emplace(faces.image(i).begin(), faces.image(i).end());
    drawn += faces.size();
  };
  collect(synthetic_faces(100, 5));
  collect(synthetic_faces(100, 6));
  collect(synthetic_faces(100, 5, DataUse::validation_faces));
  collect(synthetic_faces(100, 5, DataUse::test_faces));
  CHECK(seen.size() == drawn);
}

TEST_CASE("every face has contrast, and is neither black nor white") {
  const ImageDataset faces = synthetic_faces(300, 11);
  for (index_t i = 0; i < faces.size(); ++i) {
    const auto image = faces.image(i);
    const double mean = std::accumulate(image.begin(), image.end(), 0.0) / 2304;
    double squares = 0;
    for (std::uint8_t byte : image) squares += (byte - mean) * (byte - mean);
    CAPTURE(i);
    CHECK(mean > 8);
    CHECK(mean < 247);
    CHECK(std::sqrt(squares / 2304) > 8);
  }
}

TEST_CASE("shapes cover their inside, half of their edge, and nothing outside") {
  using namespace taut::faces;
  const Point upright{1, 0};
  const Ellipse circle{{1, 2}, 3, 3};
  CHECK(circle.coverage({1, 2}, upright, 0.1F) == 1);
  CHECK(circle.coverage({4, 2}, upright, 0.1F) == doctest::Approx(0.5));
  CHECK(circle.coverage({1, 5.5F}, upright, 0.1F) == 0);
  const Lens bar{{0, 0}, 2, 0.5F, 0.25F, 0, 0, 0, true};
  CHECK(bar.coverage({0, 0}, upright, 0.1F) == 1);
  CHECK(bar.coverage({0, -0.5F}, upright, 0.1F) == doctest::Approx(0.5));
  CHECK(bar.coverage({0, 0.25F}, upright, 0.1F) == doctest::Approx(0.5));
  CHECK(bar.coverage({0, 0.4F}, upright, 0.1F) == 0);
  CHECK(bar.coverage({2.2F, 0}, upright, 0.1F) == 0);
  const Lens thin{{0, 0}, 2, 0.01F, 0.01F, 0, 0, 0, true};
  CHECK(thin.coverage({0, 0}, upright, 0.1F) == doctest::Approx(0.2));  // 0.02 of a pixel of 0.1
}

TEST_CASE("mixed expressions lie between their ends") {
  const auto neutral = faces::full_expression(4, false), happy = faces::full_expression(3, true);
  CHECK(faces::mix(neutral, happy, 0).mouth_corner == neutral.mouth_corner);
  CHECK(faces::mix(neutral, happy, 1).mouth_corner == doctest::Approx(happy.mouth_corner));
  CHECK(faces::mix(neutral, happy, 0.5F).teeth == doctest::Approx(happy.teeth / 2));
}
