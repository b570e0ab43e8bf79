/// Weights: a model's tensors to and from a safetensors file, in PyTorch's names and layouts.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/safetensors_reader.hpp"
#include "taut/io/safetensors_writer.hpp"
#include "taut/io/weights_info.hpp"

namespace taut {

/// A tensor that a file and a network don't share.
struct TensorDifference {
  std::string name;
  std::string expected;  ///< by the network: a shape, "2x512"; empty where it has no such tensor
  std::string found;     ///< in the file, likewise
};

/// `tensor "17.weight": expected 2x512 but found 7x512`
inline std::string to_string(const TensorDifference& difference) {
  return "tensor " + detail::quote(difference.name) + ": " +
         (difference.expected.empty() ? "the network has none" : "expected " + difference.expected) + " but " +
         (difference.found.empty() ? "the file has none" : "found " + difference.found);
}

namespace detail {

inline std::vector<index_t> extents_of(const Shape& shape) {
  std::vector<index_t> list;
  for (int axis = 0; axis < shape.rank(); ++axis) list.push_back(shape[axis]);
  return list;
}

/// PyTorch counts the batches a batch normalisation has seen; nothing is computed from it.
inline bool is_batch_count(std::string_view name) { return name.ends_with(".num_batches_tracked"); }

/// Throws an Error of the first differences, unless there is none.
inline void refuse_differences(const TensorFile& file, const std::vector<std::string>& differences) {
  if (differences.empty()) return;
  constexpr std::size_t most = 3;
  std::string sentence;
  for (std::size_t i = 0; i < std::min(most, differences.size()); ++i) sentence.append(i == 0 ? "" : "; ").append(differences[i]);
  if (differences.size() > most) sentence += "; and " + std::to_string(differences.size() - most) + " more";
  fail(file.origin, ": weights of another network: ", sentence);
}

/// What a file's tensors and a network's (`tensors`, with names and shapes) don't have in common.
template <class Named>
std::vector<TensorDifference> tensor_differences(const std::vector<Named>& tensors, const TensorFile& file) {
  std::vector<TensorDifference> differences;
  for (const Named& tensor : tensors) {
    const TensorEntry* entry = file.find(tensor.name);
    const std::vector<index_t> expected = extents_of(tensor.shape);
    if (entry == nullptr) {
      differences.push_back({tensor.name, extents(expected), ""});
    } else if (entry->shape != expected) {
      differences.push_back({tensor.name, extents(expected), extents(entry->shape)});
    } else if (!is_floating(entry->dtype)) {
      differences.push_back({tensor.name, "a floating type", std::string(name_of(entry->dtype))});
    }
  }
  for (const TensorEntry& entry : file.entries) {
    const bool known = std::any_of(tensors.begin(), tensors.end(), [&](const Named& tensor) { return tensor.name == entry.name; });
    if (!known && !is_batch_count(entry.name)) differences.push_back({entry.name, "", extents(entry.shape)});
  }
  return differences;
}

/// Throws an Error that names the first differences between a network's tensors and a file's.
template <class Named>
void check_same_network(const std::vector<Named>& tensors, const TensorFile& file) {
  std::vector<std::string> differences;
  for (const TensorDifference& difference : tensor_differences(tensors, file)) differences.push_back(to_string(difference));
  refuse_differences(file, differences);
}

/// A tensor's numbers as F16.
template <class Named>
std::vector<std::byte> half_bytes(const Named& tensor, std::string_view origin) {
  std::vector<std::byte> bytes(tensor.values.size() * sizeof(std::uint16_t));
  for (index_t i = 0; i < tensor.values.size(); ++i) {
    const auto value = static_cast<float>(tensor.values[i]);
    const std::uint16_t half = f16_from_float(value);
    if (std::isfinite(value) && !std::isfinite(float_from_f16(half))) {
      fail(origin, ": tensor ", quote(tensor.name), ": expected numbers up to 65504, which F16 can hold, but found ", value);
    }
    std::memcpy(bytes.data() + i * sizeof(half), &half, sizeof(half));
  }
  return bytes;
}

}  // namespace detail

/// Fills `tensors` (a model's, with names and shapes) from `file`. All are checked before the first is written, so that an Error,
/// which names every layer that differs, leaves them as they were.
template <class Named>
void fill_from(const TensorFile& file, std::vector<Named>& tensors) {
  detail::check_same_network(tensors, file);
  for (Named& tensor : tensors) {
    tensor.values = file.tensor<typename decltype(tensor.values)::value_type>(tensor.name);
  }
}

/// How many bits a file spends on a number. `half`: 16 (F16) in tensors of two axes or more; the vectors, which are small, stay as they
/// are.
enum class Precision { full, half };

/// The file that holds `tensors`, not yet written. Throws an Error for a number that F16, up to 65,504, can't hold where it should.
template <class Named>
TensorFile weights_file(const std::vector<Named>& tensors, const WeightsInfo& info, std::string origin = "weights",
                        Precision precision = Precision::full) {
  TensorFile file;
  file.metadata = to_metadata(info, origin);
  file.origin = std::move(origin);
  for (const Named& tensor : tensors) {
    const std::vector<index_t> extents = detail::extents_of(tensor.shape);
    if (precision == Precision::half && extents.size() > 1) {
      file.entries.push_back({tensor.name, Dtype::f16, extents, detail::half_bytes(tensor, file.origin)});
    } else {
      file.add(tensor.name, extents, std::span(tensor.values));
    }
  }
  return file;
}

/// Writes a model's parameters and buffers, wholly or not at all.
template <class Model>
void save_weights(const std::filesystem::path& path, const Model& model, const WeightsInfo& info, Precision precision = Precision::full) {
  write_safetensors(path, weights_file(model.export_tensors(), info, path.string(), precision));
}

/// Copies a file's tensors into the model; one of another network throws an Error and changes nothing.
template <class Model>
void import_weights(const TensorFile& file, Model& model) {
  auto tensors = model.export_tensors();
  fill_from(file, tensors);
  model.import_tensors(tensors);
}

/// Reads what `save_weights` wrote. The Error for a file of another network names the layers that differ.
template <class Model>
WeightsInfo load_weights(const std::filesystem::path& path, Model& model) {
  const TensorFile file = read_safetensors(path);
  WeightsInfo info = weights_info(file);
  import_weights(file, model);
  return info;
}

}  // namespace taut
