/// Guarded: a kernel's buffer between two guard zones. Fresh, every element holds the canary, so that an element nobody wrote is seen, and
/// an element that was added to, or a guard that was read into a result, turns up as NaN.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/random.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace ops {

using taut::index_t;

/// Where a test's operands lie: where the devices under test can read them.
inline taut::MemorySource operand_memory = taut::host_memory;

/// The data begins `skew` elements after an aligned address: kernels may not rely on more than an element's own alignment.
template <class T>
class Guarded {
 public:
  explicit Guarded(index_t count, index_t skew = 1) : block_(2 * guard + skew + count, operand_memory), begin_(guard + skew), count_(count) {
    std::memset(block_.data(), canary, block_.size() * sizeof(T));
    forbid_guards();
  }

  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { allow_guards(); }

  T* data() { return block_.data() + begin_; }
  const T* data() const { return block_.data() + begin_; }
  index_t size() const { return count_; }
  std::span<T> span() { return {data(), count_}; }
  std::span<const T> span() const { return {data(), count_}; }

  /// Nothing outside was written.
  bool intact() {
    allow_guards();
    const bool untouched = all_canary(0, begin_) && all_canary(begin_ + count_, block_.size());
    forbid_guards();
    return untouched;
  }
  /// Everything inside was.
  bool written() const {
    for (index_t i = begin_; i < begin_ + count_; ++i) {
      if (all_canary(i, i + 1)) return false;
    }
    return true;
  }
  bool same_bits(const Guarded& other) const {
    return count_ == other.count_ && std::memcmp(data(), other.data(), count_ * sizeof(T)) == 0;
  }

  /// Uniform within ±range, exact in float whatever T is.
  void randomize(std::uint64_t seed, float range = 1) {
    taut::Random random{seed};
    for (T& value : span()) value = static_cast<T>(random.uniform(-range, range));
  }
  /// Multiples of `step` within ±4 steps: sums and products of a few such are exact.
  void randomize_on_grid(std::uint64_t seed, T step = 1) {
    taut::Random random{seed};
    for (T& value : span()) value = step * static_cast<T>(static_cast<int>(random.below(9)) - 4);
  }
  void copy_from(const Guarded& other) { std::copy_n(other.data(), count_, data()); }

  template <class O>
  std::vector<O> as() const {
    return {data(), data() + count_};
  }
  template <class O>
  std::vector<O> absolute() const {
    std::vector<O> values = as<O>();
    for (O& value : values) value = value < 0 ? -value : value;
    return values;
  }

 private:
  static constexpr index_t guard = 256;
  // All ones are a NaN that no arithmetic makes; as a byte they would be a legal argmax.
  static constexpr int canary = std::is_same_v<T, std::uint8_t> ? 0xA5 : 0xFF;

  bool all_canary(index_t first, index_t last) const {
    const auto* bytes = reinterpret_cast<const unsigned char*>(block_.data());
    return std::all_of(bytes + first * sizeof(T), bytes + last * sizeof(T), [](unsigned char byte) { return byte == canary; });
  }

#if defined(__SANITIZE_ADDRESS__)
  void forbid_guards() {
    ASAN_POISON_MEMORY_REGION(block_.data(), begin_ * sizeof(T));
    ASAN_POISON_MEMORY_REGION(block_.data() + begin_ + count_, guard * sizeof(T));
  }
  void allow_guards() { ASAN_UNPOISON_MEMORY_REGION(block_.data(), block_.size() * sizeof(T)); }
#else
  void forbid_guards() {}
  void allow_guards() {}
#endif

  taut::Arena<T> block_;
  index_t begin_, count_;
};

}  // namespace ops
