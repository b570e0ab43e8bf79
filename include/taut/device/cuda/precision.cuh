/// Precision: in which numbers a Cuda device multiplies floats.
#pragma once

#include <cuda_runtime.h>

#include "taut/core/error.hpp"
#include "taut/device/cuda/check.cuh"

namespace taut::cuda {

/// Of the products of linear layers and convolutions; memory, sums and everything else stay float. double is always double.
enum class Precision {
  fp32,  ///< strict: every product and sum is a float's
  tf32,  ///< factors rounded to 11 significant bits, on tensor cores; needs compute capability 8.0
  bf16,  ///< factors rounded to 8 significant bits, on tensor cores; needs compute capability 8.0
};

/// Throws an Error where a GPU has no tensor cores for a precision.
inline void check_precision(int device, Precision precision) {
  if (precision == Precision::fp32) return;
  int major = 0;
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device), "cudaDeviceGetAttribute");
  if (major < 8) {
    fail("Cuda: tf32 and bf16 need a GPU of compute capability 8.0 or more, but GPU ", device, " has ", major, ".x; fp32 needs none");
  }
}

}  // namespace taut::cuda
