/// error_of: the sentence of the taut::Error that a call throws.
#pragma once

#include <string>

#include "taut/core/error.hpp"

namespace taut::test {

/// "" where nothing is thrown; another exception passes through and fails the test.
template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace taut::test
