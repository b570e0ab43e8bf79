/// OnnxNode: one operator of an ONNX graph (https://onnx.ai/onnx/operators).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/geometry.hpp"
#include "taut/io/protobuf_writer.hpp"
#include "taut/nn/layer.hpp"

namespace taut::detail {

struct OnnxNode {
  std::string operation;
  std::vector<std::string> inputs{};
  std::vector<ProtobufWriter> attributes{};
  std::string output{};

  void add(std::string_view name, std::int64_t value) {
    attributes.push_back(std::move(ProtobufWriter{}.text(1, name).number(3, value).number(20, 2)));
  }
  void add(std::string_view name, float value) {
    attributes.push_back(std::move(ProtobufWriter{}.text(1, name).real(2, value).number(20, 1)));
  }
  void add(std::string_view name, std::initializer_list<index_t> values) {
    ProtobufWriter attribute;
    attribute.text(1, name);
    for (const index_t value : values) attribute.number(8, static_cast<std::int64_t>(value));
    attributes.push_back(std::move(attribute.number(20, 7)));
  }

  /// What convolutions and pools have in common.
  void add_windows(const Window& vertical, const Window& horizontal) {
    add("kernel_shape", {vertical.kernel, horizontal.kernel});
    add("strides", {vertical.stride, horizontal.stride});
    add("pads", {vertical.padding, horizontal.padding, vertical.padding, horizontal.padding});
    add("dilations", {vertical.dilation, horizontal.dilation});
  }

  ProtobufWriter message(std::string_view name) const {
    ProtobufWriter node;
    for (const std::string& input : inputs) node.text(1, input);
    node.text(2, output).text(3, name).text(4, operation);
    for (const ProtobufWriter& attribute : attributes) node.message(5, attribute);
    return node;
  }
};

/// The operator of a layer, without its inputs; none, with an empty name, where inference passes the layer by.
/// Requires: no gated activation (onnx_gated).
template <class X>
OnnxNode onnx_node([[maybe_unused]] Shape input) {
  OnnxNode node;
  if constexpr (X::role == Role::convolution) {
    const Conv2dGeometry g = X::geometry(input);
    node.operation = "Conv";
    node.add_windows(g.vertical, g.horizontal);
    node.add("group", static_cast<std::int64_t>(g.groups));
  } else if constexpr (X::role == Role::linear) {
    node.operation = "Gemm";
    node.add("transB", std::int64_t{1});
  } else if constexpr (X::role == Role::normalization) {
    node.operation = "BatchNormalization";
    node.add("epsilon", static_cast<float>(X::eps));
  } else if constexpr (X::role == Role::activation) {
    using Kind = Activation::Kind;
    constexpr Kind kind = X::activation.kind;
    node.operation = kind == Kind::relu ? "Relu" : kind == Kind::leaky_relu ? "LeakyRelu" : kind == Kind::sigmoid ? "Sigmoid" : "Tanh";
    if (kind == Kind::leaky_relu) node.add("alpha", static_cast<float>(X::activation.negative_slope));
  } else if constexpr (X::role == Role::softmax) {
    node.operation = X::logarithm ? "LogSoftmax" : "Softmax";
    node.add("axis", std::int64_t{1});
  } else if constexpr (X::role == Role::pooling) {
    node.operation = "MaxPool";
    node.add_windows(X::vertical, X::horizontal);
  } else if constexpr (X::role == Role::flatten) {
    node.operation = "Flatten";
    node.add("axis", std::int64_t{1});
  } else if constexpr (X::role == Role::add) {
    node.operation = "Add";
  } else if constexpr (X::role == Role::concatenate) {
    node.operation = "Concat";
    node.add("axis", std::int64_t{1});
  } else {
    static_assert(X::role == Role::dropout || begins_branch(X::role), "a layer of one's own has no ONNX operator");
  }
  return node;
}

}  // namespace taut::detail
