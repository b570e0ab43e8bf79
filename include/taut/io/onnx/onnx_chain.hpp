/// OnnxChain: the operators of a network as its layers append them, each layer a chain behind the values it reads.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "taut/core/shape.hpp"
#include "taut/io/onnx/onnx_node.hpp"

namespace taut {

/// Values are named after the layer that makes them, by its number: "3"; what a layer makes on the way is "3.1", "3.2", ….
class OnnxChain {
 public:
  std::vector<OnnxNode> nodes;

  /// A layer that reads these values.
  void begin_layer(index_t layer, std::vector<std::string> sources) {
    layer_ = std::to_string(layer);
    values_ = std::move(sources);
    made_ = 0;
  }

  /// What the layer reads, or the first of it.
  const std::string& source() const { return values_[0]; }

  /// Appends an operator whose first inputs are the layer's sources, or what the operator before it made.
  void then(OnnxNode node) {
    node.inputs.insert(node.inputs.begin(), values_.begin(), values_.end());
    values_ = {beside(std::move(node))};
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

  /// The name of what the layer made; a layer that appended nothing leaves its source as it was.
  std::string end_layer() {
    if (made_ == 0) return values_[0];
    nodes.back().output = layer_;
    return layer_;
  }

 private:
  std::string layer_;
  std::vector<std::string> values_;
  int made_ = 0;
};

}  // namespace taut
