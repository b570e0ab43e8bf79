/// Training: forward, cross-entropy, backward and Adam of the emotion network, assembled from oneDNN's primitives and onednn_loops.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "onednn_graph.hpp"
#include "onednn_loops.hpp"

namespace compare::onednn {

class Training {
 public:
  Training(const std::string& folder, const std::string& layout, memory::dim rows)
      : graph_(layout), rows_(rows), labels_(read_numbers<std::int32_t>(folder + "/labels.i32")) {
    const std::vector<float> images = read_numbers<float>(folder + "/images.f32");
    const std::vector<float> start = read_numbers<float>(folder + "/folded.f32");
    const float* next = start.data();
    const auto take = [&](const Dims& dims) {
      const memory taken = graph_.plain(next, dims);
      next += count_of(taken);
      return taken;
    };

    memory x = graph_.plain(images.data(), {rows, 1, 48, 48});
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const Layer layer = convolutions[i];
      const memory weight = take({layer.out, layer.in, 3, 3});
      x = forward_block(blocks_[i], layer, x, weight, take({layer.out}));
    }
    const memory weight = take({512, 256, 3, 3});
    const memory hidden = forward_linear(large_, x, weight, take({512}));
    graph_.add([this, hidden] { relu_dropout(hidden, ++drawn_); });
    const memory small_weight = take({7, 512});
    const memory logits = forward_linear(small_, hidden, small_weight, take({7}));
    const memory dlogits = graph_.make(logits.get_desc());
    graph_.add([this, logits, dlogits] { loss_ = cross_entropy(rows_, labels_, data_of(logits), data_of(dlogits)); });

    const memory dhidden = backward_linear(small_, dlogits);
    graph_.add([hidden, dhidden] { relu_dropout_backward(hidden, dhidden); });
    memory dx = backward_linear(large_, dhidden);
    for (std::size_t i = blocks_.size(); i-- > 0;) dx = backward_block(blocks_[i], convolutions[i], dx, i != 0);
    graph_.add([this] { adam(parameters_, ++step_); });
  }
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  void step() { graph_.run(); }
  double loss() const { return loss_; }

 private:
  struct Block {
    dnnl::convolution_forward::primitive_desc convolution;
    dnnl::batch_normalization_forward::primitive_desc norm;
    dnnl::pooling_forward::primitive_desc pool;
    std::size_t weight, bias, gamma, beta;  // which parameters
    memory x, convolved, mean, variance, norm_workspace, normed, pool_workspace;
  };
  struct Linear {
    dnnl::inner_product_forward::primitive_desc forward;
    std::size_t weight, bias;
    memory x;
  };

  std::size_t add_parameter(const memory& value) {
    const std::size_t count = count_of(value);
    parameters_.push_back({value, graph_.make(value.get_desc()), std::vector<float>(count), std::vector<float>(count)});
    return parameters_.size() - 1;
  }
  memory value(std::size_t parameter) const { return parameters_[parameter].value; }

  /// A gradient comes in the format that its primitive writes; Adam wants its parameter's.
  memory gradient(std::size_t parameter, const memory::desc& desc) {
    memory& wanted = parameters_[parameter].gradient;
    return wanted.get_desc() == desc ? wanted : graph_.make(desc);
  }
  void keep_gradient(std::size_t parameter, const memory& written) {
    memory& wanted = parameters_[parameter].gradient;
    if (written.get() != wanted.get()) graph_.add(dnnl::reorder(written, wanted), {{DNNL_ARG_FROM, written}, {DNNL_ARG_TO, wanted}});
  }

  static inline const auto norm_flags =
      dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift | dnnl::normalization_flags::fuse_norm_relu;

  memory forward_block(Block& b, Layer layer, const memory& x, const memory& weight, const memory& bias) {
    constexpr auto training = dnnl::prop_kind::forward_training;
    b.convolution = forward_of(graph_, layer, rows_, training, false);
    b.weight = add_parameter(graph_.once(weight, b.convolution.weights_desc()));
    b.bias = add_parameter(bias);
    b.x = graph_.as(x, b.convolution.src_desc());
    b.convolved = graph_.make(b.convolution.dst_desc());
    graph_.add(dnnl::convolution_forward(b.convolution),
               {{DNNL_ARG_SRC, b.x}, {DNNL_ARG_WEIGHTS, value(b.weight)}, {DNNL_ARG_BIAS, value(b.bias)}, {DNNL_ARG_DST, b.convolved}});

    b.norm = {{training, b.convolution.dst_desc(), 1e-5F, norm_flags}, graph_.engine};
    const std::vector<float> ones(static_cast<std::size_t>(layer.out), 1.0F);
    b.gamma = add_parameter(graph_.plain(ones.data(), {layer.out}));
    b.beta = add_parameter(graph_.make(desc_of({layer.out}, Tag::x)));
    b.mean = graph_.make(b.norm.mean_desc());
    b.variance = graph_.make(b.norm.variance_desc());
    b.norm_workspace = graph_.make(b.norm.workspace_desc());
    b.normed = graph_.make(b.norm.dst_desc());
    graph_.add(dnnl::batch_normalization_forward(b.norm), {{DNNL_ARG_SRC, b.convolved},
                                                           {DNNL_ARG_SCALE, value(b.gamma)},
                                                           {DNNL_ARG_SHIFT, value(b.beta)},
                                                           {DNNL_ARG_MEAN, b.mean},
                                                           {DNNL_ARG_VARIANCE, b.variance},
                                                           {DNNL_ARG_WORKSPACE, b.norm_workspace},
                                                           {DNNL_ARG_DST, b.normed}});

    const memory::dim half = layer.extent / 2;
    b.pool = {
        {training, dnnl::algorithm::pooling_max, b.norm.dst_desc(), graph_.image({rows_, layer.out, half, half}), two, two, none, none},
        graph_.engine};
    const memory y = graph_.make(b.pool.dst_desc());
    b.pool_workspace = graph_.make(b.pool.workspace_desc());
    graph_.add(dnnl::pooling_forward(b.pool), {{DNNL_ARG_SRC, b.normed}, {DNNL_ARG_DST, y}, {DNNL_ARG_WORKSPACE, b.pool_workspace}});
    return y;
  }

  memory backward_block(Block& b, Layer layer, const memory& dy, bool input_too) {
    const auto& pooled = b.pool.dst_desc();
    const dnnl::pooling_backward::primitive_desc pool({dnnl::algorithm::pooling_max, b.normed.get_desc(), pooled, two, two, none, none},
                                                      graph_.engine, b.pool);
    const memory dnormed = graph_.make(b.normed.get_desc());
    graph_.add(dnnl::pooling_backward(pool),
               {{DNNL_ARG_DIFF_DST, graph_.as(dy, pooled)}, {DNNL_ARG_WORKSPACE, b.pool_workspace}, {DNNL_ARG_DIFF_SRC, dnormed}});

    const memory::desc& data = b.convolved.get_desc();
    const dnnl::batch_normalization_backward::primitive_desc norm({dnnl::prop_kind::backward, data, data, 1e-5F, norm_flags}, graph_.engine,
                                                                  b.norm);
    graph_.add(dnnl::batch_normalization_backward(norm), {{DNNL_ARG_SRC, b.convolved},
                                                          {DNNL_ARG_MEAN, b.mean},
                                                          {DNNL_ARG_VARIANCE, b.variance},
                                                          {DNNL_ARG_SCALE, value(b.gamma)},
                                                          {DNNL_ARG_SHIFT, value(b.beta)},
                                                          {DNNL_ARG_WORKSPACE, b.norm_workspace},
                                                          {DNNL_ARG_DIFF_DST, dnormed},
                                                          {DNNL_ARG_DIFF_SRC, dnormed},
                                                          {DNNL_ARG_DIFF_SCALE, parameters_[b.gamma].gradient},
                                                          {DNNL_ARG_DIFF_SHIFT, parameters_[b.beta].gradient}});

    const auto weights = backward_weights_of(graph_, layer, rows_, b.convolution);
    const memory dweight = gradient(b.weight, weights.diff_weights_desc());
    graph_.add(dnnl::convolution_backward_weights(weights), {{DNNL_ARG_SRC, graph_.as(b.x, weights.src_desc())},
                                                             {DNNL_ARG_DIFF_DST, graph_.as(dnormed, weights.diff_dst_desc())},
                                                             {DNNL_ARG_DIFF_WEIGHTS, dweight},
                                                             {DNNL_ARG_DIFF_BIAS, parameters_[b.bias].gradient}});
    keep_gradient(b.weight, dweight);
    if (!input_too) return {};
    const auto input = backward_data_of(graph_, layer, rows_, b.convolution);
    const memory dx = graph_.make(input.diff_src_desc());
    graph_.add(dnnl::convolution_backward_data(input), {{DNNL_ARG_DIFF_DST, graph_.as(dnormed, input.diff_dst_desc())},
                                                        {DNNL_ARG_WEIGHTS, graph_.as(value(b.weight), input.weights_desc())},
                                                        {DNNL_ARG_DIFF_SRC, dx}});
    return dx;
  }

  static memory::desc any(const memory& m) { return desc_of(m.get_desc().dims(), Tag::any); }

  memory forward_linear(Linear& l, const memory& x, const memory& weight, const memory& bias) {
    const memory::desc y = desc_of({rows_, weight.get_desc().dims()[0]}, Tag::nc);
    l.forward = {{dnnl::prop_kind::forward_training, any(x), any(weight), bias.get_desc(), y}, graph_.engine};
    l.weight = add_parameter(graph_.once(weight, l.forward.weights_desc()));
    l.bias = add_parameter(bias);
    l.x = graph_.as(x, l.forward.src_desc());
    const memory made = graph_.make(y);
    graph_.add(dnnl::inner_product_forward(l.forward),
               {{DNNL_ARG_SRC, l.x}, {DNNL_ARG_WEIGHTS, value(l.weight)}, {DNNL_ARG_BIAS, value(l.bias)}, {DNNL_ARG_DST, made}});
    return made;
  }

  memory backward_linear(Linear& l, const memory& dy) {
    const memory::desc weight = any(value(l.weight));
    const dnnl::inner_product_backward_weights::primitive_desc weights({any(l.x), weight, value(l.bias).get_desc(), dy.get_desc()},
                                                                       graph_.engine, l.forward);
    const memory dweight = gradient(l.weight, weights.diff_weights_desc());
    graph_.add(dnnl::inner_product_backward_weights(weights), {{DNNL_ARG_SRC, graph_.as(l.x, weights.src_desc())},
                                                               {DNNL_ARG_DIFF_DST, dy},
                                                               {DNNL_ARG_DIFF_WEIGHTS, dweight},
                                                               {DNNL_ARG_DIFF_BIAS, parameters_[l.bias].gradient}});
    keep_gradient(l.weight, dweight);
    const dnnl::inner_product_backward_data::primitive_desc input({any(l.x), weight, dy.get_desc()}, graph_.engine, l.forward);
    const memory dx = graph_.make(input.diff_src_desc());
    graph_.add(dnnl::inner_product_backward_data(input),
               {{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_WEIGHTS, graph_.as(value(l.weight), input.weights_desc())}, {DNNL_ARG_DIFF_SRC, dx}});
    return dx;
  }

  Graph graph_;
  memory::dim rows_;
  std::vector<std::int32_t> labels_;
  std::array<Block, 4> blocks_;
  Linear large_, small_;
  std::vector<Parameter> parameters_;
  double loss_ = 0;
  int step_ = 0;
  std::uint32_t drawn_ = 0;
};

}  // namespace compare::onednn
