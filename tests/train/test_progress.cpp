/// The progress bar on a terminal and elsewhere, numbers as text, and Ctrl-C.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <sstream>
#include <string>

#include "taut/train/format.hpp"
#include "taut/train/interrupt.hpp"
#include "taut/train/progress_bar.hpp"

using taut::ProgressBar;

TEST_CASE("numbers as text") {
  CHECK(taut::fixed_text(1.9450, 4) == "1.9450");
  CHECK(taut::fixed_text(0.125, 2) == "0.12");
  CHECK(taut::percent_text(0.2055) == "20.55%");
  CHECK(taut::exact_text(0.1) == "0.1");
  CHECK(taut::exact_text(1e-8) == "1e-08");
  CHECK(taut::grouped_text(0) == "0");
  CHECK(taut::grouped_text(999) == "999");
  CHECK(taut::grouped_text(1572551) == "1,572,551");
  CHECK(taut::duration_text(6.6) == "0:07");
  CHECK(taut::duration_text(754) == "12:34");
  CHECK(taut::duration_text(3723) == "1:02:03");
  CHECK(taut::duration_text(-1) == "-:--");
  CHECK(taut::right_aligned("für", 5) == "  für");
}

TEST_CASE("on a terminal one line renews itself and can be wiped") {
  std::ostringstream out;
  ProgressBar bar(out, true);
  const ProgressBar::Clock::time_point start{};
  bar.clear();
  CHECK(out.str().empty());
  bar.begin("Epoch 3/75", 2000, 20000, 0, start);
  bar.update(100, "loss 1.25", start + std::chrono::milliseconds(50));
  CHECK(out.str().empty());  // too soon after the last one
  bar.update(1000, "loss 1.25", start + std::chrono::seconds(1));
  CHECK(out.str() == "\r\x1b[?7lEpoch 3/75 [=======>      ]  50%  1,000 images/s  ETA 0:01 of 0:21  loss 1.25\x1b[K\x1b[?7h");
  out.str("");
  bar.update(2000, "", start + std::chrono::seconds(2));
  CHECK(out.str() == "\r\x1b[?7lEpoch 3/75 [==============] 100%  1,000 images/s  ETA 0:00 of 0:20\x1b[K\x1b[?7h");
  out.str("");
  bar.clear();
  CHECK(out.str() == "\r\x1b[K");
}

TEST_CASE("what was done before an interruption doesn't count as speed") {
  std::ostringstream out;
  ProgressBar bar(out, false);
  const ProgressBar::Clock::time_point start{};
  bar.begin("Epoch 2/2", 2000, 0, 1000, start);
  CHECK(bar.text(1500, "", start + std::chrono::seconds(5)) == "Epoch 2/2  75%  100 images/s  ETA 0:05");
}

TEST_CASE("elsewhere plain lines, one in half a minute") {
  std::ostringstream out;
  ProgressBar bar(out, false);
  const ProgressBar::Clock::time_point start{};
  bar.begin("Epoch 1/1", 6000, 0, 0, start);
  for (int second = 1; second <= 59; ++second)
    bar.update(static_cast<std::uint64_t>(second) * 100, "", start + std::chrono::seconds(second));
  bar.clear();
  CHECK(out.str() == "Epoch 1/1  50%  100 images/s  ETA 0:30\n");
}

TEST_CASE("a bar without images or time divides by nothing") {
  std::ostringstream out;
  ProgressBar bar(out, false);
  const ProgressBar::Clock::time_point start{};
  bar.begin("empty", 0, 0, 0, start);
  CHECK(bar.text(0, "", start) == "empty 100%");
}

TEST_CASE("Ctrl-C is a request while the guard lives, and the former handler is back afterwards") {
  static volatile std::sig_atomic_t former_called = 0;
  const auto before = std::signal(SIGINT, [](int) { former_called = former_called + 1; });
  {
    const taut::InterruptGuard guard;
    CHECK_FALSE(guard.requested());
    std::raise(SIGINT);
    CHECK(guard.requested());
  }
  CHECK(former_called == 0);
  std::raise(SIGINT);
  CHECK(former_called == 1);
  {
    const taut::InterruptGuard guard;
    CHECK_FALSE(guard.requested());  // an old request doesn't count
  }
  std::signal(SIGINT, before);
}
