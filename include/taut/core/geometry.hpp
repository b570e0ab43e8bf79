/// Geometry: what a kernel must know about an operation's extents. Structural, so that it may be a template argument.
#pragma once

#include "taut/core/activation.hpp"
#include "taut/core/shape.hpp"

namespace taut {

/// The indices from `begin` up to `end`, which doesn't belong to it.
struct IndexRange {
  index_t begin = 0, end = 0;

  constexpr index_t size() const { return end - begin; }
};

/// One axis of a sliding window: PyTorch's kernel_size, stride, padding and dilation.
struct Window {
  index_t kernel = 1, stride = 1, padding = 0, dilation = 1;

  /// From the first to the last element that one window touches.
  constexpr index_t span() const { return dilation * (kernel - 1) + 1; }
  constexpr bool fits(index_t extent) const { return extent + 2 * padding >= span(); }
  constexpr index_t least_extent() const { return span() > 2 * padding ? span() - 2 * padding : 1; }
  /// How many windows there are along an axis; the last elements may stay unread (PyTorch's floor). Requires fits(extent).
  constexpr index_t outputs(index_t extent) const { return (extent + 2 * padding - span()) / stride + 1; }
  /// The elements of the axis that window number `output` covers, padding left out. Requires dilation 1.
  constexpr IndexRange covered(index_t output, index_t extent) const {
    const index_t first = output * stride, last = first + kernel, end = extent + padding;  // counted from the padding on
    return {(first > padding ? first : padding) - padding, (last < end ? last : end) - padding};
  }
  /// The windows that cover an element of the axis. Requires dilation 1.
  constexpr IndexRange covering(index_t element, index_t extent) const {
    const index_t place = element + padding, end = place / stride + 1, all = outputs(extent);
    return {place < kernel ? 0 : (place - kernel) / stride + 1, end < all ? end : all};
  }

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

/// Branches that a join may have; a Residual has two.
inline constexpr index_t most_branches = 8;

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

/// The mean of each window of x (rows, in_height, in_width, channels); y is (rows, out_height(), out_width(), channels).
struct AveragePoolGeometry {
  index_t channels = 1, in_height = 1, in_width = 1;
  Window vertical{}, horizontal{};
  bool counts_padding = true;  ///< as zeros; else a mean is over what of its window lies in the image

  constexpr index_t out_height() const { return vertical.outputs(in_height); }
  constexpr index_t out_width() const { return horizontal.outputs(in_width); }
  constexpr index_t in_size() const { return in_height * in_width * channels; }
  constexpr index_t out_size() const { return out_height() * out_width() * channels; }
  /// What the sum of one window is divided by.
  constexpr index_t divisor(index_t line, index_t column) const {
    if (counts_padding) return vertical.kernel * horizontal.kernel;
    return vertical.covered(line, in_height).size() * horizontal.covered(column, in_width).size();
  }

  friend constexpr bool operator==(const AveragePoolGeometry&, const AveragePoolGeometry&) = default;
};

/// Normalises each group of each row of x (rows, pixels, channels): a group has the same pixels and channels / groups channels.
struct GroupNormGeometry {
  index_t channels = 1, pixels = 1, groups = 1;

  constexpr index_t group_channels() const { return channels / groups; }
  constexpr index_t group_size() const { return pixels * group_channels(); }
  constexpr index_t size() const { return pixels * channels; }

  friend constexpr bool operator==(const GroupNormGeometry&, const GroupNormGeometry&) = default;
};

/// Rows of `size` numbers that keep their logical order, channels outermost, and lie as images of so many channels, channels last.
/// One channel is that order itself.
struct ReshapeGeometry {
  index_t size = 1, from_channels = 1, to_channels = 1;

  constexpr ReshapeGeometry back() const { return {size, to_channels, from_channels}; }

  friend constexpr bool operator==(const ReshapeGeometry&, const ReshapeGeometry&) = default;
};

/// Where an upsampled element of an axis comes from: the element `lower` to (parts − part) / parts, the element `upper` to part / parts.
struct UpsampleSource {
  index_t lower = 0, upper = 0, part = 0, parts = 1;
};

/// x (rows, in_height, in_width, channels) to `vertical` times its height and `horizontal` times its width: by the nearest pixel, or
/// between the nearest four by their distance, where pixels are squares and not points (PyTorch's align_corners=False).
struct UpsampleGeometry {
  index_t channels = 1, in_height = 1, in_width = 1, vertical = 1, horizontal = 1;
  bool bilinear = false;

  constexpr index_t out_height() const { return in_height * vertical; }
  constexpr index_t out_width() const { return in_width * horizontal; }
  constexpr index_t in_size() const { return in_height * in_width * channels; }
  constexpr index_t out_size() const { return out_height() * out_width() * channels; }
  constexpr UpsampleSource line_source(index_t line) const { return source(line, vertical, in_height); }
  constexpr UpsampleSource column_source(index_t column) const { return source(column, horizontal, in_width); }
  /// The lines of y that may come from a line of x, and likewise columns.
  constexpr IndexRange lines_of(index_t line) const { return outputs(line, vertical, in_height); }
  constexpr IndexRange columns_of(index_t column) const { return outputs(column, horizontal, in_width); }

  friend constexpr bool operator==(const UpsampleGeometry&, const UpsampleGeometry&) = default;

 private:
  /// The middle of output i lies at (i + ½) / factor − ½ between the middles of the elements, the edges' elements reach outwards.
  constexpr UpsampleSource source(index_t output, index_t factor, index_t extent) const {
    if (!bilinear) return {output / factor, output / factor, 0, 1};
    const index_t twice = 2 * output + 1, place = twice > factor ? twice - factor : 0, lower = place / (2 * factor);
    return {lower, lower + 1 < extent ? lower + 1 : lower, place % (2 * factor), 2 * factor};
  }
  constexpr IndexRange outputs(index_t element, index_t factor, index_t extent) const {
    if (!bilinear) return {element * factor, (element + 1) * factor};
    const index_t end = (element + 2) * factor, all = extent * factor;
    return {element == 0 ? 0 : (element - 1) * factor, end < all ? end : all};
  }
};

}  // namespace taut
