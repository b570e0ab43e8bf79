/// safetensors files, as tensors and as weights.
#include <cstddef>
#include <cstdint>

#include "all_or_nothing.hpp"
#include "memory_file.hpp"
#include "taut/io/weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(data, size);
  fuzz::all_or_nothing([&](fuzz::Model& model) { (void)taut::load_weights(file.path(), model); });
  return 0;
}
