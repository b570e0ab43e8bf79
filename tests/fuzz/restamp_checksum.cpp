/// Gives most of what the fuzzer makes of one of Taut's safetensors files the checksum that it should have: with the old one, no mutation
/// would get any further.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taut/io/safetensors_reader.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

void restamp(std::span<std::uint8_t> bytes) {
  constexpr std::string_view key = "\"taut_checksum\":\"";
  constexpr std::ptrdiff_t digits = 16;
  const auto found = std::search(bytes.begin(), bytes.end(), key.begin(), key.end());
  if (found == bytes.end() || bytes.end() - found < static_cast<std::ptrdiff_t>(key.size()) + digits) return;
  std::vector<std::uint8_t> unstamped(bytes.begin(), bytes.end());
  unstamped[static_cast<std::size_t>(found - bytes.begin()) + 1] = 'x';  // the reader compares no checksum of that name
  try {
    taut::TensorFile file = taut::decode_safetensors(std::as_bytes(std::span(unstamped)), "file");
    file.metadata.erase("xaut_checksum");
    const std::string checksum = taut::checksum_of(file);
    std::copy_n(checksum.begin(), digits, found + static_cast<std::ptrdiff_t>(key.size()));
  } catch (const taut::Error&) {  // nothing to be stamped
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 4 != 0) restamp({data, mutated});
  return mutated;
}
