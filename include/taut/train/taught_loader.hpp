/// TaughtLoader: a loader's pictures and, as targets, what teachers think of the very pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/normalization.hpp"
#include "taut/data/sample_loader.hpp"
#include "taut/device/device.hpp"
#include "taut/train/batch_source.hpp"
#include "taut/train/teachers.hpp"

namespace taut {

struct TaughtLoaderOptions {
  double label_share = 0.2;      ///< of the targets, where there are teachers: the rest is theirs
  index_t distinct_epochs = 30;  ///< after as many epochs, order and augmentation begin anew, and no teacher is asked again
};

/// Batches for SoftCrossEntropy: distillation in which teacher and student look at the same augmented picture (Beyer et al., 2022,
/// arXiv 2106.05237). Opinions are kept, 4 bytes a class, picture and distinct epoch. Without teachers the targets are the labels, and no
/// epoch is like another.
///
/// `Source` hands out pictures and their classes: a Loader, or a cuda::DeviceLoader.
template <class Source, index_t Classes>
  requires BatchSource<Source>
class TaughtLoader {
 public:
  /// The loader must outlive this one. `normalization` is that of its pictures.
  TaughtLoader(Source& pictures, Normalization normalization, Teachers<Classes> teachers, TaughtLoaderOptions options = {})
      : pictures_(pictures), normalization_(normalization), teachers_(std::move(teachers)), options_(options) {
    if (!(options.label_share >= 0 && options.label_share <= 1)) {
      fail("expected a share of the labels from 0 to 1 but got ", options.label_share);
    }
    if (options.distinct_epochs == 0) fail("expected at least one distinct epoch but got 0");
    if (!teachers_.empty()) kept_.resize(options.distinct_epochs * pictures.batches());
  }

  index_t batches() const { return pictures_.batches(); }
  index_t size() const { return pictures_.size(); }
  index_t pixels() const { return pictures_.pixels(); }

  /// Begins an epoch at one of its batches.
  void start(std::uint64_t epoch, index_t first_batch = 0) {
    if (!teachers_.empty()) epoch %= options_.distinct_epochs;
    pictures_.start(epoch, first_batch);
    next_ = epoch * batches() + first_batch;
  }

  /// The next batch, valid until the next call; nothing at the end of the epoch.
  std::optional<LoadedBatch<float>> next() {
    const auto batch = pictures_.next();
    if (!batch) return std::nullopt;
    std::vector<float>& targets = teachers_.empty() ? labels_ : kept_[next_++];
    if (targets.empty() || teachers_.empty()) targets = targets_of(*batch, std::move(targets));
    return LoadedBatch<float>{batch->images, targets.data(), batch->rows};
  }

 private:
  /// (1 − share)·(the teachers' mean) + share·(the label's class): (rows, classes), in the memory of an earlier batch's.
  template <class Batch>
  std::vector<float> targets_of(const Batch& batch, std::vector<float> targets) {
    targets.assign(batch.rows * Classes, 0.0F);
    double share = 1;
    if (!teachers_.empty()) {
      synchronize(pictures_);
      share = options_.label_share;
      teachers_.add_opinions(batch.images, batch.rows, pixels(), normalization_, 1 - share, targets);
    }
    for (index_t row = 0; row < batch.rows; ++row) {
      const auto label = static_cast<index_t>(batch.labels[row]);
      if (label >= Classes) fail("expected labels below ", Classes, " but got ", label);
      targets[row * Classes + label] += static_cast<float>(share);
    }
    return targets;
  }

  Source& pictures_;
  Normalization normalization_;
  Teachers<Classes> teachers_;
  TaughtLoaderOptions options_;
  std::vector<std::vector<float>> kept_;  // of each distinct epoch's batches (rows, classes); empty where no teacher was asked yet
  std::vector<float> labels_;             // of the last batch (rows, classes), where there are no teachers
  index_t next_ = 0;
};

}  // namespace taut
