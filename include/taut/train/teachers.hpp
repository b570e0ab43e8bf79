/// Teachers: models that say what they think of pictures, for a student to learn.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/normalization.hpp"

namespace taut {

/// Teachers on whatever devices they were made for, each asked about a picture and its mirror image.
template <index_t Classes>
class Teachers {
 public:
  /// `normalization` is what the teacher was trained with.
  template <class Model>
  void add(std::shared_ptr<Model> teacher, Normalization normalization) {
    using Net = typename Model::Network;
    static_assert(Net::output_shape == Shape{Classes}, "a teacher's classes are the student's");
    static_assert(Net::input_shape.rank() == 3 && Net::input_shape.d0 == 1, "teachers look at gray pictures");
    asked_.push_back(
        [teacher = std::move(teacher), normalization, seen = std::vector<float>(Model::max_batch * Net::input_shape.size()),
         found = std::vector<float>(Model::max_batch * Classes)](const Pictures& pictures, float weight, std::span<float> sums) mutable {
          constexpr index_t pixels = Net::input_shape.size(), width = Net::input_shape.d2;
          if (pictures.pixels != pixels) fail("a teacher expects pictures of ", pixels, " pixels but got ", pictures.pixels);
          const float factor = pictures.normalization.std / normalization.std;
          const float offset = (pictures.normalization.mean - normalization.mean) / normalization.std;
          for (index_t first = 0; first < pictures.rows; first += Model::max_batch) {
            const index_t rows = std::min(Model::max_batch, pictures.rows - first);
            for (index_t i = 0; i < rows * pixels; ++i) seen[i] = pictures.data[first * pixels + i] * factor + offset;
            for (const bool mirrored : {false, true}) {
              for (index_t line = 0; mirrored && line < rows * pixels; line += width) std::reverse(&seen[line], &seen[line] + width);
              teacher->softmax(teacher->evaluate(typename Model::Input{seen.data(), rows}), found.data());
              for (index_t i = 0; i < rows * Classes; ++i) sums[first * Classes + i] += weight * found[i];
            }
          }
        });
  }

  bool empty() const { return asked_.empty(); }

  /// Adds `share` of the mean of what all teachers say, at temperature 1 (Hinton et al., 2015), of pictures that lie in the host's memory.
  void add_opinions(const float* pictures,  // (rows, height, width, 1)
                    index_t rows, index_t pixels, Normalization normalization, double share,
                    std::span<float> targets) {  // (rows, classes)
    if (empty()) fail("expected at least one teacher but there is none");
    const auto weight = static_cast<float>(share / static_cast<double>(2 * asked_.size()));
    for (const auto& asked : asked_) asked({pictures, rows, pixels, normalization}, weight, targets);
  }

 private:
  struct Pictures {
    const float* data;  // (rows, height, width, 1)
    index_t rows, pixels;
    Normalization normalization;
  };

  /// Each adds what it says of pictures and of their mirror images, by a weight.
  std::vector<std::function<void(const Pictures&, float, std::span<float>)>> asked_;
};

}  // namespace taut
