/// Shapes that a drawn face is made of. Each says how much of a pixel it covers, so that edges come out smooth.
#pragma once

#include <algorithm>
#include <cmath>

namespace taut::faces {

struct Point {
  float x = 0, y = 0;
};

/// What a shape may touch.
struct Box {
  float left, top, right, bottom;
};

/// A pixel's covered share, from 0 to 1, where its centre lies `distance` outside an edge.
inline float coverage_at(float distance, float pixel) { return std::clamp(0.5F - distance / pixel, 0.0F, 1.0F); }

/// A turned ellipse; a taper makes it an egg, a ring keeps its outline alone.
struct Ellipse {
  Point centre;
  float radius_x, radius_y;
  float angle = 0;  ///< radians
  float taper = 0;  ///< how much narrower the lower end is, and wider the upper one
  float ring = 0;   ///< half the outline's thickness; 0: filled

  Box box() const {
    const float reach = std::max(radius_x * (1 + std::abs(taper)), radius_y) + ring;
    if (angle != 0) return {centre.x - reach, centre.y - reach, centre.x + reach, centre.y + reach};
    const float reach_x = radius_x * (1 + std::abs(taper)) + ring, reach_y = radius_y + ring;
    return {centre.x - reach_x, centre.y - reach_y, centre.x + reach_x, centre.y + reach_y};
  }

  /// `turn` is (cos, sin) of the angle: once a shape, not once a pixel.
  float coverage(Point at, Point turn, float pixel) const {
    const float dx = at.x - centre.x, dy = at.y - centre.y;
    const float y = turn.x * dy - turn.y * dx;
    const float x = (turn.x * dx + turn.y * dy) / (1 - taper * y / radius_y);
    const float u = x / radius_x, v = y / radius_y;
    const float inside = std::sqrt(u * u + v * v);
    const float rough = (inside - 1) * std::min(radius_x, radius_y);  // at most the distance outside, at least it inside
    if (std::abs(rough) > pixel + ring) return rough < 0 && ring == 0 ? 1.0F : 0.0F;
    const float steepness = std::sqrt(u * u / (radius_x * radius_x) + v * v / (radius_y * radius_y));
    const float distance = steepness > 1e-6F ? inside * (inside - 1) / steepness : -std::min(radius_x, radius_y);
    return coverage_at(ring > 0 ? std::abs(distance) - ring : distance, pixel);
  }
};

/// What lies between two curves over a common chord: an eye, a brow, a mouth, a fold. Along the chord t runs from -1 to 1; the middle
/// line is tilt·t + bend·t² + wave·t³, and the curves leave it by `upper` and `lower` times 1 − t² (1 − t⁴ where square).
struct Lens {
  Point centre;
  float half_width;
  float upper, lower;
  float bend = 0, tilt = 0, wave = 0;
  bool square = false;
  float angle = 0;  ///< radians

  Box box() const {
    const float rise = std::abs(bend) + std::abs(tilt) + std::abs(wave) + std::max(std::abs(upper), std::abs(lower));
    if (angle != 0) {
      const float reach = half_width + rise;
      return {centre.x - reach, centre.y - reach, centre.x + reach, centre.y + reach};
    }
    return {centre.x - half_width, centre.y - rise, centre.x + half_width, centre.y + rise};
  }

  float coverage(Point at, Point turn, float pixel) const {
    const float dx = at.x - centre.x, dy = at.y - centre.y;
    const float t = (turn.x * dx + turn.y * dy) / half_width;
    const float end = coverage_at((std::abs(t) - 1) * half_width, pixel);
    if (end == 0) return 0;
    const float y = turn.x * dy - turn.y * dx, s = std::clamp(t, -1.0F, 1.0F);
    const float room = square ? 1 - s * s * s * s : 1 - s * s;
    const float middle = s * (tilt + s * (bend + s * wave));
    const float slope = (tilt + s * (2 * bend + 3 * s * wave)) / half_width;
    const float across = pixel * std::sqrt(1 + slope * slope);
    // both edges may cross the same pixel: a thin line covers what lies between them
    const float below_upper = coverage_at(middle - upper * room - y, across), above_lower = coverage_at(y - middle - lower * room, across);
    return end * std::max(0.0F, below_upper + above_lower - 1);
  }
};

/// The part of one shape that lies within another.
template <class Inner, class Outer> struct Within {
  Inner inner;
  Outer outer;

  Box box() const { return inner.box(); }
};

}  // namespace taut::faces
