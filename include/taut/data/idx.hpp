/// read_idx: labelled pictures out of two IDX files, as MNIST and its successors come, plain or gzipped.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/gzip_file.hpp"

namespace taut {

/// Files beyond these limits are refused when their header is read, before anything else is decompressed.
struct IdxLimits {
  static constexpr index_t side = 4096;               ///< pixels of a picture
  static constexpr index_t bytes = index_t{1} << 30;  ///< of a file, decompressed and without its header
};

namespace detail {

/// An IDX file of bytes: two zeros, the type 8, how many dimensions, each of them in four bytes, big end first, and then the elements.
template <index_t Rank>
struct IdxFile {
  std::array<index_t, Rank> extents{};
  std::vector<std::uint8_t> bytes;  // (extents...)
};

inline std::string hexadecimal(std::uint8_t byte) {
  constexpr const char* digits = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

/// The elements, in memory that grows with what the file really holds; a header that promises more than it has gets no memory for it.
inline std::vector<std::uint8_t> read_idx_elements(GzipFile& file, index_t count) {
  constexpr index_t step = index_t{1} << 20;
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < count) {
    const index_t begin = bytes.size();
    bytes.resize(begin + std::min(count - begin, step));
    const index_t read = file.read(std::span{bytes}.subspan(begin));
    if (read != bytes.size() - begin) {
      fail(file.path(), ": truncated: expected ", count, " bytes after the header but found ", begin + read);
    }
  }
  std::array<std::uint8_t, 1> more;
  if (file.read(more) != 0) fail(file.path(), ": expected the file's end after ", count, " bytes of elements but found more");
  return bytes;
}

/// `what` is "images" or "labels", as errors shall call the elements.
template <index_t Rank>
IdxFile<Rank> read_idx_file(const std::filesystem::path& path, const char* what) {
  GzipFile file(path);
  std::array<std::uint8_t, 4 + 4 * Rank> header{};
  const index_t read = file.read(header);
  const auto truncated = [&] { fail(file.path(), ": truncated: expected an IDX header of ", header.size(), " bytes but found ", read); };
  if (read < 4) truncated();
  if (header[0] != 0 || header[1] != 0) {
    fail(file.path(), ": expected an IDX file, which begins with 0x00 0x00, but found ", hexadecimal(header[0]), " ",
         hexadecimal(header[1]));
  }
  if (header[2] != 8) fail(file.path(), ": expected elements of IDX type 0x08, unsigned bytes, but found ", hexadecimal(header[2]));
  if (header[3] != Rank) {
    fail(file.path(), ": expected ", what, ", whose number of dimensions is ", Rank, ", but found ", index_t{header[3]}, " dimensions");
  }
  if (read < header.size()) truncated();
  IdxFile<Rank> idx;
  index_t count = 1;
  for (index_t axis = 0; axis < Rank; ++axis) {
    for (index_t byte = 0; byte < 4; ++byte) idx.extents[axis] = idx.extents[axis] << 8 | header[4 + 4 * axis + byte];
    const index_t most = axis == 0 ? IdxLimits::bytes : IdxLimits::side;
    if (idx.extents[axis] == 0 || idx.extents[axis] > most) {
      const char* const name = axis == 0 ? what : axis == 1 ? "a height" : "a width";
      fail(file.path(), ": expected ", name, " of 1 to ", most, " but found ", idx.extents[axis]);
    }
    count *= idx.extents[axis];  // below 2^30 · 2^12 · 2^12
  }
  if (count > IdxLimits::bytes) {
    fail(file.path(), ": expected at most ", IdxLimits::bytes, " bytes of ", what, " but the header says ", count);
  }
  idx.bytes = read_idx_elements(file, count);
  return idx;
}

}  // namespace detail

/// The pictures of `images` (type 0x08, three dimensions) with the labels of `labels` (type 0x08, one dimension); label i means
/// class_names[i]. Throws an Error that names the file, what was expected and what was found.
inline ImageDataset read_idx(const std::filesystem::path& images, const std::filesystem::path& labels,
                             std::vector<std::string> class_names) {
  const auto labelled = detail::read_idx_file<1>(labels, "labels");
  const auto pictures = detail::read_idx_file<3>(images, "images");
  const auto [count, height, width] = pictures.extents;
  if (labelled.extents[0] != count) {
    fail(labels.string(), ": expected ", count, " labels, one for each picture of ", images.string(), ", but found ", labelled.extents[0]);
  }
  const index_t classes = class_names.size();
  ImageDataset dataset(height, width, std::move(class_names));
  dataset.reserve(count);
  for (index_t i = 0; i < count; ++i) {
    if (labelled.bytes[i] >= classes) {
      fail(labels.string(), ": label ", i, ": expected a class from 0 to ", classes - 1, " but found ", index_t{labelled.bytes[i]});
    }
    dataset.append(std::span{pictures.bytes}.subspan(i * height * width, height * width), labelled.bytes[i]);
  }
  return dataset;
}

}  // namespace taut
