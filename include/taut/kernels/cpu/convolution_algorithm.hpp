/// ConvolutionAlgorithm: how the CPU device computes its convolutions, a policy of the device.
#pragma once

namespace taut {

enum class ConvolutionAlgorithm {
  automatic,  ///< by the cost model, layer by layer, while compiling
  direct,     ///< products over the pixels as they lie; the smallest rounding error
  winograd,   ///< Winograd's wherever it is possible, even where it doesn't pay
};

}  // namespace taut
