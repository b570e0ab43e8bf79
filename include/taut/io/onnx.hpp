/// Onnx: writing networks for ONNX Runtime and other readers of ONNX.
#pragma once

#include "taut/io/onnx/write_onnx.hpp"
