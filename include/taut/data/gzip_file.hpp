/// GzipFile: a file's bytes, one after the other, decompressed where it is a gzip file. The only header that includes zlib.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include <zlib.h>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut::detail {

/// Decompresses no more than it is asked for, so that how far a file may grow is its reader's decision.
/// https://www.rfc-editor.org/rfc/rfc1952
class GzipFile {
 public:
  explicit GzipFile(const std::filesystem::path& path) : path_(path.string()) {
    std::error_code problem;
    const std::filesystem::file_status status = std::filesystem::status(path, problem);
    if (std::filesystem::is_directory(status)) fail(path_, ": expected a file but found a directory");
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) fail(path_, ": expected a regular file");
    file_.reset(std::fopen(path_.c_str(), "rb"));
    if (!file_) fail(path_, ": can't open it (", std::strerror(errno), ")");
    refill();
    if (stream_.avail_in < 2 || input_[0] != 0x1F || input_[1] != 0x8B) return;
    constexpr int gzip_with_largest_window = 16 + 15;
    if (::inflateInit2(&stream_, gzip_with_largest_window) != Z_OK) fail(path_, ": zlib can't be initialised");
    compressed_ = true;
  }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;
  ~GzipFile() {
    if (compressed_) ::inflateEnd(&stream_);
  }

  const std::string& path() const { return path_; }

  /// Fills `out` as far as there is anything left, and says how far. Throws an Error for a damaged or truncated gzip file, and for anything
  /// behind its end.
  index_t read(std::span<std::uint8_t> out) {
    index_t done = 0;
    while (done < out.size()) {
      const std::span<std::uint8_t> rest = out.subspan(done, std::min(out.size() - done, chunk));
      const index_t count = compressed_ ? inflate(rest) : copy(rest);
      if (count == 0) break;
      done += count;
    }
    return done;
  }

 private:
  static constexpr index_t chunk = index_t{1} << 16;

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  /// False at the end of the file. Called when everything before was used.
  bool refill() {
    const index_t count = std::fread(input_.data(), 1, input_.size(), file_.get());
    if (count == 0 && std::ferror(file_.get()) != 0) fail(path_, ": can't read it (", std::strerror(errno), ")");
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(count);
    return count != 0;
  }

  index_t copy(std::span<std::uint8_t> out) {
    if (stream_.avail_in == 0 && !refill()) return 0;
    const index_t count = std::min<index_t>(out.size(), stream_.avail_in);
    std::memcpy(out.data(), stream_.next_in, count);
    stream_.next_in += count;
    stream_.avail_in -= static_cast<uInt>(count);
    return count;
  }

  index_t inflate(std::span<std::uint8_t> out) {
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    while (!ended_ && stream_.avail_out != 0) {
      if (stream_.avail_in == 0 && !refill()) fail(path_, ": expected a whole gzip file but it is truncated");
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END) {
        fail(path_, ": expected a readable gzip file but it is damaged (", stream_.msg != nullptr ? stream_.msg : "zlib gives no reason",
             ")");
      }
      if (status != Z_STREAM_END) continue;
      ended_ = true;
      if (stream_.avail_in != 0 || refill()) fail(path_, ": expected the file's end after the gzip data but found more");
    }
    return out.size() - stream_.avail_out;
  }

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::array<std::uint8_t, chunk> input_;
  z_stream stream_{};  // its input holds what was read and not yet used, of a plain file too
  bool compressed_ = false, ended_ = false;
};

}  // namespace taut::detail
