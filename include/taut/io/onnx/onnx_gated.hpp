/// onnx_gated: SiLU and GELU, for which opset 17 has no operator, out of operators that it has.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "taut/core/activation.hpp"
#include "taut/io/onnx/onnx_node.hpp"

namespace taut::detail {

/// A chain of operators that ends in the value `name`; what lies between is called `name`.0, `name`.1 and so on.
class OnnxChain {
 public:
  explicit OnnxChain(std::string name) : name_(std::move(name)) {}

  /// The name of what the operator makes.
  std::string add(std::string operation, std::vector<std::string> inputs) {
    nodes_.push_back({std::move(operation), std::move(inputs), {}, name_ + "." + std::to_string(nodes_.size())});
    return nodes_.back().output;
  }
  std::string add(std::string operation, std::vector<std::string> inputs, float constant) {
    const std::string value = add("Constant", {});
    nodes_.back().add("value_float", constant);
    inputs.push_back(value);
    return add(std::move(operation), std::move(inputs));
  }

  std::vector<OnnxNode> finish() {
    nodes_.back().output = name_;
    return std::move(nodes_);
  }

 private:
  std::string name_;
  std::vector<OnnxNode> nodes_;
};

/// The operators of a gated activation of the value `x`, the last of which makes the value `name`.
inline std::vector<OnnxNode> onnx_gated(Activation activation, const std::string& x, const std::string& name) {
  OnnxChain chain(name);
  if (activation == Activation::silu) {
    chain.add("Mul", {x, chain.add("Sigmoid", {x})});
    return chain.finish();
  }
  std::string odd;  // erf(x/√2) or its approximation
  if (activation == Activation::gelu) {
    odd = chain.add("Erf", {chain.add("Mul", {x}, 0.707106781F)});
  } else {
    const std::string cube = chain.add("Mul", {chain.add("Mul", {x, x}), x});
    const std::string sum = chain.add("Add", {x, chain.add("Mul", {cube}, 0.044715F)});
    odd = chain.add("Tanh", {chain.add("Mul", {sum}, 0.797884561F)});  // √(2/π)
  }
  chain.add("Mul", {chain.add("Mul", {x, chain.add("Add", {odd}, 1.0F)})}, 0.5F);
  return chain.finish();
}

}  // namespace taut::detail
