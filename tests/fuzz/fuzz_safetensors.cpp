/// safetensors files, as tensors, as weights and as checkpoints.
#include <cstddef>
#include <cstdint>
#include <span>

#include "memory_file.hpp"
#include "taut/io/safetensors.hpp"
#include "taut/io/weights_info.hpp"
#include "taut/train/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)taut::weights_info(taut::decode_safetensors(std::as_bytes(std::span(data, size)), "file"));
  } catch (const taut::Error&) {
  }
  try {
    (void)taut::load_checkpoint<float>(fuzz::MemoryFile(data, size).path());
  } catch (const taut::Error&) {
  }
  return 0;
}
