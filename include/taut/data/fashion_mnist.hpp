/// read_fashion_mnist: 70,000 garments of ten kinds, 28×28 gray pixels each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/idx.hpp"
#include "taut/data/split.hpp"

namespace taut {

/// The garments in the order of their labels. https://github.com/zalandoresearch/fashion-mnist
inline const std::vector<std::string>& fashion_mnist_names() {
  static const std::vector<std::string> names{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                              "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  return names;
}

namespace detail {

/// folder/name, or folder/name.gz where that is what there is.
inline std::filesystem::path plain_or_gzipped(const std::filesystem::path& folder, const std::string& name) {
  std::error_code problem;
  for (const std::string& candidate : {name, name + ".gz"}) {
    if (std::filesystem::exists(folder / candidate, problem)) return folder / candidate;
  }
  fail(folder.string(), ": expected the file ", name, " or ", name, ".gz but found neither");
}

}  // namespace detail

/// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or with .gz behind
/// its name, out of `folder`: Debian's dataset-fashion-mnist puts them into /usr/share/datasets/fashion-mnist. Of the training pictures
/// `validation_fraction`, drawn by `seed`, go to validation; t10k is for testing.
inline DataSplits read_fashion_mnist(const std::filesystem::path& folder, double validation_fraction, std::uint64_t seed) {
  const auto read = [&](const std::string& use) {
    const auto file = [&](const char* rest) { return detail::plain_or_gzipped(folder, use + rest); };
    return read_idx(file("-images-idx3-ubyte"), file("-labels-idx1-ubyte"), fashion_mnist_names());
  };
  const ImageDataset train = read("train");
  ImageDataset test = read("t10k");
  if (test.height() != train.height() || test.width() != train.width()) {
    fail(folder.string(), ": expected pictures of one size but train has ", train.width(), "x", train.height(), " and t10k ", test.width(),
         "x", test.height());
  }
  const ValidationSplit split = split_validation(train, validation_fraction, seed);
  return {train.subset(split.train), train.subset(split.validation), std::move(test)};
}

}  // namespace taut
