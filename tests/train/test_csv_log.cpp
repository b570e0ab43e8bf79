/// The CSV log: what is written is read back, a resume drops what follows its epoch, and every failure is a sentence.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "taut/train/csv_log.hpp"
#include "support/temporary_directory.hpp"

namespace {

taut::EpochRecord record(taut::index_t epoch) {
  const double e = static_cast<double>(epoch);
  return {.epoch = epoch, .train_loss = 2 / e, .train_accuracy = 1 - 1 / e, .validation_loss = 2.1 / e, .validation_accuracy = 0.3,
          .learning_rate = 1e-3, .seconds = 12.25, .images_per_second = 1e9 / 3};
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

const std::string header = "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds,images_per_second\n";

}  // namespace

TEST_CASE("a log holds each epoch exactly, on disk at once") {
  const taut::test::TemporaryDirectory directory;
  const auto path = directory / "log.csv";
  taut::CsvLog log(path);
  CHECK(contents(path) == header);
  log.append(record(1));
  CHECK(contents(path) == header + "1,2,0,2.1,0.3,0.001,12.25,333333333.3333333\n");
  log.append(record(3));
  const auto records = taut::CsvLog::read(path);
  REQUIRE(records.size() == 2);
  CHECK(records[1].epoch == 3);
  CHECK(records[1].train_loss == record(3).train_loss);
  CHECK(records[1].train_accuracy == record(3).train_accuracy);
  CHECK(records[1].images_per_second == record(3).images_per_second);
}

TEST_CASE("a resumed log loses what follows the epoch, a torn line too") {
  const taut::test::TemporaryDirectory directory;
  const auto path = directory / "log.csv";
  std::string three;
  {
    taut::CsvLog log(path);
    for (taut::index_t epoch = 1; epoch <= 3; ++epoch) log.append(record(epoch));
    three = contents(path);
    log.append(record(4));
  }
  write(path, contents(path) + "5,0.1,0.");
  taut::CsvLog log(path, 3);
  CHECK(contents(path) == three);
  CHECK(log.records().size() == 3);
  log.append(record(4));
  CHECK(log.records().size() == 4);
  CHECK(taut::CsvLog::read(path).size() == 4);
  CHECK(taut::CsvLog(directory / "new.csv", 3).records().empty());
}

TEST_CASE("a log that is none is refused with its line") {
  const taut::test::TemporaryDirectory directory;
  const auto path = directory / "log.csv";
  const auto message = [&](const std::string& text) -> std::string {
    write(path, text);
    try {
      taut::CsvLog::read(path);
    } catch (const taut::Error& error) {
      return error.what();
    }
    return {};
  };
  CHECK(message("emotion,pixels\n") ==
        path.string() + ", line 1: expected '" + header.substr(0, header.size() - 1) + "', found \"emotion,pixels\"");
  CHECK(message("").find("found no line") != std::string::npos);
  CHECK(message(header + "1,2,0,2.1,0.3,0.001,12.25,3\n2,2,x,2.1,0.3,0.001,12.25,3\n").find("line 3: expected 8 numbers") !=
        std::string::npos);
  CHECK(message(header + "1,2,0,2.1,0.3,0.001,12.25\n").find("line 2: expected 8 numbers") != std::string::npos);
  CHECK(message(header + "1,2,0,2.1,0.3,0.001,12.25,3,4\n").find("line 2: expected 8 numbers") != std::string::npos);
  CHECK(message(header + "-1,2,0,2.1,0.3,0.001,12.25,3\n").find("line 2: expected an epoch from 1 on, found -1") != std::string::npos);
  CHECK(message(header + "1,2,0,nan,0.3,0.001,12.25,3\n").empty());
}

TEST_CASE("an unwritable log is refused") {
  const taut::test::TemporaryDirectory directory;
  const auto path = directory / "missing" / "log.csv";
  CHECK_THROWS_WITH_AS(taut::CsvLog{path}, ("cannot open the log " + path.string() + ": No such file or directory").c_str(), taut::Error);
  if (std::filesystem::exists("/dev/full")) {
    CHECK_THROWS_WITH_AS(taut::CsvLog("/dev/full"), "cannot write the log /dev/full: No space left on device", taut::Error);
  }
}
