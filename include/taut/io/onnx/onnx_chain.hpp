/// OnnxChain: the operators of a network in a row, each working on what the one before it made.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "taut/io/onnx/onnx_node.hpp"

namespace taut::detail {

/// Values are named after the layer that makes them, by its number: "3"; what a layer makes on the way is "3.1", "3.2", ….
class OnnxChain {
 public:
  std::vector<OnnxNode> nodes;

  /// What has been made so far.
  const std::string& value() const { return value_; }

  /// Appends an operator whose first input is the value so far; its output is the next.
  void then(OnnxNode node) {
    node.inputs.insert(node.inputs.begin(), value_);
    value_ = beside(std::move(node));
  }

  /// Appends an operator beside the chain, and names its output.
  std::string beside(OnnxNode node) {
    node.output = layer_ + "." + std::to_string(++made_);
    nodes.push_back(std::move(node));
    return nodes.back().output;
  }

  /// Numbers as another operator's input.
  template <class T>
  std::string constant(const std::vector<T>& numbers) {
    OnnxNode node{"Constant", {}};
    node.add(std::is_same_v<T, float> ? "value_floats" : "value_ints", numbers);
    return beside(std::move(node));
  }

  void begin_layer(index_t layer) {
    layer_ = std::to_string(layer);
    made_ = 0;
  }
  /// A layer that appended nothing leaves the value as it was.
  void end_layer() {
    if (made_ != 0) nodes.back().output = value_ = layer_;
  }
  /// The value so far is the network's output.
  void end() {
    if (nodes.empty()) then({"Identity", {}});
    nodes.back().output = value_ = "output";
  }

 private:
  std::string value_ = "input", layer_;
  int made_ = 0;
};

}  // namespace taut::detail
