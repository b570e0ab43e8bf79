/// ImageDataset: labelled gray pictures of one size. Bytes stay bytes until a batch is made of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

class ImageDataset {
 public:
  ImageDataset() = default;

  /// Empty, for pictures of height × width pixels; label i means class_names[i].
  ImageDataset(index_t height, index_t width, std::vector<std::string> class_names)
      : height_(height), width_(width), class_names_(std::move(class_names)) {
    if (height == 0 || width == 0) fail("a dataset's pictures need at least one pixel, but got ", height, "x", width);
    if (class_names_.empty()) fail("a dataset needs at least one class");
  }

  index_t height() const { return height_; }
  index_t width() const { return width_; }
  index_t pixels() const { return height_ * width_; }  ///< of one picture
  index_t size() const { return labels_.size(); }
  bool empty() const { return labels_.empty(); }
  const std::vector<std::string>& class_names() const { return class_names_; }

  std::span<const std::uint8_t> image(index_t i) const { return {bytes_.data() + i * pixels(), pixels()}; }  ///< (height, width)
  std::int32_t label(index_t i) const { return labels_[i]; }
  std::span<const std::uint8_t> bytes() const { return bytes_; }  ///< (size, height, width)
  std::span<const std::int32_t> labels() const { return labels_; }

  void reserve(index_t images) {
    bytes_.reserve(images * pixels());
    labels_.reserve(images);
  }

  void append(std::span<const std::uint8_t> image, std::int32_t label) {
    if (image.size() != pixels()) {
      fail("picture ", size(), ": expected ", height_, "x", width_, " = ", pixels(), " pixels but got ", image.size());
    }
    if (label < 0 || static_cast<index_t>(label) >= class_names_.size()) {
      fail("picture ", size(), ": expected a label from 0 to ", class_names_.size() - 1, " but got ", label);
    }
    bytes_.insert(bytes_.end(), image.begin(), image.end());
    labels_.push_back(label);
  }

  /// A copy of the pictures at `indices`, in their order.
  ImageDataset subset(std::span<const std::uint32_t> indices) const {
    ImageDataset part(height_, width_, class_names_);
    part.reserve(indices.size());
    for (std::uint32_t i : indices) {
      if (i >= size()) fail("expected an index below ", size(), ", the dataset's size, but got ", i);
      part.append(image(i), label(i));
    }
    return part;
  }

  /// How many pictures each class has.
  std::vector<index_t> class_counts() const {
    std::vector<index_t> counts(class_names_.size());
    for (std::int32_t label : labels_) ++counts[static_cast<index_t>(label)];
    return counts;
  }

 private:
  index_t height_ = 0, width_ = 0;
  std::vector<std::string> class_names_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::int32_t> labels_;
};

/// What a training run reads.
struct DataSplits {
  ImageDataset train, validation, test;
};

/// The emotions in the order of their labels, which is also the order of their names.
inline const std::vector<std::string>& emotion_names() {
  static const std::vector<std::string> names{"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"};
  return names;
}

}  // namespace taut
