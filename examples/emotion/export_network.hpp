/// export_network: trained weights as an ONNX file, for programs that know nothing of Taut.
#pragma once

#include <string>

namespace emotion {

struct ExportOptions {
  std::string weights, out;
};

/// Writes the network with what a picture must go through first in the file's metadata.
void export_network(const ExportOptions& options);

}  // namespace emotion
