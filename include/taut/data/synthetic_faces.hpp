/// synthetic_faces: drawn faces that show the seven emotions, as many as are wanted, the same for the same seed.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "taut/core/error.hpp"
#include "taut/core/random.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/faces/canvas.hpp"
#include "taut/data/faces/expression.hpp"
#include "taut/data/faces/identity.hpp"
#include "taut/data/faces/painter.hpp"
#include "taut/data/random_streams.hpp"

namespace taut {

/// Draws face number `number` of a sequence; it depends on nothing else. Its emotion, the label, is number % 7.
class SyntheticFaces {
 public:
  static constexpr index_t side = faces::Canvas::side;

  SyntheticFaces(std::uint64_t seed, DataUse split) : seed_(seed), split_(split) {}

  static constexpr std::int32_t label(index_t number) { return static_cast<std::int32_t>(number % 7); }

  void draw(index_t number, std::span<std::uint8_t, side * side> out  // (height, width)
  ) {
    Random random(data_stream(seed_, split_, 0, number));
    canvas_.begin(faces::draw_pose(random));
    const faces::Identity who = faces::draw_identity(random);
    const faces::Expression face = faces::draw_expression(static_cast<index_t>(label(number)), random);
    faces::FacePainter(canvas_, who, face, random).paint();
    const float light_x = random.uniform(-0.3F, 0.3F), light_y = random.uniform(-0.25F, 0.25F);
    canvas_.light(light_x, light_y);
    canvas_.blur(random.uniform(0, 0.3F));
    const float gain = random.uniform(0.75F, 1.15F), offset = random.uniform(-0.1F, 0.1F), noise = random.uniform(0.005F, 0.03F);
    canvas_.finish(gain, offset, noise, random, out);
  }

 private:
  std::uint64_t seed_;
  DataUse split_;
  faces::Canvas canvas_;
};

/// Each emotion equally often, as far as count allows.
inline ImageDataset synthetic_faces(index_t count, std::uint64_t seed, DataUse split = DataUse::train_faces) {
  constexpr index_t most = 10'000'000;
  if (count > most) fail("expected at most ", most, " synthetic faces but got ", count);
  SyntheticFaces faces(seed, split);
  ImageDataset dataset(faces.side, faces.side, emotion_names());
  dataset.reserve(count);
  std::array<std::uint8_t, SyntheticFaces::side * SyntheticFaces::side> pixels;
  for (index_t number = 0; number < count; ++number) {
    faces.draw(number, pixels);
    dataset.append(pixels, SyntheticFaces::label(number));
  }
  return dataset;
}

}  // namespace taut
