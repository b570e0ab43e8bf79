/// Pictures, through our wrapper around stb_image.
#include <cstddef>
#include <cstdint>

#include "memory_file.hpp"
#include "taut/core/error.hpp"
#include "taut/data/image_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)taut::read_gray_image(fuzz::MemoryFile(data, size).path(), 48, 48);
  } catch (const taut::Error&) {
  }
  return 0;
}
