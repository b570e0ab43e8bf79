/// Identity: whose face it is, and how one picture of it was taken.
#pragma once

#include "taut/core/random.hpp"
#include "taut/data/faces/canvas.hpp"

namespace taut::faces {

enum class Hair { none, short_cut, fringe, parted, long_parted, bun };

/// What stays the same from one expression to the next. Lengths in units of the face, grays from 0 to 1.
struct Identity {
  float skin, hair_gray, brow_gray, lip_gray, iris_gray, clothes;
  float head_width, head_height, jaw;
  float eye_x, eye_y, eye_width, eye_tilt;
  float brow_gap, brow_thickness;
  float nose_y, nose_width;
  float mouth_y, lip;
  float hairline, parting;
  Hair hair;
  bool ears, beard, moustache, glasses;
  float glasses_gray, glasses_radius;
};

inline Identity draw_identity(Random& random) {
  Identity who{};
  who.skin = random.uniform(0.46F, 0.88F);
  who.hair_gray = random.chance(0.75F) ? random.uniform(0.04F, 0.35F) : random.uniform(0.5F, 0.95F);
  who.brow_gray = who.skin * random.uniform(0.15F, 0.45F);
  who.lip_gray = who.skin * random.uniform(0.6F, 0.85F);
  who.iris_gray = random.uniform(0.05F, 0.35F);
  who.clothes = random.uniform(0.05F, 0.95F);
  who.head_width = random.uniform(0.70F, 0.82F);
  who.head_height = random.uniform(0.94F, 1.06F);
  who.jaw = random.uniform(0.04F, 0.2F);
  who.eye_x = random.uniform(0.30F, 0.36F);
  who.eye_y = random.uniform(-0.14F, -0.06F);
  who.eye_width = random.uniform(0.15F, 0.19F);
  who.eye_tilt = random.uniform(-0.02F, 0.02F);
  who.brow_gap = random.uniform(0.20F, 0.25F);
  who.brow_thickness = random.uniform(0.025F, 0.05F);
  who.nose_y = random.uniform(0.18F, 0.26F);
  who.nose_width = random.uniform(0.09F, 0.14F);
  who.mouth_y = random.uniform(0.47F, 0.55F);
  who.lip = random.uniform(0.02F, 0.05F);
  who.hairline = random.uniform(-0.72F, -0.58F);
  who.parting = random.uniform(-0.35F, 0.35F);
  who.hair = static_cast<Hair>(random.below(6));
  who.ears = random.chance(0.8F);
  who.beard = random.chance(0.08F);
  who.moustache = random.chance(0.08F);
  who.glasses = random.chance(0.18F);
  who.glasses_gray = random.chance(0.8F) ? random.uniform(0.02F, 0.2F) : random.uniform(0.75F, 0.95F);
  who.glasses_radius = random.uniform(0.21F, 0.26F);
  return who;
}

inline Pose draw_pose(Random& random) {
  Pose pose;
  pose.scale = random.uniform(19.0F, 23.5F);
  pose.angle = random.uniform(-0.24F, 0.24F);
  pose.shift_x = random.uniform(-3.5F, 3.5F);
  pose.shift_y = random.uniform(-3.5F, 3.5F);
  pose.stretch = random.uniform(0.9F, 1.08F);
  pose.turn_x = random.uniform(-0.16F, 0.16F);
  pose.turn_y = random.uniform(-0.12F, 0.12F);
  return pose;
}

}  // namespace taut::faces
