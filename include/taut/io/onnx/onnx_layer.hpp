/// OnnxLayer: the ONNX operators of each layer (opset 17).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "taut/core/geometry.hpp"
#include "taut/io/onnx/onnx_chain.hpp"
#include "taut/io/onnx/onnx_gated.hpp"
#include "taut/nn/plan.hpp"

namespace taut::detail {

/// (batch, extents…), the batch as it comes.
inline std::vector<std::int64_t> onnx_shape(Shape shape) {
  std::vector<std::int64_t> extents{0};
  for (int axis = 0; axis < shape.rank(); ++axis) extents.push_back(static_cast<std::int64_t>(shape[axis]));
  return extents;
}

inline void make_convolution(OnnxNode& node, const char* operation, const Conv2dGeometry& g) {
  node.operation = operation;
  node.add_windows(g.vertical, g.horizontal);
  node.add("group", static_cast<std::int64_t>(g.groups));
}

inline void append_average_pool(OnnxChain& chain, const AveragePoolGeometry& g) {
  if (g.vertical == Window{g.in_height, g.in_height} && g.horizontal == Window{g.in_width, g.in_width}) {
    return chain.then({"GlobalAveragePool", {}});
  }
  OnnxNode node{"AveragePool", {}};
  node.add_windows(g.vertical, g.horizontal);
  node.add("count_include_pad", std::int64_t{g.counts_padding});
  chain.then(std::move(node));
}

/// Opset 17 normalises a sample (LayerNormalization) and its channels (InstanceNormalization): groups are made channels and back.
inline void append_group_norm(OnnxChain& chain, const GroupNormGeometry& g, Shape shape, float eps, std::vector<std::string> tensors) {
  if (g.pixels == 1 && g.groups == 1) {
    OnnxNode node{"LayerNormalization", std::move(tensors)};
    node.add("axis", std::int64_t{1});
    node.add("epsilon", eps);
    return chain.then(std::move(node));
  }
  chain.then({"Reshape", {chain.constant(std::vector<std::int64_t>{0, static_cast<std::int64_t>(g.groups), -1})}});
  OnnxNode norm{"InstanceNormalization",
                {chain.constant(std::vector<float>(g.groups, 1)), chain.constant(std::vector<float>(g.groups, 0))}};
  norm.add("epsilon", eps);
  chain.then(std::move(norm));
  chain.then({"Reshape", {chain.constant(onnx_shape(shape))}});
  const std::string pixel_axes = chain.constant(std::vector<std::int64_t>{1, 2});
  chain.then({"Mul", {chain.beside({"Unsqueeze", {tensors[0], pixel_axes}})}});
  chain.then({"Add", {chain.beside({"Unsqueeze", {tensors[1], pixel_axes}})}});
}

inline void append_upsample(OnnxChain& chain, const UpsampleGeometry& g) {
  const std::vector<float> scales{1, 1, static_cast<float>(g.vertical), static_cast<float>(g.horizontal)};
  OnnxNode node{"Resize", {"", chain.constant(scales)}};
  node.add("mode", std::string_view{g.bilinear ? "linear" : "nearest"});
  node.add("coordinate_transformation_mode", std::string_view{g.bilinear ? "half_pixel" : "asymmetric"});
  if (!g.bilinear) node.add("nearest_mode", std::string_view{"floor"});
  chain.then(std::move(node));
}

/// A layer of one's own that knows its operators.
template <class X>
concept HasOnnx = requires(OnnxChain& chain, const LayerPlan& layer, std::vector<std::string> tensors) {
  X::append_onnx(chain, layer, tensors);
};

/// Appends the operators of a layer; none where inference passes it by. `tensors` are the names of what it owns.
template <class X>
void append_onnx_layer(OnnxChain& chain, const LayerPlan& layer, std::vector<std::string> tensors) {
  OnnxNode node{"", std::move(tensors)};
  if constexpr (X::role == Role::convolution) {
    make_convolution(node, "Conv", X::geometry(layer.input));
    // A sequence is an image of one row, and so is its kernel.
    if (layer.tensors.specs[0].shape.rank() == 3) {
      node.inputs[0] = chain.beside({"Unsqueeze", {node.inputs[0], chain.constant(std::vector<std::int64_t>{2})}});
    }
  } else if constexpr (X::role == Role::transposed_convolution) {
    make_convolution(node, "ConvTranspose", X::geometry(layer.input));
    node.add("output_padding", std::vector<std::int64_t>{static_cast<std::int64_t>(X::output_padding.height),
                                                         static_cast<std::int64_t>(X::output_padding.width)});
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
  } else if constexpr (X::role == Role::gated_activation) {
    return append_onnx_gated(chain, X::activation);
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
  } else if constexpr (X::role == Role::reshape) {
    node = {"Reshape", {chain.constant(onnx_shape(layer.output))}};
  } else if constexpr (X::role == Role::average_pooling) {
    return append_average_pool(chain, X::geometry(layer.input));
  } else if constexpr (X::role == Role::group_normalization) {
    return append_group_norm(chain, X::geometry(layer.input), layer.input, static_cast<float>(X::eps), std::move(node.inputs));
  } else if constexpr (X::role == Role::upsampling) {
    return append_upsample(chain, X::geometry(layer.input));
  } else if constexpr (X::role == Role::custom) {
    static_assert(HasOnnx<X>, "a layer with Role::custom lacks append_onnx(chain, layer, tensors)");
    return X::append_onnx(chain, layer, node.inputs);
  } else {
    static_assert(X::role == Role::dropout || begins_branch(X::role));
    return;
  }
  chain.then(std::move(node));
}

}  // namespace taut::detail
