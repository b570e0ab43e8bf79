/// FileDescriptor: an open POSIX file that closes itself.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "taut/core/error.hpp"

namespace taut::detail {

/// Throws "cannot <action> <path>: <what errno means>".
[[noreturn]] inline void fail_with_errno(const char* action, const std::filesystem::path& path, int code = errno) {
  fail("cannot ", action, " ", path.string(), ": ", std::generic_category().message(code));
}

/// Owns one file descriptor, or none (-1).
class FileDescriptor {
 public:
  /// Leaves errno as open(2) set it; ask `is_open()`.
  FileDescriptor(const std::filesystem::path& path, int flags, mode_t mode = 0) : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (is_open()) ::close(number_);
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

  /// Closes now; false where the system reports an error, which for a written file may be the first sign of a full disk.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace taut::detail
