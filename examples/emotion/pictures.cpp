/// pictures: faces as PNG files.
#include "emotion/pictures.hpp"

#include <algorithm>

#include "taut/image.hpp"

namespace emotion {

std::string training_pictures(std::span<const float> pictures, const taut::ImageDataset& faces, taut::Normalization normalization) {
  constexpr taut::index_t most = 32;
  return taut::encode_png(taut::make_grid(pictures.first(std::min(pictures.size(), most * faces.pixels())), faces.height(), faces.width(),
                                          normalization));
}

std::vector<taut::ReportMistake> mistake_pictures(const taut::ImageDataset& faces, std::span<const taut::Mistake> mistakes) {
  std::vector<taut::ReportMistake> pictures;
  for (const taut::Mistake& mistake : mistakes) {
    pictures.push_back({taut::encode_png(faces.image(mistake.picture), faces.height(), faces.width()), faces.class_names()[mistake.truth],
                        faces.class_names()[mistake.predicted], mistake.confidence});
  }
  return pictures;
}

}  // namespace emotion
