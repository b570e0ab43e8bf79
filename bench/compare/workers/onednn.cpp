/// Compare, oneDNN: the emotion network assembled by hand from its primitives. The number of threads is OMP_NUM_THREADS.
/// onednn THREADS FOLDER LAYOUT, LAYOUT blocked or nhwc; tasks: `train ROWS`, `infer ROWS` (batch norm folded), `check 16`,
/// `conv1-forward ROWS`, `conv1-backward-weight ROWS`, `conv2-forward ROWS`, `conv2-backward ROWS` (both gradients) … conv4.
#include <memory>

#include "onednn_graph.hpp"
#include "onednn_training.hpp"

namespace compare::onednn {
namespace {

struct Inference {
  Graph graph;
  memory logits;

  Inference(const std::string& folder, const std::string& layout, memory::dim rows) : graph(layout) {
    constexpr auto inference = dnnl::prop_kind::forward_inference;
    const std::vector<float> images = read_numbers<float>(folder + "/images.f32"), folded = read_numbers<float>(folder + "/folded.f32");
    const float* next = folded.data();
    const auto take = [&](const Dims& dims) {
      const memory taken = graph.plain(next, dims);
      next += count_of(taken);
      return taken;
    };
    memory x = graph.plain(images.data(), {rows, 1, 48, 48});
    for (const Layer layer : convolutions) {
      const auto convolution = forward_of(graph, layer, rows, inference, true);
      const memory weight = graph.once(take({layer.out, layer.in, 3, 3}), convolution.weights_desc()), bias = take({layer.out});
      const memory convolved = graph.make(convolution.dst_desc());
      graph.add(dnnl::convolution_forward(convolution), {{DNNL_ARG_SRC, graph.as(x, convolution.src_desc())},
                                                         {DNNL_ARG_WEIGHTS, weight},
                                                         {DNNL_ARG_BIAS, bias},
                                                         {DNNL_ARG_DST, convolved}});
      const memory::dim half = layer.extent / 2;
      const dnnl::pooling_forward::primitive_desc pool({inference, dnnl::algorithm::pooling_max, convolution.dst_desc(),
                                                        graph.image({rows, layer.out, half, half}), two, two, none, none},
                                                       graph.engine);
      x = graph.make(pool.dst_desc());
      graph.add(dnnl::pooling_forward(pool), {{DNNL_ARG_SRC, convolved}, {DNNL_ARG_DST, x}});
    }
    for (const Dims& dims : {Dims{512, 256, 3, 3}, Dims{7, 512}}) {
      const memory plain_weight = take(dims), bias = take({dims[0]});
      const dnnl::inner_product_forward::primitive_desc linear(
          {inference, desc_of(x.get_desc().dims(), Tag::any), desc_of(dims, Tag::any), bias.get_desc(), desc_of({rows, dims[0]}, Tag::nc)},
          with_relu(dims[0] == 512), graph.engine);
      const memory y = graph.make(linear.dst_desc());
      graph.add(dnnl::inner_product_forward(linear), {{DNNL_ARG_SRC, graph.as(x, linear.src_desc())},
                                                      {DNNL_ARG_WEIGHTS, graph.once(plain_weight, linear.weights_desc())},
                                                      {DNNL_ARG_BIAS, bias},
                                                      {DNNL_ARG_DST, y}});
      x = y;
    }
    logits = x;
  }
};

/// One convolution alone, every tensor already in the primitive's own format.
Step convolution_step(const std::string& layout, const std::string& task, memory::dim rows) {
  const auto graph = std::make_shared<Graph>(layout);
  const Layer layer = convolutions[task[4] - '1'];
  const std::string pass = task.substr(6);
  const auto forward = forward_of(*graph, layer, rows, dnnl::prop_kind::forward_training, false);
  const memory bias = graph->make(desc_of({layer.out}, Tag::x));
  const auto filled = [&](const memory::desc& desc) {
    const memory made = graph->make(desc);
    for (std::size_t i = 0; i < count_of(made); ++i) data_of(made)[i] = static_cast<float>(i % 17) / 16.0F - 0.5F;
    return made;
  };
  if (pass == "forward") {
    graph->add(dnnl::convolution_forward(forward), {{DNNL_ARG_SRC, filled(forward.src_desc())},
                                                    {DNNL_ARG_WEIGHTS, filled(forward.weights_desc())},
                                                    {DNNL_ARG_BIAS, bias},
                                                    {DNNL_ARG_DST, graph->make(forward.dst_desc())}});
  } else if (pass == "backward" || pass == "backward-weight") {
    const auto weights = backward_weights_of(*graph, layer, rows, forward);
    graph->add(dnnl::convolution_backward_weights(weights), {{DNNL_ARG_SRC, filled(weights.src_desc())},
                                                             {DNNL_ARG_DIFF_DST, filled(weights.diff_dst_desc())},
                                                             {DNNL_ARG_DIFF_WEIGHTS, graph->make(weights.diff_weights_desc())},
                                                             {DNNL_ARG_DIFF_BIAS, bias}});
    if (pass == "backward") {
      const auto input = backward_data_of(*graph, layer, rows, forward);
      graph->add(dnnl::convolution_backward_data(input), {{DNNL_ARG_DIFF_DST, filled(input.diff_dst_desc())},
                                                          {DNNL_ARG_WEIGHTS, filled(input.weights_desc())},
                                                          {DNNL_ARG_DIFF_SRC, graph->make(input.diff_src_desc())}});
    }
  } else {
    return nullptr;
  }
  return [graph] { graph->run(); };
}

/// The logits' difference; training that doesn't learn its batch by heart is as wrong as wrong logits.
double check(const std::string& folder, const std::string& layout) {
  Inference inference(folder, layout, 16);
  inference.graph.run();
  Training training(folder, layout, 16);
  training.step();
  const double before = training.loss();
  for (int i = 0; i < 20; ++i) training.step();
  return training.loss() < 0.5 * before ? difference(folder, data_of(inference.logits)) : 1.0;
}

void serve(const std::string& folder, const std::string& layout) {
  const dnnl_version_t* version = dnnl_version();
  std::ostringstream about;
  about << R"({"version": ")" << version->major << '.' << version->minor << '.' << version->patch
        << R"(", "tasks": ["train", "infer", "conv"]})";
  compare::serve(
      about.str(),
      [&](const std::string& task, const std::string& argument) -> Step {
        const memory::dim rows = std::stol(argument);
        if (task.starts_with("conv") && task.size() > 6 && task[4] >= '1' && task[4] <= '4') return convolution_step(layout, task, rows);
        if (task == "train") {
          const auto training = std::make_shared<Training>(folder, layout, rows);
          return [training] { training->step(); };
        }
        if (task == "infer") {
          const auto inference = std::make_shared<Inference>(folder, layout, rows);
          return [inference] { inference->graph.run(); };
        }
        return nullptr;
      },
      [&](const std::string& task, const std::string&, long) {
        return task == "check" ? std::optional(check(folder, layout)) : std::nullopt;
      });
}

}  // namespace
}  // namespace compare::onednn

int main(int count, char** arguments) {
  return compare::run(count, arguments,
                      [](unsigned, const std::string& folder, const std::string& layout) { compare::onednn::serve(folder, layout); });
}
