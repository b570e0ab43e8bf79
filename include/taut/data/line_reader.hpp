/// LineReader: a text file line by line through one buffer, and where we are in it.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut::detail {

class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path) : path_(path.string()) {
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem)) fail(path_, ": expected a file but found a directory");
    file_.reset(std::fopen(path_.c_str(), "rb"));
    if (!file_) fail(path_, ": can't open it (", std::strerror(errno), ")");
  }

  const std::string& path() const { return path_; }
  std::string where() const { return path_ + ":" + std::to_string(line_); }

  /// The next line without its end (LF or CR LF), valid until the next call; nothing at the end of the file.
  std::optional<std::string_view> next() {
    ++line_;
    index_t searched = 0;
    for (;;) {
      const char* const begin = buffer_.data() + begin_;
      if (const void* const found = std::memchr(begin + searched, '\n', end_ - begin_ - searched)) {
        const auto length = static_cast<index_t>(static_cast<const char*>(found) - begin);
        begin_ += length + 1;
        return without_carriage_return({begin, length});
      }
      searched = end_ - begin_;
      if (!refill()) break;
    }
    if (begin_ == end_) return std::nullopt;
    const std::string_view last(buffer_.data() + begin_, end_ - begin_);
    begin_ = end_;
    return without_carriage_return(last);
  }

 private:
  /// Moves what is left to the front and reads on behind it; false at the end of the file.
  bool refill() {
    if (begin_ == 0 && end_ == buffer_.size())
      fail(where(), ": expected lines of at most ", buffer_.size(), " bytes but found a longer one");
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const index_t read = std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_.get());
    if (read == 0 && std::ferror(file_.get()) != 0) fail(where(), ": can't read on (", std::strerror(errno), ")");
    end_ += read;
    return read != 0;
  }

  static std::string_view without_carriage_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<char> buffer_ = std::vector<char>(index_t{1} << 20);
  index_t begin_ = 0, end_ = 0;  // what is read and not yet handed out
  index_t line_ = 0;
};

}  // namespace taut::detail
