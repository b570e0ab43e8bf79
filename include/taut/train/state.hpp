/// State: named numbers that a part of training must remember, so that a resumed run equals an uninterrupted one bit for bit.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "taut/core/error.hpp"

namespace taut {

/// Counts are kept as doubles too: exact below 2^53.
class State {
 public:
  /// By name. No hash table, which chosen names could make slow.
  using Entries = std::map<std::string, double, std::less<>>;

  void set(std::string name, double value) { entries_.insert_or_assign(std::move(name), value); }

  /// The number called `name`; an Error where there is none.
  double at(std::string_view name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) fail("training state: expected a number called '", name, "', found none among ", entries_.size());
    return found->second;
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

  const Entries& entries() const { return entries_; }

 private:
  Entries entries_;
};

}  // namespace taut
