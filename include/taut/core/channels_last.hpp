/// Channels last: between a Tensor (channels, height, width) and a batch's row (height, width, channels).
#pragma once

#include "taut/core/batch.hpp"
#include "taut/core/tensor.hpp"

namespace taut {

namespace detail {

/// Calls visit(index in row-major order, index with channels last) for every element of a sample; both are the same for a vector.
template <Shape Sample, class Visit>
constexpr void for_each_channels_last(Visit&& visit) {
  if constexpr (is_image(Sample)) {
    constexpr index_t pixels = Sample.d1 * Sample.d2;
    for (index_t channel = 0; channel < Sample.d0; ++channel) {
      for (index_t pixel = 0; pixel < pixels; ++pixel) visit(channel * pixels + pixel, pixel * Sample.d0 + channel);
    }
  } else {
    for (index_t i = 0; i < Sample.size(); ++i) visit(i, i);
  }
}

template <class T, Shape Sample>
void check_row(BatchView<T, Sample> batch, index_t row) {
  if (row >= batch.rows) fail("row ", row, " was asked for of a batch of ", batch.rows, " rows");
}

}  // namespace detail

/// Writes a sample into row `row` of a batch. Throws an Error where the batch has no such row.
template <TensorLike Source, class T, Shape Sample>
void to_channels_last(const Source& sample, BatchView<T, Sample> batch, index_t row) {
  (void)diagnostics::require<Source::shape == Sample, diagnostics::copy_misfit<Sample, Source::shape>>{};
  detail::check_row(batch, row);
  const auto from = sample.view();
  detail::for_each_channels_last<Sample>(
      [&](index_t row_major, index_t channels_last) { batch.row(row)[channels_last] = from.data()[row_major]; });
}

/// Reads row `row` of a batch as a tensor. Throws an Error where the batch has no such row.
template <class T, Shape Sample>
Tensor<std::remove_const_t<T>, Sample> from_channels_last(BatchView<T, Sample> batch, index_t row) {
  detail::check_row(batch, row);
  Tensor<std::remove_const_t<T>, Sample> sample;
  detail::for_each_channels_last<Sample>(
      [&](index_t row_major, index_t channels_last) { sample.data()[row_major] = batch.row(row)[channels_last]; });
  return sample;
}

}  // namespace taut
