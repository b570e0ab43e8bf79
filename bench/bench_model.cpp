/// The emotion network as a whole: its blocks, training steps and inference.
#include <memory>
#include <vector>

#include "bench_support.hpp"
#include "emotion/network.hpp"
#include "taut/taut.hpp"
#include "taut/train/adam.hpp"

namespace {

using bench::add;
using bench::index_t;
using bench::Work;

template <class Net, index_t Rows>
struct Trained {
  explicit Trained(unsigned threads)
      : model(taut::seed(1), taut::Cpu<>{threads}),
        adam(model, {.weight_decay = 1e-4}),
        x(bench::random_buffer(Rows * Net::input_shape.size())),
        dy(bench::random_buffer(Rows * Net::output_shape.size())),
        labels(Rows) {
    for (index_t i = 0; i < Rows; ++i) labels[i] = static_cast<std::int32_t>(i % 7);
  }

  taut::BatchView<const float, Net::input_shape> batch() const { return {x.data(), Rows}; }

  taut::Model<Net, float, taut::Cpu<>, Rows> model;
  taut::Adam<float> adam;
  taut::Arena<float> x, dy;
  std::vector<std::int32_t> labels;
};

template <index_t Rows>
void add_training_step() {
  add("train step/batch:" + std::to_string(Rows), Work::images, Rows, [](unsigned threads) {
    return [t = std::make_shared<Trained<emotion::EmotionNet, Rows>>(threads)] {
      benchmark::DoNotOptimize(t->model.forward_backward(t->batch(), t->labels, taut::CrossEntropy<7>{}));
      t->adam.step(t->model);
    };
  });
}

template <index_t Rows>
void add_inference() {
  add("inference/batch:" + std::to_string(Rows), Work::images, Rows, [](unsigned threads) {
    return [t = std::make_shared<Trained<emotion::EmotionNet, Rows>>(threads)] { benchmark::DoNotOptimize(t->model.evaluate(t->batch())); };
  });
}

/// A piece of the network alone, in training mode. Its first layer has no gradient with respect to its input to compute.
template <class Net>
void add_piece(const std::string& name) {
  constexpr index_t rows = bench::batch;
  add(name + " forward", Work::images, rows, [](unsigned threads) {
    return [t = std::make_shared<Trained<Net, rows>>(threads)] { benchmark::DoNotOptimize(t->model.forward(t->batch())); };
  });
  add(name + " forward and backward", Work::images, rows, [](unsigned threads) {
    return [t = std::make_shared<Trained<Net, rows>>(threads)] {
      t->model.forward(t->batch());
      t->model.backward({t->dy.data(), rows});
    };
  });
}

const bool added = [] {
  add_training_step<32>();
  add_training_step<64>();
  add_training_step<128>();
  add_inference<1>();
  add_inference<32>();
  add_inference<64>();
  using taut::Shape;
  add_piece<taut::Sequential<Shape{1, 48, 48}, emotion::ConvBlock<32>>>("block 1");
  add_piece<taut::Sequential<Shape{32, 24, 24}, emotion::ConvBlock<64>>>("block 2");
  add_piece<taut::Sequential<Shape{64, 12, 12}, emotion::ConvBlock<128>>>("block 3");
  add_piece<taut::Sequential<Shape{128, 6, 6}, emotion::ConvBlock<256>>>("block 4");
  add_piece<taut::Sequential<Shape{2304}, taut::Linear<512>, taut::ReLU, taut::Dropout<50>, taut::Linear<7>>>("classifier");
  return true;
}();

}  // namespace
