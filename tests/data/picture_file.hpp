/// Pictures as files of these bytes, read as a program would.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data_helpers.hpp"
#include "taut/data/image_file.hpp"

namespace taut::test {

inline GrayImage read(const std::vector<std::uint8_t>& content) {
  const TemporaryFolder folder;
  return read_gray_image(folder.write("picture", content));
}

inline std::string error_with(const std::string& name, const std::vector<std::uint8_t>& content) {
  const TemporaryFolder folder;
  return error_of([&] { (void)read_gray_image(folder.write(name, content)); });
}

}  // namespace taut::test
