/// ProgressBar: how far an epoch is, how fast it goes, when it will be over.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ostream>
#include <string>

#include "taut/train/format.hpp"

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace taut {

/// Whether standard output goes to a terminal: what to tell ProgressBar when it writes to std::cout.
inline bool output_is_terminal() {
#if defined(_WIN32)
  return _isatty(_fileno(stdout)) != 0;
#else
  return isatty(STDOUT_FILENO) != 0;
#endif
}

/// On a terminal one line that renews itself ten times a second; elsewhere a plain line now and then, for epochs that take long.
class ProgressBar {
 public:
  using Clock = std::chrono::steady_clock;

  ProgressBar(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}

  /// A new bar over `images`, of which `images_before` were done at another time; `images_after` follow in bars of the same run.
  void begin(std::string label, std::uint64_t images, std::uint64_t images_after = 0, std::uint64_t images_before = 0,
             Clock::time_point now = Clock::now()) {
    label_ = std::move(label);
    images_ = images;
    images_after_ = images_after;
    images_before_ = images_before;
    began_ = shown_ = now;
  }

  /// `note` is shown behind the numbers: the loss, say.
  void update(std::uint64_t images_done, const std::string& note = {}, Clock::time_point now = Clock::now()) {
    if (now - shown_ < (terminal_ ? redraw_interval : plain_interval)) return;
    shown_ = now;
    const std::string line = text(images_done, note, now);
    if (terminal_) {
      out_ << "\r\x1b[?7l" << line << "\x1b[K\x1b[?7h" << std::flush;  // a line too long is cut, since a wrapped one can't be renewed
      drawn_ = true;
    } else {
      out_ << line << '\n' << std::flush;
    }
  }

  /// Wipes the line off a terminal, so that something else can be written there.
  void clear() {
    if (drawn_) out_ << "\r\x1b[K" << std::flush;
    drawn_ = false;
  }

  /// What update() shows: `Epoch 3/75 [=======>      ]  52%  1,234 images/s  ETA 0:12 of 15:04  loss 1.2345`.
  std::string text(std::uint64_t images_done, const std::string& note, Clock::time_point now) const {
    const std::uint64_t done = std::min(images_done, images_);
    const double fraction = images_ == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(images_);
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double speed = seconds > 0 ? static_cast<double>(done - std::min(done, images_before_)) / seconds : 0.0;

    std::string line = label_ + ' ';
    if (terminal_) {
      const auto filled = static_cast<std::size_t>(fraction * bar_width);
      line.append("[").append(filled, '=');
      if (filled < bar_width) line.append(">").append(bar_width - filled - 1, ' ');
      line += "] ";
    }
    line += right_aligned(fixed_text(100 * fraction, 0), 3) + '%';
    if (speed > 0) {
      const double rest = static_cast<double>(images_ - done) / speed;
      line += "  " + grouped_text(static_cast<std::uint64_t>(speed)) + " images/s  ETA " + duration_text(rest);
      if (images_after_ != 0) line += " of " + duration_text(rest + static_cast<double>(images_after_) / speed);
    }
    return note.empty() ? line : line + "  " + note;
  }

 private:
  static constexpr std::size_t bar_width = 14;
  static constexpr Clock::duration redraw_interval = std::chrono::milliseconds(100);
  static constexpr Clock::duration plain_interval = std::chrono::seconds(30);

  std::ostream& out_;
  bool terminal_;
  bool drawn_ = false;
  std::string label_;
  std::uint64_t images_ = 0;
  std::uint64_t images_after_ = 0;
  std::uint64_t images_before_ = 0;
  Clock::time_point began_{}, shown_{};
};

}  // namespace taut
