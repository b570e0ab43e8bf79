/// Precision: in which numbers a Cuda device multiplies floats.
#pragma once

namespace taut::cuda {

/// Of the products of linear layers and convolutions; memory, sums and everything else stay float. double is always double.
enum class Precision {
  fp32,  ///< strict: every product and sum is a float's
  tf32,  ///< factors rounded to 11 significant bits, on tensor cores; needs compute capability 8.0
  bf16,  ///< factors rounded to 8 significant bits, on tensor cores; needs compute capability 8.0
};

}  // namespace taut::cuda
