// read_file and write_file_atomically: what arrives, what stays, and what the errors say.
#include <doctest/doctest.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/error_of.hpp"
#include "taut/io/atomic_file.hpp"
#include "taut/io/read_file.hpp"
#include "support/temporary_directory.hpp"

using namespace taut;
using taut::test::contains;
using taut::test::error_of;
using taut::test::TemporaryDirectory;

namespace {

std::string text_of_file(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_file(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Any write beyond `bytes` fails while this lives, as on a full disk.
struct FileSizeLimit {
  rlimit before{};
  void (*handler)(int);

  explicit FileSizeLimit(rlim_t bytes) : handler(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit limited{bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }
};

}  // namespace

TEST_CASE("a written file reads back, replaces the old one and leaves nothing else behind") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file_atomically(path, "first");
  CHECK(text_of_file(path) == "first");
  write_file_atomically(path, "");
  CHECK(text_of_file(path).empty());
  const std::string large(3'000'000, 'x');
  write_file_atomically(path, large);
  CHECK(text_of_file(path) == large);
  CHECK(directory.count() == 1);
}

TEST_CASE("a relative path without a directory is written where the process is") {
  const TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  write_file_atomically("plain", "words");
  std::filesystem::current_path(before);
  CHECK(text_of_file(directory / "plain") == "words");
}

TEST_CASE("a symbolic link keeps being one, and its target gets the content") {
  const TemporaryDirectory directory;
  write_file_atomically(directory / "target", "old");
  std::filesystem::create_symlink("target", directory / "link");
  write_file_atomically(directory / "link", "new");
  CHECK(std::filesystem::is_symlink(directory / "link"));
  CHECK(text_of_file(directory / "target") == "new");
  CHECK(directory.count() == 2);
}

TEST_CASE("a disk that fills up leaves the old file and no temporary one") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file_atomically(path, "old");
  std::string error;
  {
    const FileSizeLimit limit(1000);
    error = error_of([&] { write_file_atomically(path, std::string(5000, 'x')); });
  }
  CHECK(contains(error, "cannot write " + path.string() + ": File too large"));
  CHECK(text_of_file(path) == "old");
  CHECK(directory.count() == 1);
}

TEST_CASE("what can't be written is an Error that names path and reason") {
  const TemporaryDirectory directory;
  const auto missing = directory / "missing/file";
  CHECK(error_of([&] { write_file_atomically(missing, "x"); }) == "cannot write " + missing.string() + ": No such file or directory");
  CHECK(contains(error_of([&] { write_file_atomically(directory.path(), "x"); }), "expected a file but found a directory"));
  CHECK(contains(error_of([] { write_file_atomically("/dev/full", "x"); }), "cannot write /dev/full: not a regular file"));
  CHECK(contains(error_of([&] { write_file_atomically(directory / std::string(300, 'n'), "x"); }), "File name too long"));
  CHECK(contains(error_of([] { write_file_atomically("", "x"); }), "cannot write"));
  write_file_atomically(directory / "file", "x");
  CHECK(contains(error_of([&] { write_file_atomically(directory / "file/below", "x"); }), "Not a directory"));
  CHECK(directory.count() == 1);
}

TEST_CASE("a directory without write permission keeps its files") {
  if (::geteuid() == 0) {
    MESSAGE("skipped: the superuser may write anywhere");
    return;
  }
  const TemporaryDirectory directory;
  write_file_atomically(directory / "file", "old");
  ::chmod(directory.path().c_str(), 0500);
  CHECK(contains(error_of([&] { write_file_atomically(directory / "file", "new"); }), "Permission denied"));
  CHECK(text_of_file(directory / "file") == "old");
  ::chmod(directory.path().c_str(), 0700);
}

TEST_CASE("several threads writing one path leave one of their files whole") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  {
    std::vector<std::jthread> threads;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
      threads.emplace_back([&path, letter] {
        for (int turn = 0; turn < 5; ++turn) write_file_atomically(path, std::string(10'000, letter));
      });
    }
  }
  const std::string text = text_of_file(path);
  CHECK(text == std::string(10'000, text.front()));
  CHECK(directory.count() == 1);
}

TEST_CASE("what can't be read is an Error that names path and reason, at once") {
  const TemporaryDirectory directory;
  const auto missing = directory / "missing";
  CHECK(error_of([&] { (void)read_file(missing); }) == "cannot read " + missing.string() + ": No such file or directory");
  CHECK(contains(error_of([&] { (void)read_file(directory.path()); }), "expected a file but found a directory"));
  CHECK(contains(error_of([] { (void)read_file("/dev/zero"); }), "not a regular file"));
  const auto pipe = directory / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(contains(error_of([&] { (void)read_file(pipe); }), "not a regular file"));
  write_file_atomically(directory / "file", "12345");
  CHECK(contains(error_of([&] { (void)read_file(directory / "file", 4); }), "expected at most 4 bytes but found 5"));
  CHECK(read_file(directory / "file", 5).size() == 5);
}

TEST_CASE("an enormous sparse file is refused by its size, not read") {
  const TemporaryDirectory directory;
  const auto path = directory / "sparse";
  std::ofstream(path).put('x');
  std::error_code unsupported;
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40, unsupported);
  if (unsupported) {
    MESSAGE("skipped: this file system has no sparse files of that size");
    return;
  }
  CHECK(contains(error_of([&] { (void)read_file(path); }), "expected at most 4294967296 bytes but found 1099511627776"));
}
