/// near_duplicates: pictures of one set that recur in another, exactly or nearly.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/data/dataset.hpp"

namespace taut {

/// The mean absolute difference of two pictures of one size, once both have the same mean brightness. In units of a byte.
inline double picture_difference(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  const auto mean = [](std::span<const std::uint8_t> bytes) {
    return static_cast<double>(std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0})) / static_cast<double>(bytes.size());
  };
  const double brightness = mean(a) - mean(b);
  double sum = 0;
  for (index_t i = 0; i < a.size(); ++i) sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]) - brightness);
  return sum / static_cast<double>(a.size());
}

namespace detail {

/// Sums over a grid of cells, brightness taken off. Two pictures differ at least as much as their cells do, so that nearly all pairs
/// need no look at their pixels.
class CellSums {
 public:
  static constexpr index_t rows = 4, columns = 8, count = rows * columns;
  using Cells = std::array<float, count>;

  explicit CellSums(const ImageDataset& images) : size_(images.size()), sums_(count * size_) {
    for (index_t i = 0; i < size_; ++i) {
      const Cells cells = of(images.image(i), images.height(), images.width());
      for (index_t c = 0; c < count; ++c) sums_[c * size_ + i] = cells[c];
    }
  }

  static Cells of(std::span<const std::uint8_t> image, index_t height, index_t width) {
    std::array<double, count> sums{}, pixels{};
    double total = 0;
    for (index_t y = 0; y < height; ++y) {
      for (index_t x = 0; x < width; ++x) {
        const index_t cell = y * rows / height * columns + x * columns / width;
        const double value = image[y * width + x];
        sums[cell] += value;
        pixels[cell] += 1;
        total += value;
      }
    }
    Cells cells;
    for (index_t c = 0; c < count; ++c) {
      cells[c] = static_cast<float>(sums[c] - pixels[c] * total / static_cast<double>(height * width));
    }
    return cells;
  }

  /// Σ over cells of |difference|, for every picture.
  void distances(const Cells& cells, std::vector<float>& to /* (size) */) const {
    to.assign(size_, 0);
    for (index_t c = 0; c < count; ++c) {
      const float* const sums = sums_.data() + c * size_;
      for (index_t i = 0; i < size_; ++i) to[i] += std::abs(sums[i] - cells[c]);
    }
  }

 private:
  index_t size_;
  std::vector<float> sums_;  // (count, size)
};

}  // namespace detail

/// The pictures, as ascending indices, whose picture_difference to one of `others` is below `limit`. All are of one size.
inline std::vector<std::uint32_t> near_duplicates(const ImageDataset& pictures, const ImageDataset& others, double limit = 6) {
  if (pictures.height() != others.height() || pictures.width() != others.width()) {
    fail("near_duplicates: expected pictures of one size but got ", pictures.width(), "x", pictures.height(), " and ", others.width(), "x",
         others.height());
  }
  const detail::CellSums cells(others);
  // The cells are rounded to float; a bound that is a little too low costs a look at the pixels, no result.
  const double bound = limit * static_cast<double>(pictures.pixels()) * (1 + 1e-5);
  std::vector<std::uint32_t> found;
  std::vector<float> distances;
  for (index_t i = 0; i < pictures.size(); ++i) {
    cells.distances(detail::CellSums::of(pictures.image(i), pictures.height(), pictures.width()), distances);
    for (index_t j = 0; j < others.size(); ++j) {
      if (static_cast<double>(distances[j]) <= bound && picture_difference(pictures.image(i), others.image(j)) < limit) {
        found.push_back(static_cast<std::uint32_t>(i));
        break;
      }
    }
  }
  return found;
}

}  // namespace taut
