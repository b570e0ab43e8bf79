/// Accumulator: the type that long sums are made in.
#pragma once

#include <type_traits>

namespace taut::kernels::reference {

/// double for float and double; the scalar itself where it is wider or something else entirely.
template <class T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T> && sizeof(T) < sizeof(double), double, T>;

}  // namespace taut::kernels::reference
