/// Run settings: what a resumed run must have in common with the one that was interrupted.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"

namespace taut::detail {

using RunSettings = std::vector<std::pair<std::string, std::string>>;

/// Only written where there are any, which most runs haven't.
inline constexpr std::string_view groups_setting = "parameter groups", frozen_setting = "frozen parameters";

/// As far as a sentence shows one: that of the data names a file and counts its pictures.
inline constexpr std::size_t longest_setting = 120;

inline void add_particulars(RunSettings& settings, const std::string& groups, const std::vector<std::string>& frozen_names) {
  std::string frozen;
  for (const std::string& name : frozen_names) frozen.append(frozen.empty() ? "" : " ").append(name);
  if (!groups.empty()) settings.emplace_back(groups_setting, groups);
  if (!frozen.empty()) settings.emplace_back(frozen_setting, frozen);
}

/// Throws an Error for what a checkpoint couldn't keep: of two settings of one name it would lose one.
inline void check_settings(const RunSettings& settings) {
  for (auto setting = settings.begin(); setting != settings.end(); ++setting) {
    if (!is_utf8(setting->first) || !is_utf8(setting->second)) {
      fail("Trainer: expected settings in UTF-8, found ", quote(setting->first), ": ", quote(setting->second));
    }
    if (std::ranges::find(settings, setting->first, &RunSettings::value_type::first) != setting) {
      fail("Trainer: expected settings of distinct names, found ", quote(setting->first), " twice");
    }
  }
}

/// Throws an Error that names the first difference.
inline void check_same_settings(const RunSettings& expected, const RunSettings& found) {
  const auto find = [](const RunSettings& in, const std::string& name) {
    return std::ranges::find(in, name, &RunSettings::value_type::first);
  };
  for (const auto& [name, value] : expected) {
    const auto setting = find(found, name);
    if (setting == found.end()) fail("cannot resume: the checkpoint doesn't say its ", name, "; expected ", quote(value, longest_setting));
    if (setting->second != value) {
      fail("cannot resume: the checkpoint was made with ", name, " ", quote(setting->second, longest_setting), ", expected ",
           quote(value, longest_setting));
    }
  }
  for (const auto& [name, value] : found) {
    if (name != groups_setting && name != frozen_setting) continue;
    if (find(expected, name) == expected.end()) {
      fail("cannot resume: the checkpoint was made with ", name, " ", quote(value, longest_setting), ", expected none");
    }
  }
}

}  // namespace taut::detail
