/// open_faces: the data set that a word on the command line means.
#include "emotion/open_faces.hpp"

#include "emotion/network.hpp"
#include "taut/data/picture_list.hpp"
#include "taut/image.hpp"

namespace emotion {

taut::DataSource open_faces(const std::string& data, double val_fraction, std::uint64_t seed, const std::string& exclude) {
  constexpr taut::Shape face = EmotionNet::input_shape;
  return taut::open_data(data, val_fraction, seed, face.d1, face.d2, exclude.empty() ? taut::PictureList{} : taut::PictureList::read(exclude));
}

}  // namespace emotion
