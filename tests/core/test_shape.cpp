/// Shape, Window and the geometries: extents as constants.
#include <doctest/doctest.h>

#include "taut/core/geometry.hpp"
#include "taut/core/shape.hpp"

using namespace taut;

TEST_CASE("a shape knows its rank, extents and size") {
  static_assert(Shape{}.rank() == 0 && Shape{}.size() == 1);
  static_assert(Shape{7}.rank() == 1 && Shape{7}.size() == 7);
  static_assert(Shape{3, 4}.rank() == 2 && Shape{3, 4}.size() == 12);
  static_assert(Shape{2, 3, 4}.rank() == 3 && Shape{2, 3, 4}.size() == 24);
  static_assert(Shape{2, 3, 4, 5}.rank() == 4 && Shape{2, 3, 4, 5}.size() == 120);
  constexpr Shape shape{2, 3, 4, 5};
  for (int axis = 0; axis < 4; ++axis) CHECK(shape[axis] == static_cast<index_t>(axis + 2));
}

TEST_CASE("shapes are equal where all extents are") {
  CHECK(Shape{3, 4} == Shape{3, 4});
  CHECK(Shape{3, 4} != Shape{4, 3});
  CHECK(Shape{3, 4} != Shape{3, 4, 1});
  static_assert(is_image({1, 48, 48}) && !is_image({48, 48}) && !is_image({1, 1, 48, 48}));
}

TEST_CASE("a window counts its outputs as sliding it by hand does") {
  index_t windows = 0;
  for (index_t extent = 1; extent <= 12; ++extent) {
    for (index_t kernel = 1; kernel <= 4; ++kernel) {
      for (index_t stride = 1; stride <= 3; ++stride) {
        for (index_t padding = 0; padding <= 2; ++padding) {
          for (index_t dilation = 1; dilation <= 3; ++dilation) {
            const Window window{kernel, stride, padding, dilation};
            index_t outputs = 0;
            for (index_t start = 0; start + (kernel - 1) * dilation < extent + 2 * padding; start += stride) ++outputs;
            CHECK(window.fits(extent) == (outputs > 0));
            if (outputs > 0) CHECK(window.outputs(extent) == outputs);
            ++windows;
          }
        }
      }
    }
  }
  CHECK(windows == 12 * 4 * 3 * 3 * 3);
}

TEST_CASE("a convolution's geometry counts elements and multiply-adds") {
  constexpr Conv2dGeometry g{.in_channels = 8, .in_height = 9, .in_width = 7, .out_channels = 12, .vertical = {3, 2, 1, 1},
                             .horizontal = {5, 1, 2, 1}, .groups = 4};
  static_assert(g.out_height() == 5 && g.out_width() == 7);
  static_assert(g.in_size() == 8 * 9 * 7 && g.out_size() == 12 * 5 * 7 && g.taps() == 15);
  static_assert(g.group_in_channels() == 2 && g.group_out_channels() == 3);
  static_assert(g.weight_size() == 15 * 2 * 12);
  CHECK(g.multiply_adds() == 5 * 7 * 15 * 2 * 12);
}

TEST_CASE("a geometry pools where a window is more than one element or skips some") {
  NormPoolGeometry g{.channels = 3, .in_height = 8, .in_width = 6, .vertical = {}, .horizontal = {}};
  CHECK_FALSE(g.pools());
  CHECK(g.out_size() == g.in_size());
  g.vertical = g.horizontal = {2, 2};
  CHECK(g.pools());
  CHECK(g.out_size() == 3 * 4 * 3);
}
