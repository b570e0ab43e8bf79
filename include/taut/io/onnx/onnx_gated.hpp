/// onnx_gated: SiLU and GELU, for which opset 17 has no operator, out of operators that it has.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "taut/core/activation.hpp"
#include "taut/io/onnx/onnx_chain.hpp"

namespace taut::detail {

/// Appends the operators of a gated activation of what the layer reads.
inline void append_onnx_gated(OnnxChain& chain, Activation activation) {
  const std::string x = chain.source();
  const auto make = [&](std::string operation, std::vector<std::string> inputs) {
    return chain.beside({std::move(operation), std::move(inputs)});
  };
  const auto make_with = [&](std::string operation, const std::string& input, float number) {
    return make(std::move(operation), {input, chain.constant(std::vector<float>{number})});
  };
  if (activation == Activation::silu) {
    make("Mul", {x, make("Sigmoid", {x})});
    return;
  }
  std::string odd;  // erf(x/√2) or its approximation
  if (activation == Activation::gelu) {
    odd = make("Erf", {make_with("Mul", x, 0.707106781F)});
  } else {
    const std::string cube = make("Mul", {make("Mul", {x, x}), x});
    const std::string sum = make("Add", {x, make_with("Mul", cube, 0.044715F)});
    odd = make("Tanh", {make_with("Mul", sum, 0.797884561F)});  // √(2/π)
  }
  make_with("Mul", make("Mul", {x, make_with("Add", odd, 1.0F)}), 0.5F);
}

}  // namespace taut::detail
