/// Recording: a training step that is captured once and replayed, and the numbers that differ from one replay to the next.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut::cuda {

/// A step that has no graph, because something in it computes on the host or waits for it.
class NotRecordable : public Error {
 public:
  using Error::Error;
};

/// What a replayed step reads from memory, because a graph's launches have their arguments for good.
struct StepNumbers {
  static constexpr index_t most_spans = 32, span_bytes = 80;
  struct alignas(16) Span {
    std::array<std::byte, span_bytes> factors{};
  };

  std::uint64_t key_offset = 0;           ///< added to the stream of every dropout mask's key
  std::array<Span, most_spans> spans{};   ///< of each of the optimizer's sweeps, in their order: what it multiplies with
};

/// What a device is told while a step is captured, or while only its numbers are collected and nothing is launched.
struct Recording {
  bool launches = true;
  StepNumbers* numbers = nullptr;               ///< where the host writes them
  const StepNumbers* replayed = nullptr;        ///< where kernels will read them
  double* results = nullptr;                    ///< (3): the loss's sums
  std::byte* constants = nullptr;               ///< a copy of the loss's weights, which the model's other losses overwrite
  std::size_t constants_size = 0;
  index_t spans = 0;

  /// Writes an optimizer's factors down. Returns where kernels find those of the step that is replayed.
  template <class Factors>
  const Factors* keep(const Factors& factors) {
    static_assert(std::is_trivially_copyable_v<Factors> && sizeof(Factors) <= StepNumbers::span_bytes);
    if (spans == StepNumbers::most_spans) {
      throw NotRecordable("TrainingGraph: expected an optimizer of up to " + std::to_string(StepNumbers::most_spans) +
                          " sweeps a step, found more");
    }
    std::memcpy(numbers->spans[spans].factors.data(), &factors, sizeof factors);
    return reinterpret_cast<const Factors*>(replayed->spans[spans++].factors.data());
  }

  /// Copies weights of a loss, which lie where the host can read them, or null.
  template <class T>
  const T* keep(const T* weights, index_t count) {
    if (weights == nullptr) return nullptr;
    if (count * sizeof(T) > constants_size) {
      fail("TrainingGraph: expected up to ", constants_size / sizeof(T), " weights of a loss, found ", count);
    }
    return static_cast<const T*>(std::memcpy(constants, weights, count * sizeof(T)));
  }
};

/// While it lives, a device records.
template <class D>
class Recorder {
 public:
  Recorder(D& device, Recording& into) : device_(device) { device_.record(&into); }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder() { device_.record(nullptr); }

 private:
  D& device_;
};

}  // namespace taut::cuda
