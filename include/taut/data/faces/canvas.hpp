/// Canvas: gray pixels, drawn on in a face's own coordinates: x to the right, y down, the head about one unit high above and below 0.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/faces/shapes.hpp"

namespace taut::faces {

/// Where the face stands in the picture.
struct Pose {
  float scale = 21;                ///< pixels a unit
  float angle = 0;                 ///< radians
  float shift_x = 0, shift_y = 0;  ///< pixels
  float stretch = 1;               ///< width over height
  float turn_x = 0, turn_y = 0;    ///< perspective: how much nearer the right and the lower side are
};

/// A gray that changes linearly, and darkens with the squared distance from the face's middle.
struct Paint {
  float gray;
  float by_x = 0, by_y = 0, falloff = 0;

  float at(Point point) const { return gray + by_x * point.x + by_y * point.y - falloff * (point.x * point.x + point.y * point.y); }
};

class Canvas {
 public:
  static constexpr index_t side = 48;

  /// Takes up another picture, all of it still to be painted.
  void begin(const Pose& pose) {
    pose_ = pose;
    turn_ = {std::cos(pose.angle), std::sin(pose.angle)};
    pixel_ = 1 / pose.scale;
    for (index_t row = 0; row < side; ++row) {
      for (index_t column = 0; column < side; ++column) points_[row * side + column] = face_point(column, row);
    }
  }

  void fill_all(const Paint& paint) {
    for (index_t i = 0; i < grays_.size(); ++i) grays_[i] = paint.at(points_[i]);
  }

  template <class Shape> void fill(const Shape& shape, const Paint& paint, float opacity = 1) {
    const Point turn{std::cos(shape.angle), std::sin(shape.angle)};
    blend(shape.box(), paint, opacity, [&](Point at) { return shape.coverage(at, turn, pixel_); });
  }

  template <class Inner, class Outer> void fill(const Within<Inner, Outer>& shape, const Paint& paint, float opacity = 1) {
    const Point inner{std::cos(shape.inner.angle), std::sin(shape.inner.angle)};
    const Point outer{std::cos(shape.outer.angle), std::sin(shape.outer.angle)};
    blend(shape.box(), paint, opacity,
          [&](Point at) { return shape.inner.coverage(at, inner, pixel_) * shape.outer.coverage(at, outer, pixel_); });
  }

  /// Light from one side of the picture: a factor that changes linearly, by `by_x` and `by_y` from the middle to a border.
  void light(float by_x, float by_y) {
    constexpr float middle = side / 2.0F;
    for (index_t row = 0; row < side; ++row) {
      const float from_row = 1 + by_y * (static_cast<float>(row) + 0.5F - middle) / middle;
      for (index_t column = 0; column < side; ++column) {
        grays_[row * side + column] *= from_row + by_x * (static_cast<float>(column) + 0.5F - middle) / middle;
      }
    }
  }

  /// Out of focus: each pixel moves towards its neighbours' mean, first along rows, then along columns.
  void blur(float amount) {
    const auto pass = [&](index_t step, index_t across) {
      for (index_t line = 0; line < side; ++line) {
        float* const pixels = grays_.data() + line * across;
        float before = pixels[0];
        for (index_t i = 0; i < side; ++i) {
          const float here = pixels[i * step], after = pixels[std::min(i + 1, side - 1) * step];
          pixels[i * step] = here + amount * ((before + after) / 2 - here);
          before = here;
        }
      }
    };
    pass(1, side);
    pass(side, 1);
  }

  /// Bytes of gain · (gray − ½) + ½ + offset, with noise of that standard deviation: the sum of four uniform bytes is nearly normal.
  void finish(float gain, float offset, float noise, Random& random, std::span<std::uint8_t, side * side> out  // (height, width)
  ) const {
    constexpr float deviation_of_sum = 147.8F;  // √(4 · (256² − 1) / 12)
    const float scale = noise / deviation_of_sum;
    for (index_t i = 0; i < grays_.size(); ++i) {
      const std::uint32_t word = random();
      const auto sum = static_cast<float>((word & 0xFF) + (word >> 8 & 0xFF) + (word >> 16 & 0xFF) + (word >> 24));
      const float gray = gain * (grays_[i] - 0.5F) + 0.5F + offset + scale * (sum - 510.0F);
      out[i] = static_cast<std::uint8_t>(std::clamp(gray, 0.0F, 1.0F) * 255.0F + 0.5F);
    }
  }

 private:
  template <class Coverage> void blend(const Box& box, const Paint& paint, float opacity, const Coverage& coverage) {
    float left = side, top = side, right = 0, bottom = 0;
    for (const Point corner :
         {Point{box.left, box.top}, Point{box.right, box.top}, Point{box.left, box.bottom}, Point{box.right, box.bottom}}) {
      const Point at = picture_point(corner);
      left = std::min(left, at.x);
      right = std::max(right, at.x);
      top = std::min(top, at.y);
      bottom = std::max(bottom, at.y);
    }
    const auto clamp = [](float at) { return static_cast<index_t>(std::clamp(at, 0.0F, static_cast<float>(side))); };
    for (index_t row = clamp(top - 1); row < clamp(bottom + 2); ++row) {
      for (index_t column = clamp(left - 1); column < clamp(right + 2); ++column) {
        const index_t i = row * side + column;
        const float share = opacity * coverage(points_[i]);
        if (share > 0) grays_[i] += share * (paint.at(points_[i]) - grays_[i]);
      }
    }
  }

  /// From the face to the picture: stretch, turn, then the perspective's division.
  Point picture_point(Point point) const {
    const float nearness = 1 / (1 - pose_.turn_x * point.x - pose_.turn_y * point.y);
    const float x = point.x * pose_.stretch * nearness, y = point.y * nearness;
    return {pose_.scale * (turn_.x * x - turn_.y * y) + side / 2.0F + pose_.shift_x,
            pose_.scale * (turn_.y * x + turn_.x * y) + side / 2.0F + pose_.shift_y};
  }

  /// The inverse of picture_point at a pixel's centre.
  Point face_point(index_t column, index_t row) const {
    const float dx = (static_cast<float>(column) + 0.5F - side / 2.0F - pose_.shift_x) / pose_.scale;
    const float dy = (static_cast<float>(row) + 0.5F - side / 2.0F - pose_.shift_y) / pose_.scale;
    const float x = (turn_.x * dx + turn_.y * dy) / pose_.stretch, y = turn_.x * dy - turn_.y * dx;
    const float depth = 1 / (1 + pose_.turn_x * x + pose_.turn_y * y);
    return {x * depth, y * depth};
  }

  Pose pose_;
  Point turn_{1, 0};
  float pixel_ = 1;                          // in the face's units
  std::array<Point, side * side> points_{};  // of the pixels' centres, in the face's coordinates
  std::array<float, side * side> grays_{};
};

}  // namespace taut::faces
