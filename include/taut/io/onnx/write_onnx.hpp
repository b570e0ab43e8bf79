/// write_onnx: a model for inference as an ONNX file (opset 17), which ONNX Runtime and others run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/for_each_index.hpp"
#include "taut/core/version.hpp"
#include "taut/io/atomic_file.hpp"
#include "taut/io/onnx/onnx_layer.hpp"
#include "taut/io/onnx/onnx_node.hpp"
#include "taut/io/protobuf_writer.hpp"
#include "taut/nn/layer_name.hpp"
#include "taut/nn/tensor_exchange.hpp"

namespace taut {

struct OnnxOptions {
  std::string graph_name = "network";
  std::map<std::string, std::string> metadata{};  ///< what else a reader should know: class names, normalisation
};

namespace detail {

inline constexpr std::int64_t onnx_opset = 17, onnx_ir_version = 8, onnx_float = 1;

/// A float tensor with its values.
template <class T>
ProtobufWriter onnx_tensor(const NamedTensor<T>& tensor) {
  ProtobufWriter message;
  for (int axis = 0; axis < tensor.shape.rank(); ++axis) message.number(1, static_cast<std::int64_t>(tensor.shape[axis]));
  std::string raw(tensor.values.size() * sizeof(float), '\0');
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    const auto value = static_cast<float>(tensor.values[i]);
    std::memcpy(raw.data() + i * sizeof(float), &value, sizeof(float));
  }
  message.number(2, onnx_float).text(8, tensor.name).text(9, raw);
  return message;
}

/// An input or output of the graph: any number of rows of a shape.
inline ProtobufWriter onnx_value(std::string_view name, Shape shape) {
  ProtobufWriter extents;
  extents.message(1, ProtobufWriter{}.text(2, "batch"));
  for (int axis = 0; axis < shape.rank(); ++axis) extents.message(1, ProtobufWriter{}.number(1, static_cast<std::int64_t>(shape[axis])));
  const ProtobufWriter tensor = ProtobufWriter{}.number(1, onnx_float).message(2, extents);
  return ProtobufWriter{}.text(1, name).message(2, ProtobufWriter{}.message(1, tensor));
}

/// The operators of a network, each taking the outputs of its layer's sources; dropout and the begin of a branch have none.
template <class Net>
std::vector<OnnxNode> onnx_nodes() {
  OnnxChain chain;
  std::vector<std::string> values(Net::depth);  // what each layer's output is called
  for_each_index<Net::depth>([&]<index_t Index>() {
    const LayerPlan& layer = Net::plan.layers[Index];
    std::vector<std::string> sources, tensors;
    for (index_t s = 0; s < layer.sources.count; ++s) {
      sources.push_back(layer.sources[s] == network_input ? "input" : values[layer.sources[s]]);
    }
    for (index_t t = 0; t < layer.tensors.count; ++t) {
      tensors.push_back(std::string(layer.path.view()) + "." + layer.tensors.specs[t].name);
    }
    chain.begin_layer(Index, std::move(sources));
    append_onnx_layer<typename Net::template layer<Index>>(chain, layer, std::move(tensors));
    values[Index] = chain.end_layer();
  });
  if (chain.nodes.empty()) chain.nodes.push_back({"Identity", {"input"}});
  chain.nodes.back().output = "output";
  return std::move(chain.nodes);
}

}  // namespace detail

/// The bytes of the file: input "input" (batch, channels, height, width) or (batch, features), output "output", weights as float under the
/// names that PyTorch's torch.nn.Sequential would give them.
template <class Model>
std::string encode_onnx(const Model& model, const OnnxOptions& options = {}) {
  using Net = typename Model::Network;
  detail::ProtobufWriter graph;
  for (const OnnxNode& node : detail::onnx_nodes<Net>()) graph.message(1, node.message(node.operation + " " + node.output));
  graph.text(2, options.graph_name);
  for (const auto& tensor : model.export_tensors()) graph.message(5, detail::onnx_tensor(tensor));
  graph.message(11, detail::onnx_value("input", Net::input_shape)).message(12, detail::onnx_value("output", Net::output_shape));

  detail::ProtobufWriter file;
  file.number(1, detail::onnx_ir_version).text(2, "taut").text(3, version).message(7, graph);
  file.message(8, detail::ProtobufWriter{}.text(1, "").number(2, detail::onnx_opset));
  for (const auto& [key, value] : options.metadata) file.message(14, detail::ProtobufWriter{}.text(1, key).text(2, value));
  return file.bytes();
}

/// Writes the file, wholly or not at all.
template <class Model>
void write_onnx(const std::filesystem::path& path, const Model& model, const OnnxOptions& options = {}) {
  write_file_atomically(path, encode_onnx(model, options));
}

}  // namespace taut
