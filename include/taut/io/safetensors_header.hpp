/// SafetensorsHeader: the JSON at the beginning of a safetensors file, read strictly, in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/io/dtype.hpp"
#include "taut/io/tensor_file.hpp"

namespace taut::detail {

/// The format's own bound.
inline constexpr std::uint64_t max_safetensors_header = 100'000'000;

struct SafetensorsHeader {
  struct Item {
    std::string name;
    Dtype dtype{};
    std::vector<index_t> shape;
    std::uint64_t begin = 0, end = 0;  ///< bytes, counted from the end of the header
  };
  std::vector<Item> items;
  std::map<std::string, std::string> metadata;
};

/// Receives the parser's events. A tree of the JSON is never built: nesting is refused where it begins, repeated keys are seen, and
/// a hostile header costs time and memory in proportion to its size.
class SafetensorsHeaderReader {
 public:
  explicit SafetensorsHeaderReader(std::string_view origin) : origin_(origin) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool start_object(std::size_t) {
    if (place_ == Place::outside) place_ = Place::top;
    else if (place_ == Place::top_value) enter_member();
    else refuse("an object");
    return true;
  }

  bool key(std::string& name) {
    if (place_ == Place::top) {
      if (!names_.insert(name).second) stop(quote(name), " appears twice");
      name_ = name;
      place_ = Place::top_value;
    } else if (place_ == Place::metadata) {
      if (header_.metadata.contains(name)) stop("the metadata's key ", quote(name), " appears twice");
      metadata_key_ = name;
      place_ = Place::metadata_value;
    } else {
      enter_field(name);
    }
    return true;
  }

  bool string(std::string& text) {
    if (place_ == Place::metadata_value) {
      header_.metadata.emplace(metadata_key_, text);
      place_ = Place::metadata;
    } else if (place_ == Place::dtype) {
      const std::optional<Dtype> dtype = dtype_named(text);
      if (!dtype) stop("tensor ", quote(name_), ": unknown dtype ", quote(text));
      header_.items.back().dtype = *dtype;
      place_ = Place::item;
    } else {
      refuse("a string");
    }
    return true;
  }

  bool start_array(std::size_t) {
    if (place_ == Place::shape) place_ = Place::shape_elements;
    else if (place_ == Place::offsets) place_ = Place::offsets_elements;
    else refuse("an array");
    return true;
  }

  bool number_unsigned(std::uint64_t number) {
    constexpr std::size_t max_rank = 32;
    if (place_ == Place::shape_elements) {
      if (header_.items.back().shape.size() == max_rank) stop("tensor ", quote(name_), ": more than ", max_rank, " axes");
      header_.items.back().shape.push_back(number);
    } else if (place_ == Place::offsets_elements && offsets_ < 2) {
      (offsets_ == 0 ? header_.items.back().begin : header_.items.back().end) = number;
      ++offsets_;
    } else if (place_ == Place::offsets_elements) {
      stop("tensor ", quote(name_), ": expected 2 data_offsets but found more");
    } else {
      refuse("a number");
    }
    return true;
  }

  bool end_array() {
    if (place_ == Place::offsets_elements && offsets_ != 2) {
      stop("tensor ", quote(name_), ": expected 2 data_offsets but found ", offsets_);
    }
    place_ = Place::item;
    return true;
  }

  bool end_object() {
    if (place_ == Place::item) {
      const char* missing = !has_dtype_ ? "dtype" : !has_shape_ ? "shape" : !has_offsets_ ? "data_offsets" : nullptr;
      if (missing != nullptr) stop("tensor ", quote(name_), ": there is no \"", missing, "\"");
    }
    place_ = place_ == Place::top ? Place::outside : Place::top;
    return true;
  }

  bool null() { refuse("null"); }
  bool boolean(bool) { refuse("a boolean"); }
  bool number_integer(std::int64_t) { refuse("a negative number"); }
  bool number_float(double, const std::string&) { refuse("a number that is no integer of 64 bits"); }
  bool binary(std::vector<std::uint8_t>&) { refuse("binary data"); }

  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception&) {
    stop("the header is no JSON: unexpected byte at position ", position, " of it");
  }

 private:
  enum class Place { outside, top, top_value, metadata, metadata_value, item, dtype, shape, shape_elements, offsets, offsets_elements };

  void enter_member() {
    if (name_ == "__metadata__") {
      place_ = Place::metadata;
      return;
    }
    header_.items.push_back({name_, {}, {}, 0, 0});
    has_dtype_ = has_shape_ = has_offsets_ = false;
    offsets_ = 0;
    place_ = Place::item;
  }

  void enter_field(const std::string& field) {
    bool* seen = nullptr;
    if (field == "dtype") seen = &has_dtype_, place_ = Place::dtype;
    else if (field == "shape") seen = &has_shape_, place_ = Place::shape;
    else if (field == "data_offsets") seen = &has_offsets_, place_ = Place::offsets;
    else stop("tensor ", quote(name_), ": unknown key ", quote(field));
    if (*seen) stop("tensor ", quote(name_), ": the key ", quote(field), " appears twice");
    *seen = true;
  }

  [[noreturn]] void refuse(const char* found) {
    switch (place_) {
      case Place::outside:
      case Place::top: stop("the header: expected an object but found ", found);
      case Place::top_value: stop("entry ", quote(name_), ": expected an object but found ", found);
      case Place::metadata:
      case Place::metadata_value: stop("the metadata's ", quote(metadata_key_), ": expected a string but found ", found);
      case Place::item:
      case Place::dtype: stop("tensor ", quote(name_), ": dtype: expected a string but found ", found);
      case Place::shape:
      case Place::shape_elements: stop("tensor ", quote(name_), ": shape: expected a list of sizes but found ", found);
      case Place::offsets:
      case Place::offsets_elements: stop("tensor ", quote(name_), ": data_offsets: expected two integers but found ", found);
    }
    stop("the header: unexpectedly found ", found);
  }

  template <class... Parts>
  [[noreturn]] void stop(const Parts&... parts) const {
    fail(origin_, ": ", parts...);
  }

  std::string_view origin_;
  SafetensorsHeader header_;
  Place place_ = Place::outside;
  std::set<std::string> names_;  // no hash table, which chosen names could make slow
  std::string name_, metadata_key_;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;
  int offsets_ = 0;
};

/// Reads the JSON text of a header. Throws an Error for anything that the format doesn't allow.
inline SafetensorsHeader parse_safetensors_header(std::string_view json, std::string_view origin) {
  SafetensorsHeaderReader reader(origin);
  if (json.empty() || json.front() != '{') fail(origin, ": not a safetensors file: the header doesn't begin with '{'");
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  return reader.take();
}

}  // namespace taut::detail
