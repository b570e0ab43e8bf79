/// Checkpoint: a TrainingState as a safetensors file.
#pragma once

#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "taut/io/safetensors.hpp"
#include "taut/train/format.hpp"
#include "taut/train/training_state.hpp"

namespace taut {

namespace detail {

inline constexpr std::string_view checkpoint_format = "taut checkpoint 1";
inline constexpr std::string_view number_prefix = "number.", setting_prefix = "setting.", tensor_prefix = "model.", array_prefix = "run.";

inline double number_of(std::string_view text, std::string_view name, std::string_view origin) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail(origin, ": ", quote(name), ": expected a number, found ", quote(text));
  }
  return number;
}

inline Shape shape_of(const TensorEntry& entry, std::string_view origin) {
  const auto& extents = entry.shape;
  if (extents.empty() || extents.size() > static_cast<std::size_t>(Shape::max_rank)) {
    fail(origin, ": tensor ", quote(entry.name), ": expected 1 to ", Shape::max_rank, " axes, found ", extents.size());
  }
  const auto extent = [&](std::size_t axis) { return axis < extents.size() ? extents[axis] : 0; };
  return {extent(0), extent(1), extent(2), extent(3)};
}

}  // namespace detail

/// Writes wholly or not at all.
template <class T>
void save_checkpoint(const std::filesystem::path& path, const TrainingState<T>& state) {
  TensorFile file;
  file.origin = path.string();
  file.metadata["format"] = detail::checkpoint_format;
  for (const auto& [name, value] : state.settings) file.metadata[std::string(detail::setting_prefix) + name] = value;
  for (const auto& [name, value] : state.numbers.entries()) file.metadata[std::string(detail::number_prefix) + name] = exact_text(value);
  for (const NamedTensor<T>& tensor : state.tensors) {
    std::vector<index_t> extents;
    for (int axis = 0; axis < tensor.shape.rank(); ++axis) extents.push_back(tensor.shape[axis]);
    file.add(std::string(detail::tensor_prefix) + tensor.name, extents, std::span<const T>(tensor.values));
  }
  for (const auto& array : state.arrays) {
    file.add(std::string(detail::array_prefix) + array.name, {array.values.size()}, std::span<const T>(array.values));
  }
  write_safetensors(path, file);
}

/// Throws an Error that names the file where it isn't a checkpoint, or not one of numbers of type T.
template <class T>
TrainingState<T> load_checkpoint(const std::filesystem::path& path) {
  const TensorFile file = read_safetensors(path);
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second != detail::checkpoint_format) {
    fail(file.origin, ": expected a ", detail::quote(detail::checkpoint_format), ", found ",
         format == file.metadata.end() ? "no format" : detail::quote(format->second));
  }
  require_checksum(file);
  TrainingState<T> state;
  for (const auto& [key, value] : file.metadata) {
    if (key.starts_with(detail::setting_prefix)) state.settings.emplace_back(key.substr(detail::setting_prefix.size()), value);
    if (key.starts_with(detail::number_prefix)) {
      state.numbers.set(key.substr(detail::number_prefix.size()), detail::number_of(value, key, file.origin));
    }
  }
  for (const TensorEntry& entry : file.entries) {
    if (entry.dtype != dtype_of<T>()) {
      fail(file.origin, ": tensor ", detail::quote(entry.name), ": expected ", name_of(dtype_of<T>()), ", found ", name_of(entry.dtype));
    }
    if (entry.name.starts_with(detail::tensor_prefix)) {
      state.tensors.push_back(
          {entry.name.substr(detail::tensor_prefix.size()), detail::shape_of(entry, file.origin), file.values_of<T>(entry)});
    } else if (entry.name.starts_with(detail::array_prefix)) {
      state.arrays.push_back({entry.name.substr(detail::array_prefix.size()), file.values_of<T>(entry)});
    } else {
      fail(file.origin, ": tensor ", detail::quote(entry.name), ": expected none of that name in a checkpoint");
    }
  }
  return state;
}

}  // namespace taut
