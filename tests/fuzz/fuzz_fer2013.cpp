/// fer2013.csv.
#include <cstddef>
#include <cstdint>

#include "memory_file.hpp"
#include "taut/core/error.hpp"
#include "taut/data/fer2013.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)taut::read_fer2013_csv(fuzz::MemoryFile(data, size).path());
  } catch (const taut::Error&) {
  }
  return 0;
}
