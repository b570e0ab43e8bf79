/// TensorFile: named arrays and a string-to-string dictionary in memory, as a safetensors file or a PyTorch checkpoint holds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/core/shape.hpp"
#include "taut/io/dtype.hpp"

namespace taut {

namespace detail {

inline std::string extents(std::span<const index_t> shape) {
  if (shape.empty()) return "a scalar";
  std::string words;
  for (const index_t extent : shape) words.append(words.empty() ? "" : "x").append(std::to_string(extent));
  return words;
}

/// Count elements of In as T. memcpy, because bytes of a file have no alignment.
template <class In, class T, class Convert>
void convert(std::span<const std::byte> bytes, T* out, Convert as_number) {
  for (index_t i = 0; i < bytes.size() / sizeof(In); ++i) {
    In raw;
    std::memcpy(&raw, bytes.data() + i * sizeof(In), sizeof(In));
    out[i] = static_cast<T>(as_number(raw));
  }
}

}  // namespace detail

struct TensorEntry {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<index_t> shape;    ///< outermost first; none for a scalar
  std::vector<std::byte> bytes;  ///< row-major, little-endian

  index_t size() const { return bytes.size() / bytes_of(dtype); }

  /// The elements as numbers. A floating type takes any of F16, BF16, F32, F64; an integer type only its own.
  template <class T>
  std::vector<T> values() const {
    const bool fits = std::is_floating_point_v<T> ? is_floating(dtype) : dtype == dtype_of<T>();
    if (!fits) {
      fail("tensor ", detail::quote(name), ": expected ", std::is_floating_point_v<T> ? "a floating type" : name_of(dtype_of<T>()),
           " but found ", name_of(dtype));
    }
    std::vector<T> numbers(size());
    constexpr auto as_it_is = [](auto raw) { return raw; };
    if constexpr (std::is_floating_point_v<T>) {
      if (dtype == Dtype::f16) detail::convert<std::uint16_t>(bytes, numbers.data(), detail::float_from_f16);
      else if (dtype == Dtype::bf16) detail::convert<std::uint16_t>(bytes, numbers.data(), detail::float_from_bf16);
      else if (dtype == Dtype::f64) detail::convert<double>(bytes, numbers.data(), as_it_is);
      else detail::convert<float>(bytes, numbers.data(), as_it_is);
    } else {
      detail::convert<T>(bytes, numbers.data(), as_it_is);
    }
    return numbers;
  }
};

/// What a file holds, in the file's order. `origin` names it in errors.
struct TensorFile {
  std::vector<TensorEntry> entries;
  std::map<std::string, std::string> metadata;
  std::string origin = "tensors";

  const TensorEntry* find(std::string_view name) const {
    for (const TensorEntry& entry : entries) {
      if (entry.name == name) return &entry;
    }
    return nullptr;
  }

  /// Throws an Error if there is no such tensor.
  const TensorEntry& at(std::string_view name) const {
    const TensorEntry* entry = find(name);
    if (entry == nullptr) fail(origin, ": there is no tensor ", detail::quote(name));
    return *entry;
  }

  /// The tensor's elements as T; throws an Error if it is missing or its type doesn't convert.
  template <class T>
  std::vector<T> tensor(std::string_view name) const {
    return values_of<T>(at(name));
  }

  /// The same of an entry that is at hand.
  template <class T>
  std::vector<T> values_of(const TensorEntry& entry) const {
    try {
      return entry.values<T>();
    } catch (const Error& error) {
      fail(origin, ": ", error.what());
    }
  }

  /// Throws an Error if there is no such key.
  const std::string& metadata_at(const std::string& key) const {
    const auto found = metadata.find(key);
    if (found == metadata.end()) fail(origin, ": the metadata has no ", detail::quote(key));
    return found->second;
  }

  template <class T>
  void add(std::string name, std::vector<index_t> shape, std::span<const T> values) {
    const std::span<const std::byte> bytes = std::as_bytes(values);
    entries.push_back({std::move(name), dtype_of<T>(), std::move(shape), {bytes.begin(), bytes.end()}});
  }
};

}  // namespace taut
