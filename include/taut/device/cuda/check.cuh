/// Check: CUDA's error codes as Errors.
#pragma once

#include <cuda_runtime.h>

#include <source_location>

#include "taut/core/error.hpp"

namespace taut::cuda {

/// Throws an Error that says which call failed, where it stands, and CUDA's name and sentence for what happened.
inline void check(cudaError_t result, const char* call, std::source_location where = std::source_location::current()) {
  if (result == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // or the next launch would report it again
  fail(call, " failed at ", where.file_name(), ':', where.line(), ": ", cudaGetErrorName(result), " (", cudaGetErrorString(result), ')');
}

}  // namespace taut::cuda
