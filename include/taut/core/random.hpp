/// Random: numbers that are a function of (seed, stream, position), so that any thread may draw any of them in any order.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace taut {

/// Which sequence: a seed and a stream within it. Different streams of one seed are independent.
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;

  friend constexpr bool operator==(const RandomKey&, const RandomKey&) = default;
};

/// Four random words at `position` of the sequence `key`: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
/// 2011).
constexpr std::array<std::uint32_t, 4> philox(RandomKey key, std::uint64_t position) {
  constexpr auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  constexpr auto high = [](std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); };
  std::array<std::uint32_t, 4> counter{low(position), high(position), low(key.stream), high(key.stream)};
  std::uint32_t key0 = low(key.seed), key1 = high(key.seed);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {high(product1) ^ counter[1] ^ key0, low(product1), high(product0) ^ counter[3] ^ key1, low(product0)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

/// A seed for one purpose, independent of the same seed's other purposes.
constexpr std::uint64_t fork(std::uint64_t seed, std::uint64_t purpose) {
  const auto words = philox({seed, ~purpose}, purpose);
  return std::uint64_t{words[0]} << 32 | words[1];
}

/// A random word as a number in [0, 1), on a grid of 2^-24: exact in float.
constexpr float unit_interval(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24F; }

/// A generator that walks one sequence from its beginning. Its whole state is (key, position): saved and restored at no cost.
class Random {
 public:
  using result_type = std::uint32_t;

  constexpr explicit Random(RandomKey key, std::uint64_t position = 0) : key_(key), position_(position) {}
  constexpr explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : Random(RandomKey{seed, stream}) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return UINT32_MAX; }

  /// The next 32 random bits.
  constexpr std::uint32_t operator()() {
    if (position_ % 4 == 0 || !cached_) {
      words_ = philox(key_, position_ / 4);
      cached_ = true;
    }
    return words_[position_++ % 4];
  }

  constexpr std::uint64_t position() const { return position_; }

  /// Uniform in [0, 1).
  constexpr float uniform() { return unit_interval((*this)()); }

  /// Uniform in [low, high).
  constexpr float uniform(float low, float high) { return low + (high - low) * uniform(); }

  /// Uniform among 0 … bound-1 (multiply-shift; the bias is below bound / 2^32). Requires bound > 0.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((std::uint64_t{(*this)()} * bound) >> 32);
  }

  /// True with the given probability.
  constexpr bool chance(float probability) { return uniform() < probability; }

  /// Standard normal (Box and Muller, one of the pair).
  float normal() {
    const float radius = std::sqrt(-2.0F * std::log(1.0F - uniform()));
    return radius * std::cos(2.0F * std::numbers::pi_v<float> * uniform());
  }

  /// Fisher and Yates's shuffle: every order is equally likely.
  template <class T>
  constexpr void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  RandomKey key_;
  std::uint64_t position_;
  std::array<std::uint32_t, 4> words_{};
  bool cached_ = false;
};

}  // namespace taut
