/// open_faces: the data set that a word on the command line means.
#include "emotion/open_faces.hpp"

#include "taut/image.hpp"

namespace emotion {

taut::DataSource open_faces(const std::string& data, double val_fraction, std::uint64_t seed) {
  return taut::open_data(data, val_fraction, seed);
}

}  // namespace emotion
