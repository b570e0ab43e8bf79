/// IDX files, plain and gzipped, as pictures and as labels.
#include <cstddef>
#include <cstdint>

#include "memory_file.hpp"
#include "taut/core/error.hpp"
#include "taut/data/idx.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(data, size);
  try {
    (void)taut::detail::read_idx_file<3>(file.path(), "images");
  } catch (const taut::Error&) {
  }
  try {
    (void)taut::detail::read_idx_file<1>(file.path(), "labels");
  } catch (const taut::Error&) {
  }
  return 0;
}
