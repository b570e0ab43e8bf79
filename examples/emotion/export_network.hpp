/// export_network: trained weights for others: an ONNX file for programs that know nothing of Taut, or a smaller weights file.
#pragma once

#include <string>

namespace emotion {

struct ExportOptions {
  std::string weights, out;
};

/// By the name's end: .onnx, with what a picture must go through first in the file's metadata, or .safetensors in half precision.
void export_network(const ExportOptions& options);

}  // namespace emotion
