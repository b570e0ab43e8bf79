/// WeightsInfo: what a weights file says besides its tensors, so that every reader prepares pictures as the training did.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/core/shape.hpp"
#include "taut/io/checksum.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/safetensors_writer.hpp"

namespace taut {

/// A pixel x of 0 … 255 enters the network as (x / 255 − mean) / std.
struct WeightsInfo {
  std::vector<std::string> class_names;  ///< in the order of the logits
  float mean = 0.5F, std = 0.5F;
  index_t image_height = 0, image_width = 0;
  std::string network;           ///< what was trained, for a person to read
  std::string data;              ///< what it was trained on, likewise
  std::uint64_t split_seed = 0;  ///< validation was split off the training data with this seed …
  double val_fraction = 0;       ///< … and this share; 0: the data came with its own
  std::string split_checksum;    ///< tells whether data found later splits into the same pictures; may be empty
  std::string taut_version;

  friend bool operator==(const WeightsInfo&, const WeightsInfo&) = default;
};

namespace detail {

/// The shortest text that reads back as the same number.
template <class Number>
std::string number_text(Number number) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof(text), number).ptr;
  return {text, end};
}

template <class Number>
Number number_at(const TensorFile& file, const std::string& key) {
  const std::string& text = file.metadata_at(key);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail(file.origin, ": the metadata's \"", key, "\": expected a number but found ", quote(text));
  }
  return number;
}

/// None is empty, and none there twice.
inline bool are_distinct_names(const std::vector<std::string>& names) {
  std::set<std::string_view> seen;
  return std::ranges::all_of(names, [&](const std::string& name) { return !name.empty() && seen.insert(name).second; });
}

/// A JSON list of distinct, non-empty strings, which 1 MiB must hold: ten thousand names of a hundred letters.
inline std::vector<std::string> names_at(const TensorFile& file, const std::string& key) {
  constexpr std::size_t longest = 1 << 20;
  const std::string& text = file.metadata_at(key);
  if (text.size() > longest) {
    fail(file.origin, ": the metadata's \"", key, "\": expected at most ", longest, " bytes but found ", text.size());
  }
  const auto refuse = [&] {
    fail(file.origin, ": the metadata's \"", key, "\": expected a list of distinct names but found ", quote(text));
  };
  std::vector<std::string> names;
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array() || list.empty()) refuse();
  for (const nlohmann::json& item : list) {
    if (!item.is_string()) refuse();
    names.push_back(item.get<std::string>());
  }
  if (!are_distinct_names(names)) refuse();
  return names;
}

}  // namespace detail

/// Throws an Error for what no reader could use; `origin` names the file.
inline void check(const WeightsInfo& info, std::string_view origin) {
  constexpr index_t largest_side = 65'536;
  if (info.class_names.empty()) fail(origin, ": expected class names but found none");
  if (!detail::are_distinct_names(info.class_names)) fail(origin, ": expected class names of which none is empty and none there twice");
  for (const std::string& name : info.class_names) {
    if (std::ranges::any_of(name, detail::is_control)) fail(origin, ": class ", detail::quote(name), ": expected no control characters");
    if (!detail::is_utf8(name)) fail(origin, ": class ", detail::quote(name), ": expected a name in UTF-8");
  }
  if (!std::isfinite(info.mean)) fail(origin, ": mean: expected a finite number but found ", info.mean);
  if (!std::isfinite(info.std) || info.std <= 0) {
    fail(origin, ": std: expected a positive number but found ", info.std);
  }
  for (const index_t side : {info.image_height, info.image_width}) {
    if (side == 0 || side > largest_side) fail(origin, ": image size: expected 1 to ", largest_side, " pixels a side but found ", side);
  }
  if (!(info.val_fraction >= 0 && info.val_fraction < 1)) {
    fail(origin, ": val_fraction: expected 0 or more and less than 1 but found ", info.val_fraction);
  }
}

/// As a safetensors file's metadata.
inline std::map<std::string, std::string> to_metadata(const WeightsInfo& info, std::string_view origin = "weights") {
  check(info, origin);
  std::string class_names;
  for (const std::string& name : info.class_names) {
    class_names.append(class_names.empty() ? "[" : ", ").append(detail::json_string(name, origin));
  }
  return {{"format", "pt"},  // PyTorch's names and layouts: its loaders ask for this word
          {"class_names", class_names + "]"},
          {"mean", detail::number_text(info.mean)},
          {"std", detail::number_text(info.std)},
          {"image_height", detail::number_text(info.image_height)},
          {"image_width", detail::number_text(info.image_width)},
          {"network", info.network},
          {"data", info.data},
          {"split_seed", detail::number_text(info.split_seed)},
          {"val_fraction", detail::number_text(info.val_fraction)},
          {"split_checksum", info.split_checksum},
          {"taut_version", info.taut_version}};
}

/// From a file that Taut wrote. Throws an Error that names the key which is missing or makes no sense.
inline WeightsInfo weights_info(const TensorFile& file) {
  WeightsInfo info;
  info.class_names = detail::names_at(file, "class_names");
  info.mean = detail::number_at<float>(file, "mean");
  info.std = detail::number_at<float>(file, "std");
  info.image_height = detail::number_at<index_t>(file, "image_height");
  info.image_width = detail::number_at<index_t>(file, "image_width");
  info.network = file.metadata_at("network");
  info.data = file.metadata_at("data");
  info.split_seed = detail::number_at<std::uint64_t>(file, "split_seed");
  info.val_fraction = detail::number_at<double>(file, "val_fraction");
  info.split_checksum = file.metadata_at("split_checksum");
  info.taut_version = file.metadata_at("taut_version");
  check(info, file.origin);
  require_checksum(file);
  return info;
}

}  // namespace taut
