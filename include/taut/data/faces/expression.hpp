/// Expression: what brows, eyes and mouth do. Seven of them, in the order of emotion_names(), and everything between.
#pragma once

#include <array>
#include <cstdint>

#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"

namespace taut::faces {

/// Lengths in units of the face; up is positive.
struct Expression {
  float brow_inner = 0, brow_outer = 0;  ///< raised
  float brow_arch = 0.05F;
  float frown = 0;           ///< folds between the brows, from 0 to 1
  float upper_lid = 0.105F;  ///< from the middle of the eye
  float lower_lid = 0.075F;
  float squint = 0;           ///< the lower lid bulges upward
  float iris = 0.075F;        ///< radius
  float wrinkled_nose = 0;    ///< from 0 to 1
  float cheek_fold = 0;       ///< from 0 to 1
  float mouth_width = 0.29F;  ///< half of it
  float mouth_corner = 0;     ///< raised
  float mouth_open_up = 0, mouth_open_down = 0;
  float mouth_wave = 0;  ///< one corner up, the other down
  float mouth_lift = 0;  ///< of the whole mouth
  float squareness = 0;  ///< above ½ the mouth opens like a box
  float teeth = 0;       ///< share of the open mouth
  float tongue = 0;      ///< from 0 to 1
  float tear = 0;        ///< from 0 to 1
};

/// From one expression to another, member by member.
inline Expression mix(const Expression& from, const Expression& to, float share) {
  constexpr std::array members{
      &Expression::brow_inner,    &Expression::brow_outer,      &Expression::brow_arch,   &Expression::frown,
      &Expression::upper_lid,     &Expression::lower_lid,       &Expression::squint,      &Expression::iris,
      &Expression::wrinkled_nose, &Expression::cheek_fold,      &Expression::mouth_width, &Expression::mouth_corner,
      &Expression::mouth_open_up, &Expression::mouth_open_down, &Expression::mouth_wave,  &Expression::mouth_lift,
      &Expression::squareness,    &Expression::teeth,           &Expression::tongue,      &Expression::tear};
  Expression mixed;
  for (const auto member : members) mixed.*member = from.*member + share * (to.*member - from.*member);
  return mixed;
}

/// The whole of an emotion. Most have two mouths, shut and open.
inline Expression full_expression(index_t emotion, bool open) {
  Expression face;
  switch (emotion) {
    case 0:  // angry: brows down and together, eyes narrow, lips pressed or teeth bared
      face.brow_inner = -0.17F, face.brow_outer = 0.11F, face.brow_arch = 0.02F, face.frown = 1;
      face.upper_lid = 0.085F, face.lower_lid = 0.05F;
      face.mouth_width = 0.27F, face.mouth_corner = -0.08F;
      if (open) face.mouth_open_up = 0.07F, face.mouth_open_down = 0.10F, face.squareness = 1, face.teeth = 1, face.mouth_corner = -0.03F;
      break;
    case 1:  // disgust: wrinkled nose, squinting eyes, a crooked upper lip, perhaps the tongue
      face.brow_inner = -0.10F, face.brow_outer = -0.03F, face.brow_arch = 0.02F, face.frown = 0.4F;
      face.upper_lid = 0.05F, face.lower_lid = 0.03F, face.squint = 0.03F;
      face.wrinkled_nose = 1, face.cheek_fold = 0.7F;
      face.mouth_width = 0.28F, face.mouth_corner = -0.05F, face.mouth_wave = 0.11F, face.mouth_lift = 0.05F;
      if (open) face.mouth_open_up = 0.06F, face.mouth_open_down = 0.09F, face.tongue = 1;
      break;
    case 2:  // fear: brows up and together, wide eyes, the mouth drawn sideways
      face.brow_inner = 0.19F, face.brow_outer = 0.02F, face.brow_arch = 0.01F, face.frown = 0.5F;
      face.upper_lid = 0.165F, face.lower_lid = 0.10F, face.iris = 0.055F;
      face.mouth_width = 0.32F, face.mouth_corner = -0.10F;
      face.mouth_open_up = open ? 0.06F : 0.03F, face.mouth_open_down = open ? 0.12F : 0.05F, face.squareness = 1,
      face.teeth = open ? 0.4F : 1;
      break;
    case 3:  // happy: corners up, cheeks up
      face.brow_inner = 0.04F, face.brow_outer = 0.03F, face.brow_arch = 0.08F;
      face.upper_lid = 0.085F, face.lower_lid = 0.02F, face.squint = 0.045F, face.cheek_fold = 1;
      face.mouth_width = 0.39F, face.mouth_corner = 0.15F;
      if (open) face.mouth_open_up = 0.02F, face.mouth_open_down = 0.15F, face.teeth = 0.6F;
      break;
    case 5:  // sad: inner brows up, lids heavy, corners down, perhaps a tear
      face.brow_inner = 0.15F, face.brow_outer = -0.12F, face.brow_arch = 0.01F;
      face.upper_lid = 0.055F, face.lower_lid = 0.075F;
      face.mouth_width = 0.25F, face.mouth_corner = -0.13F, face.mouth_lift = 0.03F;
      if (open) face.tear = 1;
      break;
    case 6:  // surprise: brows high and round, wide eyes, a round mouth
      face.brow_inner = 0.17F, face.brow_outer = 0.15F, face.brow_arch = 0.12F;
      face.upper_lid = 0.165F, face.lower_lid = 0.125F, face.iris = 0.065F;
      face.mouth_width = open ? 0.18F : 0.12F, face.mouth_open_up = open ? 0.15F : 0.09F, face.mouth_open_down = open ? 0.20F : 0.10F;
      break;
    default:
      break;  // neutral
  }
  return face;
}

/// An emotion as one person shows it this once: more or less of it, a little off.
inline Expression draw_expression(index_t emotion, Random& random) {
  constexpr index_t neutral = 4;
  const bool open = random.chance(0.5F);
  Expression face = mix(full_expression(neutral, false), full_expression(emotion, open), random.uniform(0.7F, 1.15F));
  const auto vary = [&](float& member, float by) { member += random.uniform(-by, by); };
  vary(face.brow_inner, 0.025F);
  vary(face.brow_outer, 0.025F);
  vary(face.brow_arch, 0.02F);
  vary(face.upper_lid, 0.012F);
  vary(face.lower_lid, 0.01F);
  vary(face.mouth_width, 0.03F);
  vary(face.mouth_corner, 0.018F);
  vary(face.mouth_wave, 0.02F);
  if (random.chance(0.5F)) face.mouth_wave = -face.mouth_wave;
  return face;
}

}  // namespace taut::faces
