/// Tests of the loader: order, contents, resuming, and what happens when something goes wrong behind it.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "data_helpers.hpp"
#include "taut/data/loader.hpp"

using namespace taut;
using namespace taut::test;

namespace {

struct Epoch {
  std::vector<index_t> rows;
  std::vector<std::int32_t> labels;
  std::vector<float> pixels;

  friend bool operator==(const Epoch&, const Epoch&) = default;
};

/// All that is left of an epoch.
Epoch rest_of(Loader& loader, const ImageDataset& dataset) {
  Epoch epoch;
  while (const auto batch = loader.next()) {
    epoch.rows.push_back(batch->rows);
    epoch.labels.insert(epoch.labels.end(), batch->labels, batch->labels + batch->rows);
    epoch.pixels.insert(epoch.pixels.end(), batch->images, batch->images + batch->rows * dataset.pixels());
  }
  return epoch;
}

LoaderOptions options(index_t batch, std::uint64_t seed = 3) {
  LoaderOptions options;
  options.batch = batch;
  options.seed = seed;
  return options;
}

Augmentation everything() {
  auto augmentation = Augmentation::flip_and_rotation();
  augmentation.shift = 0.2F;
  augmentation.brightness = 0.3F;
  augmentation.erasing = 0.5F;
  return augmentation;
}

/// Fifty classes, so that a label tells which picture it is.
ImageDataset fifty_images() {
  std::vector<std::string> classes;
  for (int i = 0; i < 50; ++i) classes.push_back(std::to_string(i));
  return numbered_images(50, 6, 5, std::move(classes));
}

}  // namespace

TEST_CASE("without a shuffle the pictures come in order, and a smaller batch ends the epoch") {
  const ImageDataset dataset = fifty_images();
  LoaderOptions in_order = options(16);
  in_order.shuffle = false;
  Loader loader(dataset, in_order, {0, 1});
  CHECK(loader.batches() == 4);
  loader.start(0);
  const Epoch epoch = rest_of(loader, dataset);
  CHECK(epoch.rows == std::vector<index_t>{16, 16, 16, 2});
  std::vector<std::int32_t> labels(50);
  std::iota(labels.begin(), labels.end(), 0);
  CHECK(epoch.labels == labels);
  for (index_t i = 0; i < epoch.pixels.size(); ++i) CHECK(epoch.pixels[i] == static_cast<float>(dataset.bytes()[i]) / 255.0F);
  CHECK(!loader.next());
}

TEST_CASE("a shuffled epoch has every picture once, with its own label") {
  const ImageDataset dataset = fifty_images();
  Loader loader(dataset, options(7), {0, 1});
  loader.start(0);
  const Epoch epoch = rest_of(loader, dataset);
  CHECK(std::set<std::int32_t>(epoch.labels.begin(), epoch.labels.end()).size() == 50);
  CHECK(!std::ranges::is_sorted(epoch.labels));
  for (index_t i = 0; i < 50; ++i) {
    CHECK(epoch.pixels[i * 30] == static_cast<float>(dataset.image(static_cast<index_t>(epoch.labels[i]))[0]) / 255.0F);
  }
}

TEST_CASE("an epoch is a function of seed and epoch alone") {
  const ImageDataset dataset = fifty_images();
  Loader loader(dataset, options(8), {}, everything());
  loader.start(0);
  const Epoch first = rest_of(loader, dataset);
  loader.start(1);
  const Epoch second = rest_of(loader, dataset);
  CHECK(first.labels != second.labels);
  loader.start(0);
  CHECK(rest_of(loader, dataset) == first);
  Loader same_seed(dataset, options(8), {}, everything()), other_seed(dataset, options(8, 4), {}, everything());
  same_seed.start(1);
  CHECK(rest_of(same_seed, dataset) == second);
  other_seed.start(1);
  CHECK(rest_of(other_seed, dataset).labels != second.labels);
}

TEST_CASE("the pictures don't depend on the size of a batch") {
  const ImageDataset dataset = fifty_images();
  Loader small(dataset, options(3), {}, everything()), large(dataset, options(64), {}, everything());
  small.start(5);
  large.start(5);
  const Epoch in_threes = rest_of(small, dataset), at_once = rest_of(large, dataset);
  CHECK(at_once.rows == std::vector<index_t>{50});
  CHECK(in_threes.pixels == at_once.pixels);
  CHECK(in_threes.labels == at_once.labels);
}

TEST_CASE("an epoch taken up in its middle goes on with the same bits") {
  const ImageDataset dataset = fifty_images();
  Loader whole(dataset, options(8), {}, everything());
  whole.start(2);
  for (int batch = 0; batch < 3; ++batch) REQUIRE(whole.next().has_value());
  const Epoch expected = rest_of(whole, dataset);
  Loader resumed(dataset, options(8), {}, everything());
  resumed.start(2, 3);
  CHECK(rest_of(resumed, dataset) == expected);
  resumed.start(2, resumed.batches());
  CHECK(!resumed.next());
  CHECK(says(error_of([&] { resumed.start(2, resumed.batches() + 1); }), {"at most 7", "got 8"}));
}

TEST_CASE("a batch stays as it is until the next one is asked for") {
  const ImageDataset dataset = fifty_images();
  Loader loader(dataset, options(2), {}, everything());
  loader.start(0);
  while (const auto batch = loader.next()) {
    const std::vector<float> now(batch->images, batch->images + batch->rows * dataset.pixels());
    std::this_thread::yield();
    CHECK(std::equal(now.begin(), now.end(), batch->images));
  }
}

TEST_CASE("an epoch may be left at any batch, and a loader at any time") {
  const ImageDataset dataset = fifty_images();
  for (int taken = 0; taken < 6; ++taken) {
    Loader loader(dataset, options(4), {}, everything());
    CHECK(!loader.next());  // nothing was started
    loader.start(0);
    for (int batch = 0; batch < taken; ++batch) CHECK(loader.next().has_value());
    loader.start(1);
    CHECK(loader.next()->rows == 4);
  }
}

TEST_CASE("what a transform does reaches the batch, and what it throws reaches who asks for it") {
  const ImageDataset dataset = fifty_images();
  LoaderOptions with_transform = options(10);
  const auto calls = std::make_shared<std::atomic<int>>(0);
  with_transform.transform = [calls](RandomKey, std::span<float> pixels) {
    if (++*calls == 26) throw std::runtime_error("the 26th picture");
    pixels[0] = 99;
  };
  Loader loader(dataset, with_transform, {});
  loader.start(0);
  for (int batch = 0; batch < 2; ++batch) {
    const auto loaded = loader.next();
    REQUIRE(loaded.has_value());
    CHECK(loaded->images[0] == 99);
    CHECK(loaded->images[9 * dataset.pixels()] == 99);
  }
  CHECK_THROWS_WITH_AS((void)loader.next(), "the 26th picture", std::runtime_error);
  CHECK_THROWS_AS((void)loader.next(), std::runtime_error);
  loader.start(1);
  CHECK(rest_of(loader, dataset).rows.size() == 5);
}

TEST_CASE("a loader of nothing is refused") {
  const ImageDataset empty(4, 4, {"a"}), dataset = fifty_images();
  CHECK(says(error_of([&] { Loader(empty, options(4), {}); }), {"at least one sample", "empty"}));
  CHECK(says(error_of([&] { Loader(dataset, options(0), {}); }), {"at least one sample", "got 0"}));
}
