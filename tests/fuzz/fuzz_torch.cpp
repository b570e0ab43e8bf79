/// PyTorch checkpoints, whatever is in them, end in tensors or in one Error.
#include <cstddef>
#include <cstdint>
#include <span>

#include "taut/io/torch/torch_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* key : {"", "net"}) {
    try {
      (void)taut::decode_torch(std::as_bytes(std::span(data, size)), "file", key);
    } catch (const taut::Error&) {
    }
  }
  return 0;
}
