/// Recipe: how to train, by name.
#pragma once

#include <string>
#include <vector>

#include "taut/data/augmentation.hpp"
#include "taut/data/normalization.hpp"
#include "taut/train/reduce_lr_on_plateau.hpp"

namespace emotion {

struct Recipe {
  taut::Normalization normalization{};
  taut::Augmentation augmentation{};
  double weight_decay = 0;
  taut::ReduceLROnPlateauOptions plateau{};
};

inline std::vector<std::string> recipe_names() { return {"seed"}; }

/// "seed" is what the original project did: (x/255 − 0.5)/0.5, horizontal flips, ±15° of rotation, Adam with a coupled weight decay, a
/// fifth of the learning rate after more than three epochs without a lower validation loss.
inline Recipe recipe_named(const std::string& name) {
  if (name != "seed") taut::fail("recipe ", name, ": expected seed");
  return {.normalization = {0.5F, 0.5F},
          .augmentation = taut::Augmentation::flip_and_rotation(),
          .weight_decay = 1e-4,
          .plateau = {.factor = 0.2, .patience = 3}};
}

}  // namespace emotion
