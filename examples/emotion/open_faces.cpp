/// open_faces: the data set that a word on the command line means.
#include "emotion/open_faces.hpp"

#include "emotion/network.hpp"
#include "taut/image.hpp"

namespace emotion {

taut::DataSource open_faces(const std::string& data, double val_fraction, std::uint64_t seed, const taut::PictureList& excluded) {
  constexpr taut::Shape face = EmotionNet::input_shape;
  return taut::open_data(data, val_fraction, seed, face.d1, face.d2, excluded);
}

taut::PictureList excluded_pictures(const std::string& file) {
  return file.empty() ? taut::PictureList{} : taut::PictureList::read(file);
}

}  // namespace emotion
