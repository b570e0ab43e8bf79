/// A process that is killed while it writes checkpoints leaves a whole one.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_directory.hpp"
#include "taut/train/checkpoint.hpp"

namespace {

/// Checkpoint number `n`: every number in it is n, so that a mixture of two would be seen.
taut::TrainingState<float> numbered(double n) {
  taut::TrainingState<float> state;
  state.numbers.set("n", n);
  state.arrays.push_back({"values", std::vector<float>(200'000, static_cast<float>(n))});
  return state;
}

/// Writes one checkpoint after the other until it is killed. Leaves without the parent's exit handlers whatever happens.
[[noreturn]] void write_for_ever(const std::filesystem::path& path) {
  try {
    for (double n = 1;; ++n) taut::save_checkpoint(path, numbered(n));
  } catch (...) {
    _exit(1);
  }
}

/// The number of the checkpoint; none where there is no file.
std::optional<double> check_whole(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const taut::TrainingState<float> state = taut::load_checkpoint<float>(path);  // throws where a bit is wrong
  const double n = state.numbers.at("n");
  REQUIRE(state.arrays.size() == 1);
  taut::index_t others = 0;
  for (const float value : state.arrays[0].values) others += value != static_cast<float>(n) ? 1 : 0;
  CHECK(others == 0);
  return n;
}

}  // namespace

TEST_CASE("kill -9 at any moment leaves the last checkpoint or the one before it") {
  const taut::test::TemporaryDirectory directory;
  const auto path = directory / "checkpoint.safetensors";
  for (unsigned round = 0; round < 40; ++round) {
    const pid_t writer = fork();
    REQUIRE(writer >= 0);
    if (writer == 0) write_for_ever(path);
    // The first kills may come before the first checkpoint; the others wait for one, and then a little.
    while (round >= 10 && !std::filesystem::exists(path)) usleep(1000);
    usleep(500 * round);
    REQUIRE(kill(writer, SIGKILL) == 0);
    int status = 0;
    REQUIRE(waitpid(writer, &status, 0) == writer);
    CHECK(WIFSIGNALED(status));
    CHECK((check_whole(path).has_value() || round < 10));
  }
}
