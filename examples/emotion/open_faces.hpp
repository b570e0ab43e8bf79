/// open_faces: the data set that a word on the command line means. Declared here and compiled once, for the pictures' decoders are large.
#pragma once

#include <cstdint>
#include <string>

#include "taut/data/data_source.hpp"

namespace emotion {

/// As taut::open_data, for the network's pictures. `exclude` is the file of a PictureList, or empty.
taut::DataSource open_faces(const std::string& data, double val_fraction, std::uint64_t seed, const std::string& exclude);

}  // namespace emotion
