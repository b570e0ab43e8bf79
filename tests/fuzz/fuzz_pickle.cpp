/// Pickles, without the archive around them, whose checksum would keep most changes out.
#include <cstddef>
#include <cstdint>
#include <span>

#include "taut/io/torch/pickle_machine.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    taut::detail::PickleMachine machine(std::as_bytes(std::span(data, size)), "file");
    (void)machine[machine.result()];
  } catch (const taut::Error&) {
  }
  return 0;
}
