/// Recipe: how to train, by name.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "emotion/train.hpp"
#include "taut/data/augmentation.hpp"
#include "taut/data/normalization.hpp"
#include "taut/train/cosine_rate.hpp"
#include "taut/train/reduce_lr_on_plateau.hpp"
#include "taut/train/schedule.hpp"

namespace emotion {

/// What isn't asked for on the command line.
struct Recipe {
  taut::index_t epochs = 75, batch = 64;
  double lr = 1e-3;
  bool soft = false;  ///< SGD with Nesterov's momentum towards probabilities, instead of Adam towards labels whose rare classes weigh more
  double weight_decay = 0;
  double label_smoothing = 0, ema_decay = 0;
  double label_share = 1;             ///< of the targets, where there are teachers: the rest is theirs
  taut::index_t distinct_epochs = 1;  ///< where there are teachers: afterwards they have seen everything
  bool cosine = false;  ///< half a cosine down to 0 instead of a step wherever the validation loss stays as it is
  taut::ReduceLROnPlateauOptions plateau{};
  taut::Normalization normalization{};
  taut::Augmentation augmentation{};

  std::unique_ptr<taut::Schedule> schedule() const {
    if (!cosine) return std::make_unique<taut::ReduceLROnPlateau>(lr, plateau);
    const auto all = static_cast<double>(epochs);
    return std::make_unique<taut::CosineRate>(lr, taut::CosineRateOptions{.epochs = all, .warmup_epochs = std::min(3.0, all / 4)});
  }
};

inline std::vector<std::string> recipe_names() { return {"seed", "best"}; }

/// "seed" is what the original project did: (x/255 − 0.5)/0.5, horizontal flips, ±15° of rotation, Adam with a coupled weight decay, a
/// fifth of the learning rate after more than three epochs without a lower validation loss.
/// "best" is what gave the most on FER2013's PublicTest: docs/emotion_weights.md has every run that was made.
inline Recipe recipe_named(const std::string& name) {
  if (name == "seed") {
    return {.weight_decay = 1e-4, .plateau = {.factor = 0.2, .patience = 3}, .normalization = {0.5F, 0.5F},
            .augmentation = taut::Augmentation::flip_and_rotation()};
  }
  if (name != "best") taut::fail("recipe ", name, ": expected seed or best");
  return {.epochs = 90, .lr = 0.05, .soft = true, .weight_decay = 5e-4, .label_smoothing = 0.1, .ema_decay = 0.9995,
          .label_share = 0.2, .distinct_epochs = 30, .cosine = true, .normalization = {0.5F, 0.25F},
          .augmentation = {.horizontal_flip = 0.5F, .rotation = 15, .shift = 0.1F, .scale_low = 0.85F, .scale_high = 1.15F,
                           .brightness = 0.2F, .contrast = 0.2F, .erasing = 0.25F, .interpolation = taut::Interpolation::bilinear}};
}

/// The recipe that the command line names, with what it says otherwise.
inline Recipe recipe_of(const TrainOptions& options) {
  Recipe recipe = recipe_named(options.recipe);
  recipe.epochs = options.epochs.value_or(recipe.epochs);
  recipe.batch = options.batch.value_or(recipe.batch);
  recipe.lr = options.lr.value_or(recipe.lr);
  return recipe;
}

}  // namespace emotion
