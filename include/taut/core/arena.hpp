/// Arena: one aligned block on the heap, allocated once; everything inside is an offset.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "taut/core/shape.hpp"

namespace taut {

/// Blocks begin on a multiple of this many bytes: a cache line, and the widest SIMD register.
inline constexpr index_t alignment = 64;

/// Owns `size` zeros on a 64-byte boundary. Moves, doesn't copy. Memory that is never touched costs nothing: a block for 256 rows of
/// which 64 are used takes the place of 64.
template <class T>
class Arena {
  static_assert(std::is_arithmetic_v<T>, "an Arena holds numbers");

 public:
  Arena() = default;
  explicit Arena(index_t size) : size_(size) {
    if (size == 0) return;
    // calloc, because the system hands out large blocks as zero pages that exist only once they are touched.
    block_.reset(std::calloc(size * sizeof(T) + alignment, 1));
    if (block_ == nullptr) throw std::bad_alloc();
    const auto address = reinterpret_cast<std::uintptr_t>(block_.get());
    data_ = reinterpret_cast<T*>((address + alignment - 1) / alignment * alignment);
  }
  Arena(Arena&& other) noexcept { swap(other); }
  Arena& operator=(Arena&& other) noexcept {
    Arena taken(std::move(other));
    swap(taken);
    return *this;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  index_t size() const { return size_; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }

 private:
  struct Free {
    void operator()(void* block) const { std::free(block); }
  };

  void swap(Arena& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  std::unique_ptr<void, Free> block_;
  T* data_ = nullptr;
  index_t size_ = 0;
};

}  // namespace taut
