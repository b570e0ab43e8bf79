/// CsvLog: one line per finished epoch, on disk as soon as it is over.
#pragma once

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/train/epoch_record.hpp"
#include "taut/train/format.hpp"

namespace taut {

namespace detail {

inline constexpr std::string_view csv_log_header =
    "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds,images_per_second";

inline EpochRecord parse_csv_log_row(std::string_view row, const std::filesystem::path& path, std::size_t line) {
  std::array<double, 8> fields{};
  const std::string_view whole = row;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view field = row.substr(0, row.find(','));
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), fields[i]);
    const bool is_last = field.size() == row.size();
    if (error != std::errc{} || end != field.data() + field.size() || is_last != (i + 1 == fields.size())) {
      fail(path.string(), ", line ", line, ": expected ", fields.size(), " numbers (", csv_log_header, "), found ", quote(whole));
    }
    row.remove_prefix(is_last ? field.size() : field.size() + 1);
  }
  if (!(fields[0] >= 1 && fields[0] < 1e9)) fail(path.string(), ", line ", line, ": expected an epoch from 1 on, found ", fields[0]);
  return {.epoch = static_cast<index_t>(fields[0]), .train_loss = fields[1], .train_accuracy = fields[2], .validation_loss = fields[3],
          .validation_accuracy = fields[4], .learning_rate = fields[5], .seconds = fields[6], .images_per_second = fields[7]};
}

}  // namespace detail

class CsvLog {
 public:
  /// A new log, or, where `resumed_epoch` is not 0, the log at `path` without whatever follows that epoch.
  explicit CsvLog(std::filesystem::path path, index_t resumed_epoch = 0) : path_(std::move(path)) {
    const bool resumes = resumed_epoch != 0 && std::filesystem::exists(path_);
    if (resumes) {
      const Contents contents = read(path_, resumed_epoch);
      records_ = contents.records;
      std::error_code error;
      std::filesystem::resize_file(path_, contents.bytes, error);
      if (error) fail("cannot shorten the log ", path_.string(), ": ", error.message());
    }
    errno = 0;
    file_.open(path_, std::ios::binary | (resumes ? std::ios::app : std::ios::trunc));
    check("open");
    if (!resumes) write(std::string(detail::csv_log_header) + '\n');
  }

  void append(const EpochRecord& record) {
    std::string row = std::to_string(record.epoch);
    for (const double field : {record.train_loss, record.train_accuracy, record.validation_loss, record.validation_accuracy,
                               record.learning_rate, record.seconds, record.images_per_second}) {
      row += ',' + exact_text(field);
    }
    write(row + '\n');
    records_.push_back(record);
  }

  /// Every epoch in the log, those of the run before a resume included.
  const std::vector<EpochRecord>& records() const { return records_; }

  /// The epochs in the log at `path`.
  static std::vector<EpochRecord> read(const std::filesystem::path& path) { return read(path, static_cast<index_t>(-1)).records; }

 private:
  struct Contents {
    std::vector<EpochRecord> records;
    std::uintmax_t bytes = 0;  // of the file's beginning that holds these records
  };

  static Contents read(const std::filesystem::path& path, index_t last_epoch) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("cannot read the log ", path.string());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Contents contents;
    std::size_t begin = 0;
    // A last line without its end was cut off by a crash: it is no record.
    for (std::size_t line = 1, end = 0; (end = text.find('\n', begin)) != std::string::npos; ++line, begin = end + 1) {
      const std::string_view row = std::string_view(text).substr(begin, end - begin);
      if (line == 1) {
        if (row != detail::csv_log_header) {
          fail(path.string(), ", line 1: expected '", detail::csv_log_header, "', found ",
               detail::quote(row, detail::csv_log_header.size() + 20));
        }
      } else {
        const EpochRecord record = detail::parse_csv_log_row(row, path, line);
        if (record.epoch > last_epoch) break;
        contents.records.push_back(record);
      }
      contents.bytes = end + 1;
    }
    if (contents.bytes == 0) fail(path.string(), ", line 1: expected '", detail::csv_log_header, "', found no line");
    return contents;
  }

  void write(const std::string& text) {
    errno = 0;
    file_ << text << std::flush;
    check("write");
  }

  void check(std::string_view what) const {
    if (!file_) fail("cannot ", what, " the log ", path_.string(), ": ", std::generic_category().message(errno));
  }

  std::filesystem::path path_;
  std::ofstream file_;
  std::vector<EpochRecord> records_;
};

}  // namespace taut
