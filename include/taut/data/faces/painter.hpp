/// FacePainter: draws one face on a canvas, from the background forward.
#pragma once

#include <algorithm>
#include <cstdint>

#include "taut/core/random.hpp"
#include "taut/data/faces/canvas.hpp"
#include "taut/data/faces/expression.hpp"
#include "taut/data/faces/identity.hpp"
#include "taut/data/faces/shapes.hpp"

namespace taut::faces {

class FacePainter {
 public:
  FacePainter(Canvas& canvas, const Identity& who, const Expression& face, Random& random)
      : canvas_(canvas), who_(who), face_(face), random_(random) {}

  void paint() {
    background();
    body();
    head();
    if (who_.beard) beard();
    nose();
    mouth();
    for (const float side : {-1.0F, 1.0F}) {
      eye(side);
      brow(side);
      folds(side);
    }
    hair();
    if (who_.glasses) glasses();
    if (random_.chance(0.15F)) occlusion();
  }

 private:
  static constexpr float quarter_turn = 1.5707963F;

  float dark(float share) const { return who_.skin * share; }

  void background() {
    canvas_.fill_all({random_.uniform(0.05F, 0.95F), random_.uniform(-0.2F, 0.2F), random_.uniform(-0.2F, 0.2F), 0});
    for (std::uint32_t clutter = random_.below(3); clutter > 0; --clutter) {
      // one draw a statement: compilers are free to evaluate a call's arguments in any order
      const Point centre{random_.uniform(-1.3F, 1.3F), random_.uniform(-1.3F, 1.3F)};
      const Ellipse shape{centre, random_.uniform(0.2F, 0.9F), random_.uniform(0.2F, 0.9F), random_.uniform(0, 3)};
      const Paint paint{random_.uniform(0.05F, 0.95F)};
      canvas_.fill(shape, paint, random_.uniform(0.3F, 0.8F));
    }
  }

  void body() {
    if (who_.hair == Hair::long_parted) canvas_.fill(Ellipse{{0, 0.15F}, who_.head_width + 0.2F, 1.15F}, {who_.hair_gray * 0.85F});
    canvas_.fill(Ellipse{{0, 1.0F}, 0.38F, 0.55F}, {dark(0.75F)});
    canvas_.fill(Ellipse{{0, 1.95F}, 1.25F, 0.75F}, {who_.clothes});
    if (who_.hair == Hair::bun) canvas_.fill(Ellipse{{0, -1.08F}, 0.3F, 0.24F}, {who_.hair_gray});
  }

  void head() {
    if (who_.ears) {
      for (const float side : {-1.0F, 1.0F}) canvas_.fill(Ellipse{{side * who_.head_width, 0.02F}, 0.11F, 0.18F}, {dark(0.85F)});
    }
    head_ = {{0, 0}, who_.head_width, who_.head_height, 0, who_.jaw};
    canvas_.fill(head_, {who_.skin * 1.05F, random_.uniform(-0.12F, 0.12F), random_.uniform(-0.08F, 0.08F), random_.uniform(0.05F, 0.18F)});
  }

  void beard() { canvas_.fill(Within<Ellipse, Ellipse>{{{0, 0.72F}, 0.62F, 0.46F}, head_}, {std::min(who_.hair_gray, dark(0.6F))}, 0.7F); }

  void nose() {
    const float side = random_.chance(0.5F) ? 1.0F : -1.0F;
    const float length = who_.nose_y - who_.eye_y;
    canvas_.fill(Lens{{side * 0.06F, who_.nose_y - length / 2}, length / 2, 0.03F, 0.02F, 0, 0, 0, false, quarter_turn - side * 0.12F},
                 {dark(0.72F)}, 0.6F);
    canvas_.fill(Lens{{0, who_.nose_y + 0.02F}, who_.nose_width, 0.02F, 0.03F, -0.05F}, {dark(0.5F)}, 0.75F);
    for (const float nostril : {-1.0F, 1.0F}) {
      canvas_.fill(Ellipse{{nostril * who_.nose_width * 0.5F, who_.nose_y + 0.01F}, 0.028F, 0.02F}, {dark(0.3F)}, 0.9F);
    }
    for (const float height : {0.06F, 0.13F}) {
      canvas_.fill(Lens{{0, who_.eye_y + height}, 0.11F, 0.016F, 0.016F, 0.03F}, {dark(0.4F)}, 0.85F * face_.wrinkled_nose);
    }
  }

  void mouth() {
    const Point centre{0, who_.mouth_y - face_.mouth_lift + face_.mouth_corner * 0.5F};
    const bool square = face_.squareness > 0.5F;
    const auto lens = [&](float upper, float lower) {
      return Lens{centre, face_.mouth_width, upper, lower, -face_.mouth_corner, 0, face_.mouth_wave, square};
    };
    const float up = face_.mouth_open_up + 0.016F, down = face_.mouth_open_down + 0.016F;
    if (who_.moustache) {
      canvas_.fill(Lens{{0, centre.y - up - 0.09F}, 0.27F, 0.05F, 0.03F, 0.05F}, {std::min(who_.hair_gray, dark(0.5F))}, 0.85F);
    }
    canvas_.fill(lens(up + who_.lip, down + who_.lip * 1.3F), {who_.lip_gray}, 0.9F);
    const Lens opening = lens(up, down);
    canvas_.fill(opening, {dark(0.2F)});
    if (face_.tongue > 0) {
      canvas_.fill(Within<Ellipse, Lens>{{{0, centre.y + down}, face_.mouth_width * 0.55F, down * 1.1F}, opening}, {dark(0.75F)},
                   face_.tongue);
    }
    if (face_.teeth > 0.1F && up + down > 0.05F) {
      const float inner_up = up - 0.02F, inner_down = down - 0.02F;
      canvas_.fill(lens(inner_up, face_.teeth * (inner_up + inner_down) - inner_up), {0.93F}, std::min(1.0F, 1.6F * face_.teeth));
      if (face_.teeth > 0.7F) canvas_.fill(lens(0.008F - (down - up) / 2, 0.008F + (down - up) / 2), {0.35F}, 0.8F);
    }
    canvas_.fill(Lens{{0, centre.y + down + who_.lip + 0.09F}, 0.12F, 0.015F, 0.015F, -0.02F}, {dark(0.7F)}, 0.5F);
  }

  void eye(float side) {
    const Point centre{side * who_.eye_x, who_.eye_y};
    const auto lens = [&](float upper, float lower) { return Lens{centre, who_.eye_width, upper, lower, 0, side * -who_.eye_tilt}; };
    const Lens opening = lens(face_.upper_lid, face_.lower_lid - face_.squint);
    canvas_.fill(lens(face_.upper_lid + 0.06F, face_.lower_lid + 0.05F), {dark(0.7F)}, 0.4F);  // the socket
    canvas_.fill(opening, {std::min(0.96F, 0.55F + 0.5F * who_.skin)});
    const Point iris{centre.x + gaze_.x, centre.y + gaze_.y - (face_.upper_lid - face_.lower_lid + face_.squint) * 0.3F};
    canvas_.fill(Within<Ellipse, Lens>{{iris, face_.iris, face_.iris}, opening}, {who_.iris_gray * 0.8F});
    canvas_.fill(Within<Ellipse, Lens>{{{iris.x + 0.025F, iris.y - 0.03F}, 0.022F, 0.022F}, opening}, {0.95F}, 0.8F);
    canvas_.fill(lens(face_.upper_lid + 0.025F, 0.012F - face_.upper_lid), {dark(0.2F)}, 0.95F);
    canvas_.fill(lens(face_.squint - face_.lower_lid + 0.008F, face_.lower_lid - face_.squint + 0.012F), {dark(0.45F)}, 0.6F);
    if (face_.tear > 0.3F && side == tear_side_) {
      canvas_.fill(Ellipse{{centre.x + side * 0.04F, centre.y + 0.24F}, 0.035F, 0.075F, 0, -0.4F}, {0.97F}, 0.85F);
    }
  }

  void brow(float side) {
    const float raised = (face_.brow_inner + face_.brow_outer) / 2, tilt = (face_.brow_inner - face_.brow_outer) / 2;
    canvas_.fill(Lens{{side * who_.eye_x * 1.04F, who_.eye_y - who_.brow_gap - raised - face_.brow_arch / 2},
                      0.21F,
                      who_.brow_thickness,
                      who_.brow_thickness,
                      face_.brow_arch,
                      side * tilt,
                      0,
                      true},
                 {who_.brow_gray}, 0.95F);
    canvas_.fill(Lens{{side * 0.055F, who_.eye_y - 0.16F}, 0.08F, 0.013F, 0.013F, 0, 0, 0, false, quarter_turn - side * 0.15F},
                 {dark(0.4F)}, 0.7F * std::clamp(face_.frown, 0.0F, 1.0F));
  }

  /// From the nose down past the mouth's corner.
  void folds(float side) {
    canvas_.fill(Lens{{side * (0.25F + face_.mouth_width * 0.45F), who_.nose_y + 0.13F},
                      0.18F,
                      0.014F,
                      0.014F,
                      -0.03F * side,
                      0,
                      0,
                      false,
                      quarter_turn - side * 0.5F},
                 {dark(0.5F)}, 0.7F * std::clamp(face_.cheek_fold, 0.0F, 1.0F));
  }

  void hair() {
    if (who_.hair == Hair::none) return;
    const Ellipse scalp{{0, -0.05F}, who_.head_width + 0.08F, who_.head_height + 0.06F, 0, who_.jaw};
    const bool fringe = who_.hair == Hair::fringe, parted = who_.hair == Hair::parted || who_.hair == Hair::long_parted;
    const Lens above{{0, fringe ? who_.hairline + 0.1F : who_.hairline},
                     who_.head_width + 0.15F,
                     1.2F,
                     0.05F,
                     fringe ? 0.12F : 0.4F,
                     parted ? who_.parting : 0,
                     0,
                     true};
    canvas_.fill(Within<Ellipse, Lens>{scalp, above}, {who_.hair_gray, 0, -0.05F, 0});
    if (who_.hair != Hair::long_parted) return;
    for (const float side : {-1.0F, 1.0F}) {
      canvas_.fill(Ellipse{{side * (who_.head_width + 0.06F), 0.25F}, 0.16F, 0.75F, side * 0.06F}, {who_.hair_gray});
    }
  }

  void glasses() {
    const float radius = who_.glasses_radius;
    for (const float side : {-1.0F, 1.0F}) {
      const Point centre{side * who_.eye_x * 1.03F, who_.eye_y + 0.02F};
      canvas_.fill(Ellipse{centre, radius, radius * 0.9F}, {0.9F}, 0.12F);
      canvas_.fill(Ellipse{centre, radius, radius * 0.9F, 0, 0, 0.022F}, {who_.glasses_gray}, 0.9F);
    }
    canvas_.fill(Lens{{0, who_.eye_y}, 0.11F, 0.03F, 0.02F, 0.03F}, {who_.glasses_gray}, 0.9F);
  }

  /// Something in front of the face: a bar, a hand at the chin or the cheek, a strand of hair.
  void occlusion() {
    const float side = random_.chance(0.5F) ? 1.0F : -1.0F;
    switch (random_.below(3)) {
      case 0: {
        const float thickness = random_.uniform(0.06F, 0.14F);
        const Point centre{random_.uniform(-0.5F, 0.5F), random_.uniform(-0.8F, 0.9F)};
        const float angle = random_.uniform(0, 3.1F);
        canvas_.fill(Lens{centre, 2.5F, thickness, thickness, 0, 0, 0, true, angle}, {random_.uniform(0.05F, 0.95F)});
        break;
      }
      case 1: {
        const Point palm{side * random_.uniform(0.55F, 0.75F), random_.uniform(0.75F, 0.95F)};
        const float gray = dark(0.9F);
        for (int finger = 0; finger < 4; ++finger) {
          const auto spread = static_cast<float>(finger);
          const Point middle{palm.x - side * (0.16F - 0.1F * spread), palm.y - 0.36F + 0.03F * spread * spread};
          const Ellipse shape{middle, 0.055F, 0.26F, -side * (0.15F - 0.08F * spread)};
          canvas_.fill(Ellipse{shape.centre, shape.radius_x + 0.03F, shape.radius_y + 0.03F, shape.angle}, {dark(0.55F)});
          canvas_.fill(shape, {gray});
        }
        canvas_.fill(Ellipse{palm, 0.24F, 0.22F}, {gray});
        break;
      }
      default: {
        const Point middle{side * random_.uniform(0.35F, 0.6F), -0.35F};
        const float angle = quarter_turn + side * random_.uniform(-0.2F, 0.35F);
        canvas_.fill(Lens{middle, 0.6F, 0.07F, 0.07F, 0.1F, 0, 0, false, angle}, {who_.hair_gray});
        break;
      }
    }
  }

  Canvas& canvas_;
  const Identity& who_;
  const Expression& face_;
  Random& random_;
  Ellipse head_{{0, 0}, 1, 1};
  Point gaze_{random_.uniform(-0.035F, 0.035F), random_.uniform(-0.015F, 0.015F)};
  float tear_side_ = random_.chance(0.5F) ? 1.0F : -1.0F;
};

}  // namespace taut::faces
