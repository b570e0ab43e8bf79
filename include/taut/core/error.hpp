/// Error: what Taut throws, with a sentence that names what, where, expected and found.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace taut {

/// Every run-time failure that Taut reports is one of these; `what()` is one line for a person to read.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws an Error whose sentence is the parts, streamed one after the other.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream sentence;
  (sentence << ... << parts);
  throw Error(sentence.str());
}

}  // namespace taut
