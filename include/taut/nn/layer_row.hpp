/// LayerRow: what a table or a picture of a network says about one layer.
#pragma once

#include <string>

#include "taut/core/shape.hpp"

namespace taut {

struct LayerRow {
  std::string path;           ///< "4", or "3.main.0" inside of a Residual
  std::string name;           ///< "Conv2d<32,3,Padding{1}>"
  std::string output_shape;   ///< "32x48x48": channels, height, width; or "512"
  index_t parameters = 0;
  index_t multiply_adds = 0;  ///< of one sample
  index_t step = 0;           ///< layers with the same number execute as one
};

}  // namespace taut
