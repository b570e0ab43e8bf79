/// Graph: steps of oneDNN primitives in the order they are to run, every buffer allocated while they are added. The layout `blocked` leaves
/// each format to oneDNN, `nhwc` keeps images channels-last; weights are always in the format that the primitive likes best.
#pragma once

#include <dnnl.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "worker.hpp"

namespace compare::onednn {

using dnnl::memory;
using Dims = memory::dims;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

inline memory::desc desc_of(const Dims& dims, Tag tag) { return {dims, memory::data_type::f32, tag}; }
inline Tag plain_tag(const Dims& dims) { return dims.size() == 4 ? Tag::nchw : dims.size() == 2 ? Tag::nc : Tag::x; }
inline float* data_of(const memory& m) { return static_cast<float*>(m.get_data_handle()); }
inline std::size_t count_of(const memory& m) { return m.get_desc().get_size() / sizeof(float); }

/// One layer's extents: a 3×3 convolution with padding 1 where it has a height, else a linear layer.
struct Layer {
  memory::dim in, out, extent = 0;
};
inline constexpr Layer convolutions[] = {{1, 32, 48}, {32, 64, 24}, {64, 128, 12}, {128, 256, 6}};
inline const Dims one{1, 1}, two{2, 2}, three{3, 3}, none{0, 0};

class Graph {
 public:
  explicit Graph(const std::string& layout) : image_tag(layout == "nhwc" ? Tag::nhwc : Tag::any) {
    if (layout != "nhwc" && layout != "blocked") throw std::runtime_error("expected the layout nhwc or blocked, found '" + layout + "'");
  }

  void run() {
    for (Step& step : steps_) step();
    stream.wait();
  }
  void add(Step step) { steps_.push_back(std::move(step)); }
  void add(const dnnl::primitive& primitive, const Arguments& arguments) {
    steps_.push_back([this, primitive, arguments] { primitive.execute(stream, arguments); });
  }

  memory make(const memory::desc& desc) {
    memory made(desc, engine);
    std::memset(made.get_data_handle(), 0, desc.get_size());
    return made;
  }
  /// `from` in another format, by a step of its own where that differs.
  memory as(const memory& from, const memory::desc& desc) {
    if (from.get_desc() == desc) return from;
    memory to = make(desc);
    add(dnnl::reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
    return to;
  }
  /// The same for what never changes: it is done now.
  memory once(memory from, const memory::desc& desc) {
    if (from.get_desc() == desc) return from;
    memory to = make(desc);
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    return to;
  }
  /// `numbers` as a tensor, from the layer's plain order.
  memory plain(const float* numbers, const Dims& dims) {
    const memory made = make(desc_of(dims, plain_tag(dims)));
    std::memcpy(made.get_data_handle(), numbers, made.get_desc().get_size());
    return made;
  }

  memory::desc image(const Dims& dims) const { return desc_of(dims, image_tag); }

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  const Tag image_tag;

 private:
  std::vector<Step> steps_;
};

inline dnnl::primitive_attr with_relu(bool relu) {
  dnnl::primitive_attr attributes;
  dnnl::post_ops after;
  if (relu) after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  attributes.set_post_ops(after);
  return attributes;
}

// Direct is all there is here: for Winograd on float32, oneDNN wants AVX-512.
inline constexpr auto direct = dnnl::algorithm::convolution_direct;

inline dnnl::convolution_forward::primitive_desc forward_of(const Graph& graph, Layer layer, memory::dim rows, dnnl::prop_kind kind,
                                                            bool relu) {
  const Dims x{rows, layer.in, layer.extent, layer.extent}, y{rows, layer.out, layer.extent, layer.extent};
  return {{kind, direct, graph.image(x), desc_of({layer.out, layer.in, 3, 3}, Tag::any), desc_of({layer.out}, Tag::x), graph.image(y), one,
           one, one},
          with_relu(relu),
          graph.engine};
}

inline dnnl::convolution_backward_data::primitive_desc backward_data_of(const Graph& graph, Layer layer, memory::dim rows,
                                                                        const dnnl::convolution_forward::primitive_desc& forward) {
  const Dims x{rows, layer.in, layer.extent, layer.extent}, y{rows, layer.out, layer.extent, layer.extent};
  return {{direct, graph.image(x), desc_of({layer.out, layer.in, 3, 3}, Tag::any), graph.image(y), one, one, one}, graph.engine, forward};
}

inline dnnl::convolution_backward_weights::primitive_desc backward_weights_of(const Graph& graph, Layer layer, memory::dim rows,
                                                                              const dnnl::convolution_forward::primitive_desc& forward) {
  const Dims x{rows, layer.in, layer.extent, layer.extent}, y{rows, layer.out, layer.extent, layer.extent};
  return {
      {direct, graph.image(x), desc_of({layer.out, layer.in, 3, 3}, Tag::any), desc_of({layer.out}, Tag::x), graph.image(y), one, one, one},
      graph.engine,
      forward};
}

}  // namespace compare::onednn
