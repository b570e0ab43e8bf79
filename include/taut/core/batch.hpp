/// Batch: samples of one static shape, as many rows as there are, up to a static maximum.
#pragma once

#include <concepts>
#include <type_traits>

#include "taut/core/arena.hpp"
#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

/// Borrowed rows of samples. An image sample of shape (channels, height, width) lies as (height, width, channels).
template <class T, Shape Sample>
struct BatchView {
  static constexpr Shape sample_shape = Sample;

  T* data = nullptr;  // (rows, height, width, channels) or (rows, features)
  index_t rows = 0;

  T* row(index_t i) const { return data + i * Sample.size(); }

  /// A template, because nvcc warns of a conversion to the same type, which T = const T would make of a plain one, constrained or not.
  template <std::same_as<const T> Const>
    requires(!std::is_const_v<T>)
  operator BatchView<Const, Sample>() const {
    return {data, rows};
  }
};

/// Owns up to `MaxRows` samples on the heap; `rows()` says how many are in use.
template <class T, Shape Sample, index_t MaxRows>
class Batch {
 public:
  static constexpr Shape sample_shape = Sample;
  static constexpr index_t max_rows = MaxRows;

  explicit Batch(index_t rows = MaxRows) : storage_(MaxRows * Sample.size()) { resize(rows); }

  index_t rows() const { return rows_; }

  /// Throws an Error where more rows are asked for than there is room for.
  void resize(index_t rows) {
    if (rows > MaxRows) fail("a batch holds at most ", MaxRows, " rows but was asked for ", rows);
    rows_ = rows;
  }

  T* data() { return storage_.data(); }
  const T* data() const { return storage_.data(); }
  T* row(index_t i) { return data() + i * Sample.size(); }
  const T* row(index_t i) const { return data() + i * Sample.size(); }

  BatchView<T, Sample> view() { return {data(), rows_}; }
  BatchView<const T, Sample> view() const { return {data(), rows_}; }

 private:
  Arena<T> storage_;
  index_t rows_ = 0;
};

}  // namespace taut
