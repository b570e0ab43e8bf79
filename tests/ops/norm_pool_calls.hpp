/// Norm pool calls: a device's functions for one row of the table, and the vectors that they take.
#pragma once

#include <cstdint>

#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "taut/core/random.hpp"
#include "taut/device/device.hpp"

namespace ops {

template <class D, class T>
struct NormPoolCalls {
  index_t (*workspace)(D&, index_t rows);
  void (*statistics)(D&, index_t rows, const T* x, taut::BatchNormOptions, taut::BatchNormVectors<T>, T* workspace);
  void (*running)(D&, taut::BatchNormOptions, taut::BatchNormVectors<T>);
  void (*forward)(D&, index_t rows, const T* x, taut::BatchNormVectors<T>, T* y, std::uint8_t* argmax);
  void (*backward)(D&, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, taut::BatchNormVectors<T>, T* dx, T* dgamma,
                   T* dbeta, T* workspace);
};

template <index_t I>
inline constexpr taut::NormPoolGeometry norm_pool_geometry = norm_pools[I].geometry;

template <class D, class T, index_t I>
constexpr NormPoolCalls<D, T> norm_pool_calls() {
  NormPoolCalls<D, T> calls{[](D& d, index_t rows) { return d.template norm_pool_workspace<norm_pool_geometry<I>, T>(rows); },
                            nullptr,
                            nullptr,
                            [](D& d, index_t rows, const T* x, taut::BatchNormVectors<T> norm, T* y, std::uint8_t* argmax) {
                              d.template norm_pool_forward<norm_pool_geometry<I>, T>(rows, x, norm.scale, norm.shift, y, argmax);
                            },
                            nullptr};
  calls.backward = [](D& d, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, taut::BatchNormVectors<T> norm, T* dx,
                      T* dgamma, T* dbeta, T* workspace) {
    d.template norm_pool_backward<norm_pool_geometry<I>, T>(rows, x, dy, argmax, norm, dx, dgamma, dbeta, workspace);
  };
  if constexpr (norm_pool_geometry<I>.normalize) {
    calls.statistics = [](D& d, index_t rows, const T* x, taut::BatchNormOptions options, taut::BatchNormVectors<T> norm, T* workspace) {
      d.template batch_norm_statistics<norm_pool_geometry<I>, T>(rows, x, options, norm, workspace);
    };
    calls.running = [](D& d, taut::BatchNormOptions options, taut::BatchNormVectors<T> norm) {
      d.template batch_norm_running<norm_pool_geometry<I>, T>(options, norm);
    };
  }
  return calls;
}

/// A batch norm's eight vectors, guarded.
template <class T>
struct NormVectors {
  Guarded<T> gamma, beta, running_mean, running_variance, mean, inv_std, scale, shift;

  explicit NormVectors(index_t n) : gamma(n), beta(n), running_mean(n), running_variance(n), mean(n), inv_std(n), scale(n), shift(n) {}

  taut::BatchNormVectors<T> pointers() {
    return {gamma.data(), beta.data(),    running_mean.data(), running_variance.data(),
            mean.data(),  inv_std.data(), scale.data(),        shift.data()};
  }

  /// Vectors that agree with each other without a rounding, so that ReLU and max-pool decide the same on every device.
  void set_exactly(std::uint64_t seed) {
    taut::Random random{seed};
    constexpr T factors[] = {T(-2), T(-1), T(0.5), T(1), T(2)};
    for (index_t c = 0; c < gamma.size(); ++c) {
      gamma.data()[c] = factors[random.below(5)];
      beta.data()[c] = static_cast<T>(static_cast<int>(random.below(5)) - 2);
      mean.data()[c] = static_cast<T>(static_cast<int>(random.below(5)) - 2) / 2;
      inv_std.data()[c] = random.chance(0.5F) ? T(0.5) : T(0.25);
      scale.data()[c] = gamma.data()[c] * inv_std.data()[c];
      shift.data()[c] = beta.data()[c] - mean.data()[c] * scale.data()[c];
    }
  }
  /// Parameters and running statistics as they may be in training.
  void randomize(std::uint64_t seed) {
    gamma.randomize(seed);
    beta.randomize(seed + 1);
    running_mean.randomize(seed + 2);
    running_variance.randomize(seed + 3);
    for (T& variance : running_variance.span()) variance = variance * variance + T(0.25);
  }
  bool intact() {
    return gamma.intact() && beta.intact() && running_mean.intact() && running_variance.intact() && mean.intact() && inv_std.intact() &&
           scale.intact() && shift.intact();
  }
  bool same_bits(const NormVectors& other) const {
    return running_mean.same_bits(other.running_mean) && running_variance.same_bits(other.running_variance) && mean.same_bits(other.mean) &&
           inv_std.same_bits(other.inv_std) && scale.same_bits(other.scale) && shift.same_bits(other.shift);
  }
};

}  // namespace ops
