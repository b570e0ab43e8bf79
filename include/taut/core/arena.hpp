/// Arena: one aligned block of memory, allocated once; everything inside is an offset.
#pragma once

#include <cstddef>
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

/// Where blocks of memory come from: the heap, or what a device can reach. Plain functions, so that a block needs nobody to outlive it.
struct MemorySource {
  void* (*allocate)(std::size_t bytes);  ///< zeros; null, or an exception, where there is no memory
  void (*release)(void* block);
};

/// The heap. calloc, because the system hands out large blocks as zero pages that exist only once they are touched.
inline constexpr MemorySource host_memory{.allocate = [](std::size_t bytes) { return std::calloc(bytes, 1); },
                                          .release = [](void* block) { std::free(block); }};

/// Owns `size` zeros on a 64-byte boundary. Moves, doesn't copy. Memory that is never touched costs nothing: a block for 256 rows of
/// which 64 are used takes the place of 64.
template <class T>
class Arena {
  static_assert(std::is_arithmetic_v<T>, "an Arena holds numbers");

 public:
  Arena() = default;
  explicit Arena(index_t size, MemorySource source = host_memory) : block_(nullptr, Release{source.release}), size_(size) {
    if (size == 0) return;
    block_.reset(source.allocate(size * sizeof(T) + alignment));
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
  struct Release {
    void (*release)(void* block) = host_memory.release;
    void operator()(void* block) const { release(block); }
  };

  void swap(Arena& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  std::unique_ptr<void, Release> block_;
  T* data_ = nullptr;
  index_t size_ = 0;
};

}  // namespace taut
