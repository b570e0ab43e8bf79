/// SmallRun: a small network and 64 pictures that a trainer can be tried on in a moment.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "taut/core/random.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn/batch_norm2d.hpp"
#include "taut/nn/block.hpp"
#include "taut/nn/conv2d.hpp"
#include "taut/nn/dropout.hpp"
#include "taut/nn/flatten.hpp"
#include "taut/nn/linear.hpp"
#include "taut/nn/max_pool2d.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/relu.hpp"
#include "taut/train/adam.hpp"
#include "taut/train/confusion_matrix.hpp"
#include "taut/train/reduce_lr_on_plateau.hpp"
#include "taut/train/trainer.hpp"

namespace taut::test {

using SmallNet = Sequential<Shape{1, 6, 6}, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<32>, ReLU,
                            Dropout<20>, Linear<3>>;
using SmallModel = Model<SmallNet, float, Reference, 20>;

/// Noise with random labels: nothing can be learnt from it but by heart.
class Pictures {
 public:
  struct Batch {
    const float* images;         // (rows, 6, 6, 1)
    const std::int32_t* labels;  // (rows)
    index_t rows;
  };

  static constexpr index_t count = 64, batch = 20;  // the last batch is smaller

  explicit Pictures(index_t images = count) : images_(images * pixels()), labels_(images), order_(images) {
    Random random(7);
    for (float& value : images_) value = random.normal();
    for (std::int32_t& label : labels_) label = static_cast<std::int32_t>(random.below(3));
  }

  index_t size() const { return labels_.size(); }
  index_t pixels() const { return 36; }
  index_t batches() const { return (size() + batch - 1) / batch; }

  void start(std::uint64_t epoch, index_t first_batch) {
    std::iota(order_.begin(), order_.end(), index_t{0});
    Random(11, epoch).shuffle(std::span{order_});
    next_ = first_batch * batch;
  }

  std::optional<Batch> next() {
    if (next_ >= size()) return std::nullopt;
    const index_t rows = std::min(batch, size() - next_);
    batch_images_.clear();
    batch_labels_.clear();
    for (index_t i = 0; i < rows; ++i) {
      const auto image = images_.begin() + static_cast<std::ptrdiff_t>(order_[next_ + i] * pixels());
      batch_images_.insert(batch_images_.end(), image, image + static_cast<std::ptrdiff_t>(pixels()));
      batch_labels_.push_back(labels_[order_[next_ + i]]);
    }
    next_ += rows;
    return Batch{batch_images_.data(), batch_labels_.data(), rows};
  }

  std::vector<float>& images() { return images_; }  // (size, 6, 6, 1)
  const std::vector<std::int32_t>& labels() const { return labels_; }

 private:
  std::vector<float> images_, batch_images_;
  std::vector<std::int32_t> labels_, batch_labels_;
  std::vector<index_t> order_;
  index_t next_ = 0;
};

struct Validated {
  double loss = 0;
  ConfusionMatrix matrix{3};
};

/// Everything that one process of a run has in memory.
struct SmallRun {
  explicit SmallRun(TrainerOptions options = {}, std::uint64_t seed = 1, index_t patience = 1)
      : model(Seed{seed}), optimizer(model, {.lr = 0.01, .weight_decay = 1e-4}), schedule(0.01, {.factor = 0.5, .patience = patience}),
        trainer(model, optimizer, schedule, loss, std::move(options)) {}

  Validated validate() {
    Validated validated;
    double weight = 0;
    validation.start(0, 0);
    while (const auto batch = validation.next()) {
      const SmallModel::Input images{batch->images, batch->rows};
      const std::span labels(batch->labels, batch->rows);
      const LossSums sums = model.loss(images, labels, loss);
      validated.loss += sums.loss;
      weight += sums.weight;
      const SmallModel::Output logits = model.evaluate(images);
      for (index_t i = 0; i < batch->rows; ++i) {
        const auto predicted = std::max_element(logits.row(i), logits.row(i) + 3) - logits.row(i);
        validated.matrix.add(static_cast<index_t>(labels[i]), static_cast<index_t>(predicted));
      }
    }
    validated.loss /= weight;
    return validated;
  }

  TrainingResult fit() {
    return trainer.fit(pictures, [this] { return validate(); });
  }

  Pictures pictures, validation{33};
  CrossEntropy<3> loss{.class_weights = {1, 0.5, 2}};
  SmallModel model;
  Adam<float> optimizer;
  ReduceLROnPlateau schedule;
  Trainer<SmallModel, Adam<float>, CrossEntropy<3>> trainer;
};

}  // namespace taut::test
