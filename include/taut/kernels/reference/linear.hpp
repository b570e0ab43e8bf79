/// Linear by its definition.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/kernels/reference/accumulator.hpp"
#include "taut/kernels/reference/activation.hpp"

namespace taut::kernels::reference {

template <class T>
void linear_forward(const LinearGeometry& g, index_t rows,
                    const T* x,       // (rows, in)
                    const T* weight,  // (in, out)
                    const T* bias,    // (out) or null
                    Activation activation,
                    T* y) {  // (rows, out)
  for (index_t row = 0; row < rows; ++row) {
    for (index_t out = 0; out < g.out; ++out) {
      Accumulator<T> sum = bias != nullptr ? bias[out] : T{};
      for (index_t in = 0; in < g.in; ++in) sum += static_cast<Accumulator<T>>(x[row * g.in + in]) * weight[in * g.out + out];
      y[row * g.out + out] = activate(activation, static_cast<T>(sum));
    }
  }
}

template <class T>
void linear_backward_input(const LinearGeometry& g, index_t rows,
                           const T* dy,      // (rows, out)
                           const T* weight,  // (in, out)
                           T* dx) {          // (rows, in)
  for (index_t row = 0; row < rows; ++row) {
    for (index_t in = 0; in < g.in; ++in) {
      Accumulator<T> sum{};
      for (index_t out = 0; out < g.out; ++out) sum += static_cast<Accumulator<T>>(dy[row * g.out + out]) * weight[in * g.out + out];
      dx[row * g.in + in] = static_cast<T>(sum);
    }
  }
}

template <class T>
void linear_backward_weight(const LinearGeometry& g, index_t rows,
                            const T* x,   // (rows, in)
                            const T* dy,  // (rows, out)
                            T* dweight,   // (in, out)
                            T* dbias) {   // (out) or null
  for (index_t in = 0; in < g.in; ++in) {
    for (index_t out = 0; out < g.out; ++out) {
      Accumulator<T> sum{};
      for (index_t row = 0; row < rows; ++row) sum += static_cast<Accumulator<T>>(x[row * g.in + in]) * dy[row * g.out + out];
      dweight[in * g.out + out] = static_cast<T>(sum);
    }
  }
  if (dbias == nullptr) return;
  for (index_t out = 0; out < g.out; ++out) {
    Accumulator<T> sum{};
    for (index_t row = 0; row < rows; ++row) sum += dy[row * g.out + out];
    dbias[out] = static_cast<T>(sum);
  }
}

}  // namespace taut::kernels::reference
