/// Loader: an epoch's batches of pictures in a seeded order, normalised and augmented by a background thread while the last one is used.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "taut/core/random.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/preparation.hpp"
#include "taut/data/sample_loader.hpp"

namespace taut {

/// A SampleLoader of prepared pictures, (rows, height, width, 1), and their classes. The dataset must outlive the loader and stay as it is.
class Loader : public SampleLoader<std::int32_t> {
 public:
  Loader(const ImageDataset& dataset, LoaderOptions options, Normalization normalization, Augmentation augmentation = {})
      : SampleLoader(dataset.size(), dataset.empty() ? 1 : dataset.pixels(), std::move(options),
                     [&dataset, preparation = Preparation(dataset.height(), dataset.width(), normalization, augmentation)](
                         index_t i, std::span<float> pixels, RandomKey key) {
                       preparation.augmented(dataset.image(i).data(), key, pixels.data());
                       return dataset.label(i);
                     }) {}
};

}  // namespace taut
