/// product: the matrix products of a Winograd convolution, one a point; operands lie in panels of nr channels.
#pragma once

#include <array>
#include <utility>

#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/winograd/plan.hpp"

namespace taut::kernels::cpu::winograd {

namespace detail {

/// out (rows, nr) = Σ over panels of a (panels, …, rows, nr) · b (panels · nr, nr).
/// Registers: rows × vectors accumulators, `vectors` columns of b, one broadcast of a.
template <index_t rows, class T>
void product_tile(index_t panels, const T* a, index_t panel_step, const T* b, T* out) {
  Vector<T> c[rows][gemm_tile().vectors];
  clear<T>(c);
  for (index_t panel = 0; panel < panels; ++panel, a += panel_step, b += nr<T> * nr<T>) {
    multiply_accumulate<RowStep<nr<T>>, 0, rows>(c, nr<T>, a, 1, b, nr<T>);
  }
  store_tile(c, out, nr<T>, nr<T>, Epilogue<T>{});
}

/// out (rows, nr) (+)= Σ over depth of a[k][first row …]ᵀ · b[k], both with nr elements a step.
template <index_t rows, class T>
void outer_tile(index_t depth, const T* a, const T* b, bool accumulate, T* out) {
  Vector<T> c[rows][gemm_tile().vectors];
  clear<T>(c);
  multiply_accumulate<RowStep<1>, 0, rows>(c, depth, a, nr<T>, b, nr<T>);
  store_tile(c, out, nr<T>, nr<T>, Epilogue<T>{nullptr, Activation::identity, accumulate});
}

}  // namespace detail

/// out (count, nr) = a · b for `count` tiles. Loop ir over tiles of registers: as even as possible, since 6 + 6 + 2 rows would leave the
/// multipliers idle where 5 + 5 + 4 keep them busy.
template <class T>
void multiply_tiles(index_t count, index_t panels,
                    const T* a,  // (panels, …, count, nr), panel_step apart
                    index_t panel_step,
                    const T* b,  // (panels · nr, nr)
                    T* out) {    // (count, nr)
  constexpr index_t mr = gemm_tile().mr;
  static constexpr auto kernels = []<index_t... rows>(std::integer_sequence<index_t, rows...>) {
    return std::array{&detail::product_tile<rows + 1, T>...};
  }(std::make_integer_sequence<index_t, mr>{});
  const EvenSplit split{count, mr};
  for (index_t i = 0; i < split.parts(); ++i) {
    const index_t first = split.begin(i);
    kernels[split.size(i) - 1](panels, a + first * nr<T>, panel_step, b, out + first * nr<T>);
  }
}

/// out (nr, nr) (+)= aᵀ · b over `count` tiles.
template <class T>
void multiply_transposed(index_t count,
                         const T* a,  // (count, nr)
                         const T* b,  // (count, nr)
                         bool accumulate,
                         T* out) {  // (nr, nr)
  static constexpr EvenSplit split{nr<T>, gemm_tile().mr};
  [&]<index_t... i>(std::integer_sequence<index_t, i...>) {
    (detail::outer_tile<split.size(i), T>(count, a + split.begin(i), b, accumulate, out + split.begin(i) * nr<T>), ...);
  }(std::make_integer_sequence<index_t, split.parts()>{});
}

}  // namespace taut::kernels::cpu::winograd
