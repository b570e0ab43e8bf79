/// PictureChange: what becomes of one picture, in whole numbers alone, so that every device that carries it out ends with the same bits.
#pragma once

#include <cstdint>

namespace taut {

/// Carried out in this order: pixels are fetched from their source, bytes become others, a rectangle is erased.
struct PictureChange {
  /// Where output pixel (x, y) comes from, in 1/65536 of a pixel: (x0 + x·x_by_x + y·x_by_y, y0 + x·y_by_x + y·y_by_y).
  std::int32_t x0 = 0, x_by_x = 65536, x_by_y = 0, y0 = 0, y_by_x = 0, y_by_y = 65536;
  bool flip = false;  ///< the source's columns count from the right
  std::uint32_t erased_top = 0, erased_left = 0, erased_rows = 0, erased_columns = 0;
  std::uint8_t levels[256];  ///< what each byte becomes; no std::array, whose functions kernels can't call
};

}  // namespace taut
