/// group_norm_image: normalises groups of an image's channels. Lanes are channels: sums of each channel are joined to those of its group.
#pragma once

#include <cmath>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu::detail {

/// Vectors of channels whose sums grow side by side.
inline constexpr index_t image_vectors = 4;

/// sums[c] = Σ over pixels of term(element of the image, channel, lanes), in T.
template <GroupNormGeometry g, class T, class Term>
void channel_sums(T* sums /* (channels) */, Term&& term) {
  for_each_group<g.channels, image_vectors, T>([&](index_t channel, auto group, auto lanes) __attribute__((always_inline)) {
    constexpr index_t vectors = group;
    Vector<T> sum[vectors];
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) sum[v] = broadcast(T{0});
    for (index_t pixel = 0; pixel < g.pixels; ++pixel) {
#pragma GCC unroll 4
      for (index_t v = 0; v < vectors; ++v) {
        const index_t c = channel + v * width<T>;
        sum[v] = sum[v] + term(pixel * g.channels + c, c, lanes);
      }
    }
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) store_lanes<lanes>(sums + channel + v * width<T>, sum[v]);
  });
}

/// For every group join(Σ over its channels of term(c)) / (elements of the group), written to each of its channels. Sums in double.
template <GroupNormGeometry g, class T, class Term, class Join>
void group_means(T* means /* (channels) */, Term&& term, Join&& join) {
  for (index_t begin = 0; begin < g.channels; begin += g.group_channels()) {
    double sum = 0;
    for (index_t c = begin; c < begin + g.group_channels(); ++c) sum += term(c);
    const T mean = static_cast<T>(join(sum / static_cast<double>(g.group_size())));
    for (index_t c = begin; c < begin + g.group_channels(); ++c) means[c] = mean;
  }
}

/// Mean and 1 / √(biased variance + eps) of each channel's group, the variance about the mean.
template <GroupNormGeometry g, class T>
struct ImageMoments {
  T mean[g.channels], inv_std[g.channels];

  ImageMoments(const T* x /* (pixels, channels) */, double eps) {
    T sums[g.channels];
    const auto same = [](double sum) { return sum; };
    channel_sums<g>(sums, [&](index_t i, index_t, auto lanes) { return load_lanes<lanes>(x + i); });
    group_means<g>(mean, [&](index_t c) { return static_cast<double>(sums[c]); }, same);
    channel_sums<g>(sums, [&](index_t i, index_t c, auto lanes) {
      const Vector<T> distance = load_lanes<lanes>(x + i) - load_lanes<lanes>(mean + c);
      return distance * distance;
    });
    group_means<g>(inv_std, [&](index_t c) { return static_cast<double>(sums[c]); },
                   [&](double variance) { return 1 / std::sqrt(variance + eps); });
  }

  template <index_t lanes>
  Vector<T> normal(Vector<T> x, index_t channel) const {
    return (x - load_lanes<lanes>(mean + channel)) * load_lanes<lanes>(inv_std + channel);
  }
};

/// visit(element, channel, lanes) for each vector of the image.
template <GroupNormGeometry g, class T, class Visit>
void for_each_image_vector(Visit&& visit) {
  for (index_t pixel = 0; pixel < g.pixels; ++pixel) {
    for_each_vector<g.channels, T>([&](index_t channel, auto lanes) __attribute__((always_inline)) {
      visit(pixel * g.channels + channel, channel, lanes);
    });
  }
}

template <GroupNormGeometry g, class T>
void image_forward(const T* x,       // (pixels, channels)
                   const T* weight,  // (channels)
                   const T* bias,    // (channels)
                   double eps,
                   T* y) {  // as x
  const ImageMoments<g, T> moments(x, eps);
  for_each_image_vector<g, T>([&](index_t i, index_t c, auto lanes) __attribute__((always_inline)) {
    const Vector<T> normal = moments.template normal<lanes>(load_lanes<lanes>(x + i), c);
    store_lanes<lanes>(y + i, fma(normal, load_lanes<lanes>(weight + c), load_lanes<lanes>(bias + c)));
  });
}

/// Adds to dweight and dbias.
template <GroupNormGeometry g, class T>
void image_backward(const T* x,       // (pixels, channels)
                    const T* dy,      // as x
                    const T* weight,  // (channels)
                    double eps,
                    T* dx,       // as x, or null
                    T* dweight,  // (channels)
                    T* dbias) {  // (channels)
  const ImageMoments<g, T> moments(x, eps);
  T sums[g.channels], product_sums[g.channels];
  channel_sums<g>(sums, [&](index_t i, index_t, auto lanes) { return load_lanes<lanes>(dy + i); });
  channel_sums<g>(product_sums, [&](index_t i, index_t c, auto lanes) {
    return load_lanes<lanes>(dy + i) * moments.template normal<lanes>(load_lanes<lanes>(x + i), c);
  });
  for (index_t c = 0; c < g.channels; ++c) {
    dbias[c] += sums[c];
    dweight[c] += product_sums[c];
  }
  if (dx == nullptr) return;

  T share[g.channels], slope[g.channels];
  const auto same = [](double sum) { return sum; };
  group_means<g>(share, [&](index_t c) { return static_cast<double>(sums[c]) * static_cast<double>(weight[c]); }, same);
  group_means<g>(slope, [&](index_t c) { return static_cast<double>(product_sums[c]) * static_cast<double>(weight[c]); }, same);
  for_each_image_vector<g, T>([&](index_t i, index_t c, auto lanes) __attribute__((always_inline)) {
    const Vector<T> normal = moments.template normal<lanes>(load_lanes<lanes>(x + i), c);
    const Vector<T> scaled = load_lanes<lanes>(dy + i) * load_lanes<lanes>(weight + c);
    const Vector<T> rest = scaled - load_lanes<lanes>(share + c) - normal * load_lanes<lanes>(slope + c);
    store_lanes<lanes>(dx + i, load_lanes<lanes>(moments.inv_std + c) * rest);
  });
}

}  // namespace taut::kernels::cpu::detail
