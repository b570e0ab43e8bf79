/// TemporaryDirectory: an empty directory of its own for one test, gone at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "taut/core/error.hpp"

namespace taut::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "taut-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) fail("cannot make a directory like ", pattern);
    path_ = pattern;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  /// How many files and directories lie in it.
  std::size_t count() const {
    std::size_t found = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++found;
    return found;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace taut::test
