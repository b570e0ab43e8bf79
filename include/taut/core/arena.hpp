/// Arena: one aligned block on the heap, allocated once; everything inside is an offset.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "taut/core/shape.hpp"

namespace taut {

/// Offsets and blocks are multiples of this many bytes: a cache line, and the widest SIMD register.
inline constexpr index_t alignment = 64;

/// `count` elements of T rounded up, so that whatever follows begins on an aligned byte.
template <class T>
constexpr index_t aligned_count(index_t count) {
  constexpr index_t step = alignment / sizeof(T);
  return (count + step - 1) / step * step;
}

/// Owns `size` elements, zeroed, on a 64-byte boundary. Moves, doesn't copy.
template <class T>
class Arena {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Arena() = default;
  explicit Arena(index_t size)
      : data_(size == 0 ? nullptr : static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t{alignment}))), size_(size) {
    std::uninitialized_fill_n(data_.get(), size, T{});
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  index_t size() const { return size_; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }

 private:
  struct Free {
    void operator()(T* block) const { ::operator delete(block, std::align_val_t{alignment}); }
  };
  std::unique_ptr<T, Free> data_;
  index_t size_ = 0;
};

}  // namespace taut
