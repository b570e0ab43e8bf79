/// Geometry: what a kernel must know about an operation's extents. Structural, so that it may be a template argument.
#pragma once

#include "taut/core/activation.hpp"
#include "taut/core/shape.hpp"

namespace taut {

/// One axis of a sliding window: PyTorch's kernel_size, stride, padding and dilation.
struct Window {
  index_t kernel = 1, stride = 1, padding = 0, dilation = 1;

  /// From the first to the last element that one window touches.
  constexpr index_t span() const { return dilation * (kernel - 1) + 1; }
  constexpr bool fits(index_t extent) const { return extent + 2 * padding >= span(); }
  /// How many windows there are along an axis; the last elements may stay unread (PyTorch's floor). Requires fits(extent).
  constexpr index_t outputs(index_t extent) const { return (extent + 2 * padding - span()) / stride + 1; }

  friend constexpr bool operator==(const Window&, const Window&) = default;
};

/// A two-dimensional convolution. x is (rows, in_height, in_width, in_channels), y is (rows, out_height(), out_width(), out_channels),
/// the weight is (kernel_height, kernel_width, in_channels / groups, out_channels): lanes of SIMD are output channels.
struct Conv2dGeometry {
  index_t in_channels = 1, in_height = 1, in_width = 1, out_channels = 1;
  Window vertical{}, horizontal{};
  index_t groups = 1;

  constexpr index_t out_height() const { return vertical.outputs(in_height); }
  constexpr index_t out_width() const { return horizontal.outputs(in_width); }
  constexpr index_t in_pixels() const { return in_height * in_width; }
  constexpr index_t out_pixels() const { return out_height() * out_width(); }
  constexpr index_t in_size() const { return in_pixels() * in_channels; }
  constexpr index_t out_size() const { return out_pixels() * out_channels; }
  constexpr index_t taps() const { return vertical.kernel * horizontal.kernel; }
  constexpr index_t group_in_channels() const { return in_channels / groups; }
  constexpr index_t group_out_channels() const { return out_channels / groups; }
  constexpr index_t weight_size() const { return taps() * group_in_channels() * out_channels; }
  /// For one sample, padding taps counted.
  constexpr index_t multiply_adds() const { return out_pixels() * weight_size(); }

  friend constexpr bool operator==(const Conv2dGeometry&, const Conv2dGeometry&) = default;
};

/// y = x W + b with x (rows, in), W (in, out), y (rows, out).
struct LinearGeometry {
  index_t in = 1, out = 1;

  friend constexpr bool operator==(const LinearGeometry&, const LinearGeometry&) = default;
};

/// Normalise → activate → max-pool, each of them optional, as one pass over x (rows, in_height, in_width, channels).
/// A vector of n features is an image of 1×1 pixels with n channels.
struct NormPoolGeometry {
  index_t channels = 1, in_height = 1, in_width = 1;
  bool normalize = false;
  Activation activation = Activation::identity;
  Window vertical{}, horizontal{};

  constexpr bool pools() const { return vertical != Window{} || horizontal != Window{}; }
  constexpr index_t out_height() const { return vertical.outputs(in_height); }
  constexpr index_t out_width() const { return horizontal.outputs(in_width); }
  constexpr index_t in_pixels() const { return in_height * in_width; }
  constexpr index_t out_pixels() const { return out_height() * out_width(); }
  constexpr index_t in_size() const { return in_pixels() * channels; }
  constexpr index_t out_size() const { return out_pixels() * channels; }

  friend constexpr bool operator==(const NormPoolGeometry&, const NormPoolGeometry&) = default;
};

}  // namespace taut
