/// Arena and Batch: memory.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "taut/core/arena.hpp"
#include "taut/core/batch.hpp"

using namespace taut;

namespace {

template <class T>
bool aligned(const T* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0;
}

}  // namespace

TEST_CASE_TEMPLATE("an arena is aligned and zeroed", T, std::uint8_t, float, double) {
  for (index_t size : {1U, 3U, 64U, 1000U, 100'000U}) {
    Arena<T> arena(size);
    CHECK(arena.size() == size);
    CHECK(aligned(arena.data()));
    CHECK(arena.span().size() == size);
    CHECK(std::all_of(arena.span().begin(), arena.span().end(), [](T x) { return x == T{}; }));
    std::fill_n(arena.data(), size, T{1});
  }
}

TEST_CASE("an empty arena has no elements") {
  CHECK(Arena<float>().span().empty());
  CHECK(Arena<float>(0).span().empty());
}

TEST_CASE("an arena moves and leaves nothing behind") {
  static_assert(!std::is_copy_constructible_v<Arena<float>> && std::is_nothrow_move_constructible_v<Arena<float>>);
  Arena<float> a(10);
  a.data()[9] = 5;
  const float* const block = a.data();
  Arena<float> b = std::move(a);
  CHECK(b.data() == block);
  CHECK(b.size() == 10);
  CHECK(a.span().empty());  // NOLINT: a moved-from arena is empty
  Arena<float> c(3);
  c = std::move(b);
  CHECK(c.data() == block);
  CHECK(c.data()[9] == 5);
  CHECK(b.span().empty());  // NOLINT
}

TEST_CASE("a batch holds rows up to its maximum") {
  Batch<float, Shape{2, 3, 4}, 5> batch;
  static_assert(decltype(batch)::max_rows == 5 && decltype(batch)::sample_shape == Shape{2, 3, 4});
  CHECK(batch.rows() == 5);
  CHECK(aligned(batch.data()));
  batch.resize(3);
  CHECK(batch.rows() == 3);
  CHECK(batch.row(2) == batch.data() + 48);
  CHECK(batch.view().rows == 3);
  CHECK(batch.view().row(1) == batch.data() + 24);
  CHECK_THROWS_WITH_AS(batch.resize(6), "a batch holds at most 5 rows but was asked for 6", Error);
  CHECK(batch.rows() == 3);
  using Five = Batch<float, Shape{2}, 5>;
  CHECK_THROWS_AS(Five(6), Error);
}

TEST_CASE("a view of constants comes from a view of variables, not the other way") {
  using View = BatchView<float, Shape{2}>;
  using ConstView = BatchView<const float, Shape{2}>;
  static_assert(std::is_convertible_v<View, ConstView> && !std::is_convertible_v<ConstView, View>);
  Batch<float, Shape{2}, 4> batch(2);
  batch.row(1)[0] = 3;
  const ConstView view = batch.view();
  CHECK(view.rows == 2);
  CHECK(view.row(1)[0] == 3);
}
