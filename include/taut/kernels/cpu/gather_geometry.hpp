/// gather_geometry: a convolution and its gradient with respect to the input as one thing: pixels that gather from other pixels.
#pragma once

#include <cstddef>

#include "taut/core/geometry.hpp"

namespace taut::kernels::cpu {

using offset_t = std::ptrdiff_t;

/// One axis of a gather. Forward, output pixel p reads input p·stride + tap·dilation − padding. Transposed, an input gradient at p reads
/// the outputs q that had read it: q·stride = p + padding − tap·dilation. There the taps depend on p modulo the stride, so the pixels
/// of one phase p = phase + j·stride form a line of their own, and along such a line both are: pixel j reads j·in_step + shift(tap).
struct GatherAxis {
  Window window{};
  index_t in_extent = 1, out_extent = 1;
  bool transposed = false;

  /// Pixels [begin, end) of a line.
  struct Range {
    index_t begin = 0, end = 0;

    constexpr bool empty() const { return begin >= end; }
    friend constexpr bool operator==(const Range&, const Range&) = default;
  };

  constexpr index_t phases() const { return transposed ? window.stride : 1; }
  constexpr index_t in_step() const { return transposed ? 1 : window.stride; }
  /// Pixels of one phase.
  constexpr index_t count(index_t phase) const { return phase < out_extent ? (out_extent - phase + phases() - 1) / phases() : 0; }

  constexpr bool reads(index_t phase, index_t tap) const { return !transposed || distance(phase, tap) % offset_t(window.stride) == 0; }
  constexpr offset_t shift(index_t phase, index_t tap) const {
    return transposed ? distance(phase, tap) / offset_t(window.stride) : offset_t(tap * window.dilation) - offset_t(window.padding);
  }
  /// Whether pixel j of a phase reads an element through this tap, not padding.
  constexpr bool inside(index_t phase, index_t tap, index_t j) const {
    const offset_t position = offset_t(j * in_step()) + shift(phase, tap);
    return reads(phase, tap) && position >= 0 && position < offset_t(in_extent);
  }
  /// The pixels among [begin, end) that read an element through this tap, counted from begin. They follow one another.
  constexpr Range inside(index_t phase, index_t tap, index_t begin, index_t end) const {
    Range range{begin, end};
    while (!range.empty() && !inside(phase, tap, range.begin)) ++range.begin;
    while (!range.empty() && !inside(phase, tap, range.end - 1)) --range.end;
    return {range.begin - begin, range.end - begin};
  }

  friend constexpr bool operator==(const GatherAxis&, const GatherAxis&) = default;

 private:
  constexpr offset_t distance(index_t phase, index_t tap) const {
    return offset_t(phase + window.padding) - offset_t(tap * window.dilation);
  }
};

/// Both axes and the channels: out (rows, out_height, out_width, out_channels) gathers from in (rows, in_height, in_width, in_channels).
/// The weight is a convolution's, (kernel_height, kernel_width, its in_channels / groups, its out_channels), also when transposed.
struct GatherGeometry {
  GatherAxis vertical{}, horizontal{};
  index_t in_channels = 1, out_channels = 1, groups = 1;
  bool transposed = false;

  constexpr index_t taps() const { return vertical.window.kernel * horizontal.window.kernel; }
  constexpr index_t group_in_channels() const { return in_channels / groups; }
  constexpr index_t group_out_channels() const { return out_channels / groups; }
  constexpr index_t in_row() const { return horizontal.in_extent * in_channels; }
  constexpr index_t out_row() const { return horizontal.out_extent * out_channels; }
  constexpr index_t in_size() const { return vertical.in_extent * in_row(); }
  constexpr index_t out_size() const { return vertical.out_extent * out_row(); }
  constexpr index_t out_pixels() const { return vertical.out_extent * horizontal.out_extent; }
  /// Rows of the matrix product a group amounts to.
  constexpr index_t depth() const { return taps() * group_in_channels(); }
  /// For one sample: of the convolution that this is or is the gradient of.
  constexpr index_t multiply_adds() const { return transposed ? in_size() * taps() * group_out_channels() : out_size() * depth(); }

  friend constexpr bool operator==(const GatherGeometry&, const GatherGeometry&) = default;
};

constexpr GatherGeometry gather_forward(const Conv2dGeometry& g) {
  return {{g.vertical, g.in_height, g.out_height(), false}, {g.horizontal, g.in_width, g.out_width(), false},
          g.in_channels, g.out_channels, g.groups, false};
}

/// From dy to dx.
constexpr GatherGeometry gather_backward_input(const Conv2dGeometry& g) {
  return {{g.vertical, g.out_height(), g.in_height, true}, {g.horizontal, g.out_width(), g.in_width, true},
          g.out_channels, g.in_channels, g.groups, true};
}

}  // namespace taut::kernels::cpu
