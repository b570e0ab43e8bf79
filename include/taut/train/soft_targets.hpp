/// soft_targets: what teachers think of a data set's pictures, as targets for a student.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/data/dataset.hpp"
#include "taut/train/for_each_batch.hpp"

namespace taut {

/// Class probabilities, one row a picture of a data set, for SoftCrossEntropy: distillation (Hinton et al., 2015), at temperature 1.
template <index_t Classes>
class SoftTargets {
 public:
  using Probabilities = std::array<float, Classes>;

  explicit SoftTargets(const ImageDataset& data) : rows_(data.size()) {
    if (data.class_names().size() != Classes) {
      fail("soft targets: expected ", Classes, " classes but the data has ", data.class_names().size());
    }
    for (Probabilities& row : rows_) row.fill(0);
  }

  /// Adds what a teacher says of every picture and of its mirror image.
  template <class Model>
  void add_teacher(Model& teacher, const ImageDataset& data, Normalization normalization) {
    static_assert(Model::Network::output_shape == Shape{Classes}, "a teacher's classes are the student's");
    using Net = typename Model::Network;
    std::vector<float> mirrored(Model::max_batch * Net::input_shape.size()), probabilities(Model::max_batch * Classes);
    for_each_batch<Model>(data, normalization, [&](const typename Model::Input& images, std::span<const std::int32_t>, index_t first) {
      mirror(images, mirrored);
      for (const typename Model::Input& seen : {images, typename Model::Input{mirrored.data(), images.rows}}) {
        teacher.softmax(teacher.evaluate(seen), probabilities.data());
        for (index_t i = 0; i < images.rows; ++i) {
          for (index_t c = 0; c < Classes; ++c) rows_[first + i][c] += probabilities[i * Classes + c];
        }
      }
    });
    ++teachers_;
  }

  /// (1 − share)·(the teachers' mean) + share·(the label's class), for each picture. Throws an Error where a share is left for teachers and
  /// there is none.
  std::vector<Probabilities> mixed_with_labels(const ImageDataset& data, double share) const {
    if (!(share >= 0 && share <= 1)) fail("soft targets: expected a share of the labels from 0 to 1 but got ", share);
    if (teachers_ == 0 && share != 1) fail("soft targets: expected at least one teacher but there is none");
    std::vector<Probabilities> mixed = rows_;
    const auto factor = teachers_ == 0 ? 0.0F : static_cast<float>((1 - share) / static_cast<double>(2 * teachers_));
    for (index_t i = 0; i < mixed.size(); ++i) {
      for (float& probability : mixed[i]) probability *= factor;
      mixed[i][static_cast<index_t>(data.label(i))] += static_cast<float>(share);
    }
    return mixed;
  }

 private:
  template <class T, Shape Sample>
  static void mirror(BatchView<T, Sample> images, std::vector<float>& to /* (rows, height, width, 1) */) {
    for (index_t line = 0; line < images.rows * Sample.d1; ++line) {
      std::reverse_copy(images.data + line * Sample.d2, images.data + (line + 1) * Sample.d2,
                        to.begin() + static_cast<std::ptrdiff_t>(line * Sample.d2));
    }
  }

  std::vector<Probabilities> rows_;  // sums over teachers and mirror images
  index_t teachers_ = 0;
};

}  // namespace taut
