/// OnnxNode: one operator of an ONNX graph (https://onnx.ai/onnx/operators).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/geometry.hpp"
#include "taut/io/protobuf_writer.hpp"

namespace taut {

struct OnnxNode {
  std::string operation;
  std::vector<std::string> inputs{};
  std::vector<detail::ProtobufWriter> attributes{};
  std::string output{};

  void add(std::string_view name, std::int64_t value) {
    attributes.push_back(std::move(detail::ProtobufWriter{}.text(1, name).number(3, value).number(20, 2)));
  }
  void add(std::string_view name, float value) {
    attributes.push_back(std::move(detail::ProtobufWriter{}.text(1, name).real(2, value).number(20, 1)));
  }
  void add(std::string_view name, std::string_view value) {
    attributes.push_back(std::move(detail::ProtobufWriter{}.text(1, name).text(4, value).number(20, 3)));
  }
  void add(std::string_view name, const std::vector<float>& values) {
    detail::ProtobufWriter attribute;
    attribute.text(1, name);
    for (const float value : values) attribute.real(7, value);
    attributes.push_back(std::move(attribute.number(20, 6)));
  }
  void add(std::string_view name, const std::vector<std::int64_t>& values) {
    detail::ProtobufWriter attribute;
    attribute.text(1, name);
    for (const std::int64_t value : values) attribute.number(8, value);
    attributes.push_back(std::move(attribute.number(20, 7)));
  }

  /// What convolutions and pools have in common.
  void add_windows(const Window& vertical, const Window& horizontal) {
    const auto pair = [](index_t v, index_t h) { return std::vector{static_cast<std::int64_t>(v), static_cast<std::int64_t>(h)}; };
    add("kernel_shape", pair(vertical.kernel, horizontal.kernel));
    add("strides", pair(vertical.stride, horizontal.stride));
    std::vector<std::int64_t> pads = pair(vertical.padding, horizontal.padding);
    pads.insert(pads.end(), {pads[0], pads[1]});
    add("pads", pads);
    if (vertical.dilation != 1 || horizontal.dilation != 1) add("dilations", pair(vertical.dilation, horizontal.dilation));
  }

  detail::ProtobufWriter message(std::string_view name) const {
    detail::ProtobufWriter node;
    for (const std::string& input : inputs) node.text(1, input);
    node.text(2, output).text(3, name).text(4, operation);
    for (const detail::ProtobufWriter& attribute : attributes) node.message(5, attribute);
    return node;
  }
};

}  // namespace taut
