/// open_data: training, validation and test images from one word on a command line.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/data/data_source.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/fer2013.hpp"
#include "taut/data/image_folder.hpp"
#include "taut/data/line_reader.hpp"
#include "taut/data/picture_list.hpp"
#include "taut/data/split.hpp"
#include "taut/data/synthetic_faces.hpp"

namespace taut {

namespace detail {

inline DataSource describe(DataSplits splits, const std::string& origin, Fnv1a hash = {}) {
  for (const ImageDataset* split : {&splits.train, &splits.validation, &splits.test}) hash.add_numbers(split->labels());
  std::string description = origin + ": " + std::to_string(splits.train.size()) + " training, " + std::to_string(splits.validation.size()) +
                            " validation and " + std::to_string(splits.test.size()) + " test images";
  return {std::move(splits), std::move(description), hash.hex()};
}

inline bool names_synthetic(std::string_view spec) { return spec == "synthetic" || spec.starts_with("synthetic:"); }

/// The N of "synthetic[:N]".
inline index_t synthetic_count(std::string_view spec) {
  constexpr index_t usual = 8000, most = 1'000'000;
  if (spec == "synthetic") return usual;
  const std::string_view number = spec.substr(spec.find(':') + 1);
  index_t count = 0;
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), count);
  if (problem != std::errc{} || end != number.data() + number.size() || count == 0 || count > most) {
    fail("data ", spec, ": expected a number of images from 1 to ", most, " after synthetic: but found ", quote(number));
  }
  return count;
}

}  // namespace detail

/// N training faces, N/8 for validation and as many for testing, but at least 70. They are one data set, as a file would be: the first
/// N of it, whatever the training's seed.
inline DataSplits synthetic_splits(index_t count) {
  constexpr std::uint64_t seed = 48;
  const index_t others = std::max<index_t>(count / 8, 70);
  return {synthetic_faces(count, seed, DataUse::train_faces), synthetic_faces(others, seed, DataUse::validation_faces),
          synthetic_faces(others, seed, DataUse::test_faces)};
}

/// `spec` is "synthetic", "synthetic:N", a fer2013.csv, or a folder with `train/<class>/` and `test/<class>/`. Of a folder's training
/// images `validation_fraction` go to validation, drawn by `seed`; the others bring their own division, which the two numbers don't touch.
/// Training images that are `excluded` are left out, a folder's before it is divided.
inline DataSource open_data(const std::string& spec, double validation_fraction, std::uint64_t seed, index_t height = 48,
                            index_t width = 48, const PictureList& excluded = {}) {
  std::string remark;
  const auto exclude = [&](ImageDataset& images) {
    if (excluded.size() == 0) return;
    const index_t before = images.size();
    images = excluded.removed_from(images);
    if (images.empty()) fail("data ", spec, ": expected training images that aren't excluded but found none");
    remark = ", " + std::to_string(before - images.size()) + " excluded";
  };
  const auto require_size = [&](const ImageDataset& images) {
    if (images.height() != height || images.width() != width) {
      fail("data ", spec, ": expected images of ", width, "x", height, " pixels but these are ", images.width(), "x", images.height());
    }
  };
  if (detail::names_synthetic(spec)) {
    DataSplits splits = synthetic_splits(detail::synthetic_count(spec));
    require_size(splits.train);
    exclude(splits.train);
    return detail::describe(std::move(splits), "drawn faces" + remark);
  }
  const std::filesystem::path path(spec);
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) {
    fail("data ", spec, ": expected a fer2013.csv, a folder with train/ and test/, or synthetic[:N], but there is nothing of this name");
  }
  if (!std::filesystem::is_directory(path, problem)) {
    DataSplits splits = read_fer2013_csv(path);
    require_size(splits.train);
    exclude(splits.train);
    return detail::describe(std::move(splits), "FER2013 from " + detail::printable(path.filename().string()) + " (its own division" + remark + ")");
  }
  ImageFolder folder = read_image_folder(path, height, width);
  exclude(folder.train);
  const ValidationSplit split = split_validation(folder.train, validation_fraction, seed);
  Fnv1a hash;
  hash.add_numbers(std::span<const std::uint32_t>{split.train});
  hash.add_numbers(std::span<const std::uint32_t>{split.validation});
  DataSplits splits{folder.train.subset(split.train), folder.train.subset(split.validation), std::move(folder.test)};
  return detail::describe(std::move(splits), "image folders" + remark, hash);
}

}  // namespace taut
