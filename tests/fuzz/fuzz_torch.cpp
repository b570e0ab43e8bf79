/// PyTorch checkpoints, whatever is in them, end in a model's weights or in one Error.
#include <cstddef>
#include <cstdint>
#include <span>

#include "all_or_nothing.hpp"
#include "taut/io/torch/torch_weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* key : {"", "net"}) {
    fuzz::all_or_nothing([&](fuzz::Model& model) {
      const auto bytes = std::as_bytes(std::span(data, size));
      taut::import_weights(taut::match_tensors<fuzz::Model::Network>(taut::decode_torch(bytes, "file", key)), model);
    });
  }
  return 0;
}
