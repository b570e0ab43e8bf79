// DeviceLoader: pictures that never leave the GPU have the bits of the CPU's loaders, for every kind of augmentation and from any batch.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "support/error_of.hpp"
#include "taut/cuda.cuh"
#include "taut/data/loader.hpp"
#include "taut/device/reference.hpp"
#include "taut/train/taught_loader.hpp"

using namespace taut;
using taut::test::error_of;

namespace {

/// Noise, of a width and a height that are no multiples of anything.
ImageDataset noisy_pictures(index_t count) {
  ImageDataset pictures(13, 21, {"a", "b", "c"});
  Random random{7};
  std::vector<std::uint8_t> image(pictures.pixels());
  for (index_t i = 0; i < count; ++i) {
    for (std::uint8_t& byte : image) byte = static_cast<std::uint8_t>(random.below(256));
    pictures.append(image, static_cast<std::int32_t>(random.below(3)));
  }
  return pictures;
}

struct Read {
  std::vector<index_t> rows;
  std::vector<float> pixels, targets;
  bool operator==(const Read&) const = default;
};

template <class Loader, class Wait>
Read rest_of(Loader& loader, index_t pixels, index_t targets, Wait&& wait) {
  Read read;
  while (const auto batch = loader.next()) {
    wait();
    read.rows.push_back(batch->rows);
    read.pixels.insert(read.pixels.end(), batch->images, batch->images + batch->rows * pixels);
    for (index_t i = 0; i < batch->rows * targets; ++i) read.targets.push_back(static_cast<float>(batch->labels[i]));
  }
  return read;
}

Augmentation everything(Interpolation interpolation) {
  return {.horizontal_flip = 0.5F, .rotation = 40, .shift = 0.2F, .scale_low = 0.6F, .scale_high = 1.6F, .brightness = 0.5F,
          .contrast = 0.6F, .erasing = 0.5F, .interpolation = interpolation, .fill = 77};
}

constexpr Normalization normalization{0.4F, 0.3F};

}  // namespace

TEST_CASE("an epoch has the CPU loader's bits, from its beginning or later") {
  Augmentation augmentation;
  SUBCASE("unchanged") {}
  SUBCASE("levels and erasing alone") { augmentation = {.brightness = 0.5F, .contrast = 0.6F, .erasing = 0.7F}; }
  SUBCASE("nearest") { augmentation = everything(Interpolation::nearest); }
  SUBCASE("bilinear") { augmentation = everything(Interpolation::bilinear); }
  const ImageDataset pictures = noisy_pictures(37);
  for (const bool shuffle : {true, false}) {
    const LoaderOptions options{.batch = 8, .shuffle = shuffle, .seed = 5};
    Loader expected(pictures, options, normalization, augmentation);
    const Cuda device;
    cuda::DeviceLoader loader(device, pictures, options, normalization, augmentation);
    CHECK(loader.batches() == expected.batches());
    CHECK(loader.size() == expected.size());
    CHECK(loader.pixels() == expected.pixels());
    CHECK_FALSE(loader.next());
    for (const auto& [epoch, first] : {std::pair<std::uint64_t, index_t>{0, 0}, {1, 3}, {1, 5}}) {
      loader.start(epoch, first);
      expected.start(epoch, first);
      const Read found = rest_of(loader, pictures.pixels(), 1, [&] { device.synchronize(); });
      CHECK(found == rest_of(expected, pictures.pixels(), 1, [] {}));
      CHECK(found.rows.size() == 5 - first);
    }
  }
}

TEST_CASE("targets of one's own come with their pictures") {
  const ImageDataset pictures = noisy_pictures(11);
  std::vector<std::array<float, 3>> targets;
  for (index_t i = 0; i < 11; ++i) targets.push_back({static_cast<float>(i), 0.5F, -1});
  const Augmentation augmentation = everything(Interpolation::bilinear);
  const Preparation preparation(pictures.height(), pictures.width(), normalization, augmentation);
  const LoaderOptions options{.batch = 4, .seed = 9};
  SampleLoader<float> expected(pictures.size(), pictures.pixels(), options, [&](index_t i, std::span<float> pixels, RandomKey key) {
    preparation.augmented(pictures.image(i).data(), key, pixels.data());
    return targets[i];
  });
  const Cuda device;
  cuda::DeviceLoader loader(device, pictures, std::span<const std::array<float, 3>>(targets), options, normalization, augmentation);
  loader.start(2);
  expected.start(2);
  CHECK(rest_of(loader, pictures.pixels(), 3, [&] { device.synchronize(); }) == rest_of(expected, pictures.pixels(), 3, [] {}));
}

TEST_CASE("teachers on the host look at the pictures that the GPU prepared") {
  using Net = Sequential<Shape{1, 13, 21}, Flatten, Linear<3>>;
  const ImageDataset pictures = noisy_pictures(11);
  const Augmentation augmentation = everything(Interpolation::bilinear);
  const LoaderOptions options{.batch = 4, .seed = 9};
  Teachers<3> teachers;
  teachers.add(std::make_shared<Model<Net, float, Reference, 4>>(seed(1)), normalization);
  Loader on_host(pictures, options, normalization, augmentation);
  TaughtLoader expected(on_host, normalization, teachers, {.distinct_epochs = 3});
  const Cuda device;
  cuda::DeviceLoader loader(device, pictures, options, normalization, augmentation);
  TaughtLoader taught(loader, normalization, teachers, {.distinct_epochs = 3});
  for (const std::uint64_t epoch : {0, 2, 3}) {
    taught.start(epoch);
    expected.start(epoch);
    CHECK(rest_of(taught, pictures.pixels(), 3, [&] { device.synchronize(); }) == rest_of(expected, pictures.pixels(), 3, [] {}));
  }
}

TEST_CASE("what a loader on the GPU can't do is refused") {
  const Cuda device;
  const ImageDataset pictures = noisy_pictures(3);
  const auto refused = [&](const ImageDataset& data, LoaderOptions options) {
    return error_of([&] { const cuda::DeviceLoader loader(device, data, std::move(options), normalization); });
  };
  CHECK(refused(pictures, {}) == "");
  CHECK(refused(pictures, {.batch = 0}) == "expected a batch of at least one sample but got 0");
  CHECK(refused(noisy_pictures(0), {}) == "expected a data set of at least one sample but it is empty");
  CHECK(refused(pictures, {.transform = [](RandomKey, std::span<float>) {}}) ==
        "DeviceLoader: expected no transform, which would run on the host: use a Loader for it");
  const std::vector<std::array<float, 2>> two(2);
  const auto with_two = [&] {
    const cuda::DeviceLoader loader(device, pictures, std::span<const std::array<float, 2>>(two), {}, normalization);
  };
  CHECK(error_of(with_two) == "expected targets for 3 pictures but got 2");
}
