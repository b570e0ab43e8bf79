/// read_file: a whole file as bytes, up to a stated size.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "taut/core/error.hpp"
#include "taut/io/file_descriptor.hpp"

namespace taut {

/// More than any weights file of a network that trains on a CPU; less than what would end a machine.
inline constexpr std::uint64_t default_max_file_bytes = std::uint64_t{4} << 30;

/// Reads all of `path`. Throws an Error if it is missing, no regular file, unreadable, or larger than `max_bytes`.
inline std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t max_bytes = default_max_file_bytes) {
  // O_NONBLOCK: opening a pipe that nobody writes to must fail below, not wait.
  const detail::FileDescriptor file(path, O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) detail::fail_with_errno("read", path);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) detail::fail_with_errno("read", path);
  if (S_ISDIR(status.st_mode)) fail("cannot read ", path.string(), ": expected a file but found a directory");
  if (!S_ISREG(status.st_mode)) fail("cannot read ", path.string(), ": not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > max_bytes) fail("cannot read ", path.string(), ": expected at most ", max_bytes, " bytes but found ", size);

  std::vector<std::byte> bytes(size);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(file.number(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) detail::fail_with_errno("read", path);
    if (count == 0) fail("cannot read ", path.string(), ": it shrank from ", size, " to ", done, " bytes while being read");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace taut
