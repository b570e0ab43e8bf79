/// Vector: a few neighbouring elements that are moved by one instruction.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace taut::kernels::cuda {

template <class T, int width>
struct alignas(width * sizeof(T)) Vector {
  T values[width];
};

/// Elements of a 16-byte access, the widest there is.
template <class T>
inline constexpr int widest = 16 / static_cast<int>(sizeof(T));

/// Requires an address that is a multiple of the vector's size.
template <int width, class T>
__device__ __forceinline__ Vector<T, width> load_vector(const T* from) {
  return *reinterpret_cast<const Vector<T, width>*>(from);
}

template <int width, class T>
__device__ __forceinline__ void store_vector(T* to, const Vector<T, width>& vector) {
  *reinterpret_cast<Vector<T, width>*>(to) = vector;
}

/// Whether load_vector may read as widely as it can here.
template <class T>
bool aligned(const T* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
}

}  // namespace taut::kernels::cuda
