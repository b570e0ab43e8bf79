/// SummaryWriter: event files that TensorBoard shows: scalars, pictures and histograms.
#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/io/crc32c.hpp"
#include "taut/io/file_descriptor.hpp"
#include "taut/io/protobuf_writer.hpp"
#include "taut/report/histogram.hpp"

namespace taut {

/// PyTorch's SummaryWriter (https://pytorch.org/docs/stable/tensorboard.html). A tag with a slash, "loss/train", belongs to the group
/// before it. Each event is written when it is added, by one call: a crash leaves whole events behind. Throws an Error that names the file,
/// or the directory, where it can't be written.
class SummaryWriter {
 public:
  /// A new file in `log_dir`, which is made where there is none; files of earlier runs stay as they are and are shown before it. Where a
  /// run goes on, `purge_step` is its first step: of earlier files TensorBoard shows what lies before that.
  explicit SummaryWriter(const std::filesystem::path& log_dir, std::optional<index_t> purge_step = {})
      : path_(new_file_in(log_dir)), file_(path_, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0666) {
    if (!file_.is_open()) detail::fail_with_errno("write", path_);
    write(detail::ProtobufWriter{}.real(wall_time, now()).text(file_version, "brain.Event:2"));
    if (!purge_step) return;
    constexpr std::int64_t start = 1;
    write(event(*purge_step).message(session_log, detail::ProtobufWriter{}.number(1, start)));
  }

  const std::filesystem::path& path() const { return path_; }

  void add_scalar(std::string_view tag, double value, index_t step) {
    add(step, summary_of(tag).real(simple_value, static_cast<float>(value)));
  }

  /// `png` is the picture's file (see encode_png), gray or in colour, with transparency or without.
  void add_image(std::string_view tag, std::string_view png, index_t step) {
    constexpr std::string_view beginning("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);  // then width and height, a byte of depth and one of colour
    if (!png.starts_with(beginning) || png.size() < 26) fail("image ", tag, ": expected the bytes of a PNG file but found something else");
    constexpr std::int64_t channels[] = {1, 0, 3, 3, 2, 0, 4};
    const auto colour = static_cast<unsigned char>(png[25]);
    if (colour > 6 || channels[colour] == 0) {
      fail("image ", tag, ": expected a PNG file's colour type but found ", static_cast<int>(colour));
    }
    const auto extent = [&](std::size_t at) {
      std::int64_t value = 0;
      for (std::size_t byte = at; byte < at + 4; ++byte) value = value << 8 | static_cast<unsigned char>(png[byte]);
      return value;
    };
    detail::ProtobufWriter picture;
    picture.number(1, extent(20)).number(2, extent(16)).number(3, channels[colour]).text(4, png);
    add(step, summary_of(tag).message(image, picture));
  }

  /// Of the numbers in a vector, an array, a span. Throws an Error for no values, and for one that isn't finite.
  template <std::ranges::contiguous_range Values>
  void add_histogram(std::string_view tag, const Values& values, index_t step) {
    try {
      add_histogram(tag, histogram_of(std::span<const std::ranges::range_value_t<Values>>(values)), step);
    } catch (const Error& error) {
      fail("histogram ", tag, ": ", error.what());
    }
  }

  void add_histogram(std::string_view tag, const Histogram& histogram, index_t step) {
    detail::ProtobufWriter buckets;
    buckets.real(1, histogram.min).real(2, histogram.max).real(3, histogram.count).real(4, histogram.sum).real(5, histogram.sum_of_squares);
    buckets.reals(6, histogram.limits).reals(7, histogram.counts);
    add(step, summary_of(tag).message(histo, buckets));
  }

 private:
  // Fields of TensorFlow's messages Event, Summary and Summary.Value.
  static constexpr std::uint32_t wall_time = 1, step_number = 2, file_version = 3, summary = 5, session_log = 7;
  static constexpr std::uint32_t summary_value = 1;
  static constexpr std::uint32_t tag_name = 1, simple_value = 2, image = 4, histo = 5;
  static constexpr std::string_view prefix = "events.out.tfevents.";

  static double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

  /// TensorBoard reads files in the order of their names, which begin with a second of their own: after the last one's, whatever the clock
  /// says.
  static std::filesystem::path new_file_in(const std::filesystem::path& directory) {
    std::error_code problem;
    std::filesystem::create_directories(directory, problem);
    if (problem) fail("cannot write events to ", directory.string(), ": ", problem.message());
    auto second = static_cast<std::int64_t>(now());
    for (std::filesystem::directory_iterator entry(directory, problem), end; !problem && entry != end; entry.increment(problem)) {
      const std::string name = entry->path().filename().string();
      std::int64_t used = 0;
      if (!name.starts_with(prefix)) continue;
      std::from_chars(name.data() + prefix.size(), name.data() + name.size(), used);
      second = std::max(second, used + 1);
    }
    if (problem) fail("cannot write events to ", directory.string(), ": ", problem.message());
    return directory / (std::string(prefix) + std::to_string(second) + ".taut." + std::to_string(::getpid()));
  }

  static detail::ProtobufWriter event(index_t step) {
    detail::ProtobufWriter event;
    event.real(wall_time, now()).number(step_number, static_cast<std::int64_t>(step));
    return event;
  }

  static detail::ProtobufWriter summary_of(std::string_view tag) {
    if (tag.empty()) fail("an event for TensorBoard expects a tag but got none");
    detail::ProtobufWriter value;
    value.text(tag_name, tag);
    return value;
  }

  void add(index_t step, const detail::ProtobufWriter& value) {
    write(event(step).message(summary, detail::ProtobufWriter{}.message(summary_value, value)));
  }

  /// A TFRecord: the length, its checksum, the message, its checksum (https://www.tensorflow.org/tutorials/load_data/tfrecord).
  void write(const detail::ProtobufWriter& event) {
    const std::string& message = event.bytes();
    std::string record = little_endian(std::uint64_t{message.size()});
    record += little_endian(masked(crc32c(record)));
    record += message;
    record += little_endian(masked(crc32c(message)));
    for (std::string_view rest = record; !rest.empty();) {
      const ssize_t count = ::write(file_.number(), rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) detail::fail_with_errno("write", path_, count < 0 ? errno : ENOSPC);
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// So that a checksum of data which holds checksums is none of theirs.
  static std::uint32_t masked(std::uint32_t checksum) { return (checksum >> 15 | checksum << 17) + 0xA282EAD8U; }

  template <class Bits>
  static std::string little_endian(Bits bits) {
    std::string bytes;
    for (std::size_t byte = 0; byte < sizeof(Bits); ++byte) bytes += static_cast<char>(bits >> (8 * byte) & 0xFFU);
    return bytes;
  }

  std::filesystem::path path_;
  detail::FileDescriptor file_;
};

}  // namespace taut
