/// State: named numbers that a part of training must remember, so that a resumed run equals an uninterrupted one bit for bit.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"

namespace taut {

/// A short list in the order of insertion. Counts are kept as doubles too: exact below 2^53.
class State {
 public:
  using Entry = std::pair<std::string, double>;

  void set(std::string_view name, double value) {
    for (Entry& entry : entries_) {
      if (entry.first == name) {
        entry.second = value;
        return;
      }
    }
    entries_.emplace_back(name, value);
  }

  /// The number called `name`; an Error where there is none.
  double at(std::string_view name) const {
    for (const Entry& entry : entries_) {
      if (entry.first == name) return entry.second;
    }
    fail("training state: expected a number called '", name, "', found none among ", entries_.size());
  }

  /// The same where it counts something; an Error for what can't, 2^53 and more included.
  std::uint64_t count(std::string_view name) const {
    constexpr double no_longer_exact = 9'007'199'254'740'992;
    const double number = at(name);
    if (!(number >= 0 && number < no_longer_exact && number == std::floor(number))) {
      fail("training state: ", name, ": expected a count, found ", number);
    }
    return static_cast<std::uint64_t>(number);
  }

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace taut
