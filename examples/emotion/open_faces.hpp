/// open_faces: the data set that a word on the command line means. Declared here and compiled once, for the pictures' decoders are large.
#pragma once

#include <cstdint>
#include <string>

#include "taut/data/data_source.hpp"
#include "taut/data/picture_list.hpp"

namespace emotion {

/// As taut::open_data, for the network's pictures.
taut::DataSource open_faces(const std::string& data, double val_fraction, std::uint64_t seed, const taut::PictureList& excluded);

/// The list in a file; an empty one where no file is named.
taut::PictureList excluded_pictures(const std::string& file);

}  // namespace emotion
