/// write_file_atomically: the old file or the new one, never half of it.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "taut/core/error.hpp"
#include "taut/io/file_descriptor.hpp"

namespace taut {

namespace detail {

/// A name beside `path` that no other call of this or another process uses at the moment.
inline std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  static std::atomic<std::uint32_t> counter{0};
  std::filesystem::path temporary = path;
  std::string suffix = ".";
  suffix.append(std::to_string(::getpid())).append(".");
  suffix.append(std::to_string(counter.fetch_add(1, std::memory_order_relaxed))).append(".tmp");
  temporary += suffix;
  return temporary;
}

/// Removes a file at the end of the scope, unless it was kept.
struct RemoveOnFailure {
  std::filesystem::path path;
  bool armed = true;

  explicit RemoveOnFailure(std::filesystem::path doomed) : path(std::move(doomed)) {}
  RemoveOnFailure(const RemoveOnFailure&) = delete;
  RemoveOnFailure& operator=(const RemoveOnFailure&) = delete;
  ~RemoveOnFailure() {
    if (armed) ::unlink(path.c_str());
  }
};

/// Makes a rename durable. Best effort: some file systems can't sync a directory, and the new file is complete in any case.
inline void sync_directory(const std::filesystem::path& path) {
  const FileDescriptor directory(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
  if (directory.is_open()) ::fsync(directory.number());
}

}  // namespace detail

/// Writes `bytes` to a temporary file beside `path`, syncs it and renames it. On any failure the temporary is removed, the old
/// file (if there was one) is untouched, and an Error names the path and the reason. A symbolic link keeps being one.
inline void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::error_code unresolved;
  const bool is_link = std::filesystem::is_symlink(path, unresolved);
  const std::filesystem::path target = is_link ? std::filesystem::weakly_canonical(path, unresolved) : path;
  if (unresolved && is_link) fail("cannot write ", path.string(), ": ", unresolved.message());
  const std::filesystem::file_status status = std::filesystem::status(target, unresolved);
  if (std::filesystem::is_directory(status)) fail("cannot write ", path.string(), ": expected a file but found a directory");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    fail("cannot write ", path.string(), ": not a regular file");
  }

  // An interrupted process of the same number may have left a file of this name behind: O_EXCL, and try the next.
  constexpr int attempts = 100;
  for (int attempt = 1;; ++attempt) {
    const std::filesystem::path temporary = detail::temporary_beside(target);
    detail::FileDescriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (!file.is_open()) {
      if (errno == EEXIST && attempt < attempts) continue;
      detail::fail_with_errno("write", path);
    }
    detail::RemoveOnFailure guard(temporary);
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = ::write(file.number(), bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) detail::fail_with_errno("write", path, count < 0 ? errno : ENOSPC);
      done += static_cast<std::size_t>(count);
    }
    if (::fsync(file.number()) != 0) detail::fail_with_errno("write", path);
    if (!file.close()) detail::fail_with_errno("write", path);
    if (std::rename(temporary.c_str(), target.c_str()) != 0) detail::fail_with_errno("write", path);
    guard.armed = false;
    detail::sync_directory(target.parent_path());
    return;
  }
}

inline void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span<const char>(text.data(), text.size())));
}

}  // namespace taut
