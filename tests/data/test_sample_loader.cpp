/// Tests of the sample loader: containers and functions as data sets, labels of every kind, and samples that are refused. What all loaders
/// have in common, order and resuming above all, is in test_loader.cpp.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "data_helpers.hpp"
#include "taut/data/sample_loader.hpp"

using namespace taut;
using namespace taut::test;

namespace {

const LoaderOptions in_order{.batch = 4, .shuffle = false, .seed = 0, .transform = {}};
const LoaderOptions shuffled{.batch = 4, .shuffle = true, .seed = 9, .transform = {}};

/// Of all batches of epoch 0, the first value of each sample and its label.
template <class Target>
std::vector<std::pair<float, Target>> epoch_of(SampleLoader<Target>& loader) {
  std::vector<std::pair<float, Target>> seen;
  loader.start(0);
  while (const auto batch = loader.next()) {
    for (index_t row = 0; row < batch->rows; ++row) seen.emplace_back(batch->images[row * loader.pixels()], batch->labels[row]);
  }
  return seen;
}

}  // namespace

TEST_CASE("a container of pairs is a data set") {
  std::vector<std::pair<std::vector<float>, std::int32_t>> table;
  for (int i = 0; i < 10; ++i) table.push_back({{static_cast<float>(i), 0.5F, -1.0F}, i % 3});
  SampleLoader loader(table, in_order);
  static_assert(std::is_same_v<decltype(loader), SampleLoader<std::int32_t>>);
  CHECK(loader.size() == 10);
  CHECK(loader.pixels() == 3);
  CHECK(loader.batches() == 3);
  loader.start(0, 2);
  const auto last = loader.next();
  REQUIRE(last.has_value());
  CHECK(last->rows == 2);
  CHECK(std::vector<float>(last->images, last->images + 6) == std::vector<float>{8, 0.5F, -1, 9, 0.5F, -1});
  CHECK(last->labels[1] == 0);
}

TEST_CASE("tuples, arrays, bytes, other containers and views of them do as well") {
  std::deque<std::tuple<std::array<std::uint8_t, 2>, unsigned char>> bytes{{{200, 1}, 1}, {{100, 2}, 0}};
  SampleLoader loader(bytes, in_order);
  CHECK(epoch_of(loader) == std::vector<std::pair<float, std::int32_t>>{{200, 1}, {100, 0}});
  const std::vector<std::pair<std::array<double, 1>, float>> numbers{{{1.5}, 0.25F}, {{2.5}, 0.75F}};
  SampleLoader regression(std::span{numbers}.subspan(1), in_order);
  CHECK(epoch_of(regression) == std::vector<std::pair<float, float>>{{2.5F, 0.75F}});
}

TEST_CASE("shuffling keeps values and labels together, and is a function of the seed") {
  std::vector<std::pair<std::array<float, 1>, int>> numbers;
  for (int i = 0; i < 40; ++i) numbers.push_back({{static_cast<float>(i)}, i});
  SampleLoader first(numbers, shuffled), second(numbers, shuffled);
  const auto epoch = epoch_of(first);
  CHECK(epoch == epoch_of(second));
  for (const auto& [value, label] : epoch) CHECK(value == static_cast<float>(label));
  CHECK(!std::ranges::is_sorted(epoch));
}

TEST_CASE("a function is a data set: its label says what the targets are") {
  SampleLoader classes(6, 2, in_order, [](index_t i, std::span<float> values) {
    values[0] = values[1] = static_cast<float>(10 * i);
    return i % 2;
  });
  static_assert(std::is_same_v<decltype(classes), SampleLoader<std::int32_t>>);
  CHECK(epoch_of(classes)[5] == std::pair<float, std::int32_t>{50, 1});

  SampleLoader numbers(6, 1, in_order, [](index_t i, std::span<float> values) {
    values[0] = 1;
    return 0.5 * static_cast<double>(i);
  });
  static_assert(std::is_same_v<decltype(numbers), SampleLoader<float>>);
  CHECK(epoch_of(numbers)[3].second == 1.5F);

  SampleLoader vectors(6, 1, in_order, [](index_t i, std::span<float> values) {
    values[0] = 1;
    return std::array{static_cast<float>(i), -static_cast<float>(i)};
  });
  static_assert(std::is_same_v<decltype(vectors), SampleLoader<float>>);
  vectors.start(0);
  const auto batch = vectors.next();
  REQUIRE(batch.has_value());
  CHECK(std::vector<float>(batch->labels, batch->labels + 8) == std::vector<float>{0, -0.0F, 1, -1, 2, -2, 3, -3});
}

TEST_CASE("random changes are a function of seed, epoch and sample, and a transform comes after them") {
  const auto noise = [](index_t i, std::span<float> values, RandomKey key) {
    values[0] = Random(key).uniform();
    return i;
  };
  LoaderOptions options = shuffled;
  options.transform = [](RandomKey, std::span<float> values) { values[0] += 1; };
  SampleLoader once(20, 1, shuffled, noise), again(20, 1, shuffled, noise), moved(20, 1, options, noise);
  const auto epoch = epoch_of(once), transformed = epoch_of(moved);
  CHECK(epoch == epoch_of(again));
  for (index_t i = 0; i < 20; ++i) CHECK(transformed[i].first == epoch[i].first + 1);
  CHECK(epoch[0].first != epoch[1].first);
  once.start(1);
  CHECK(once.next()->images[0] != epoch[0].first);
}

TEST_CASE("a sample that doesn't fit is refused, with its number, when its turn comes") {
  std::vector<std::pair<std::vector<float>, std::int64_t>> table(10, {{1, 2}, 0});
  table[6].first.push_back(3);
  SampleLoader ragged(table, in_order);
  ragged.start(0);
  CHECK(ragged.next().has_value());
  CHECK(says(error_of([&] { ragged.next(); }), {"sample 6", "expected 2 values", "got 3"}));
  table[6] = {{1, 2}, std::int64_t{1} << 31};
  SampleLoader large(table, in_order);
  CHECK(says(error_of([&] { epoch_of(large); }), {"sample 6", "a label that a 32-bit integer holds", "2147483648"}));
}

TEST_CASE("a data set of nothing, samples of nothing and empty batches are refused") {
  const std::vector<std::pair<std::vector<float>, int>> none, hollow{{{}, 1}};
  const std::vector<std::pair<std::vector<float>, int>> one{{{1}, 1}};
  CHECK(says(error_of([&] { SampleLoader(none, in_order); }), {"at least one sample", "empty"}));
  CHECK(says(error_of([&] { SampleLoader(hollow, in_order); }), {"at least one value", "got 0"}));
  const auto any = [](index_t i, std::span<float>) { return i; };
  CHECK(says(error_of([&] { SampleLoader(index_t{1} << 32, 1, in_order, any); }), {"fewer than 2^32 samples", "4294967296"}));
  LoaderOptions empty_batches = in_order;
  empty_batches.batch = 0;
  CHECK(says(error_of([&] { SampleLoader(one, empty_batches); }), {"a batch of at least one sample", "got 0"}));
}

TEST_CASE("a temporary container, which would be gone before the loader, is no data set") {
  using Table = std::vector<std::pair<std::vector<float>, int>>;
  static_assert(std::is_constructible_v<SampleLoader<std::int32_t>, Table&, LoaderOptions>);
  static_assert(!std::is_constructible_v<SampleLoader<std::int32_t>, Table&&, LoaderOptions>);
}
