/// Allocations: none in a training step or an inference after construction. Every way to the heap is counted, through glibc's own names.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <vector>

#include "taut/taut.hpp"
#include "taut/nn/session.hpp"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TAUT_COUNTS_ALLOCATIONS 1

namespace {
std::atomic<std::size_t> allocations{0};
}

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
  ++allocations;
  return __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
}
#endif

using namespace taut;

namespace {

/// Every kind of step: Winograd's and direct convolutions, all of the fused sweeps, both sizes of matrix product.
using Net = Sequential<Shape{1, 24, 24}, Conv2d<32, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Conv2d<32, 3, Padding{1}>, BatchNorm2d,
                       ReLU, MaxPool2d<2>, Conv2d<20, 3, Stride{2}>, ReLU, GroupNorm<5>, Upsample<2, Bilinear{}>, AvgPool2d<2>,
                       Reshape<5, 4, 4>, LayerNorm, Flatten, Linear<300>, BatchNorm1d, ReLU, Dropout<50>, Linear<7>>;

}  // namespace

#if defined(TAUT_COUNTS_ALLOCATIONS)

TEST_CASE("the count sees what goes to the heap") {
  const std::size_t before = allocations;
  const auto number = std::make_unique<int>(1);
  CHECK(*number == 1);
  CHECK(allocations > before);
}

TEST_CASE("training and inference allocate nothing after construction and the first step, which starts the threads") {
  for (const unsigned threads : {1U, 2U}) {
    CAPTURE(threads);
    const auto model = std::make_unique<Model<Net, float, Cpu<>, 64>>(seed(1), Cpu<>{threads});
    Adam adam{*model, {.lr = 1e-3, .weight_decay = 1e-4}};
    const std::vector<float> samples(64 * Net::input_shape.size(), 0.5F);
    const std::vector<std::int32_t> labels(64, 3);
    const BatchView<const float, Net::input_shape> all{samples.data(), 64}, one{samples.data(), 1};
    const CrossEntropy<7> loss;
    const auto step = [&](BatchView<const float, Net::input_shape> batch) {
      model->forward_backward(batch, std::span(labels).first(batch.rows), loss);
      clip_grad_norm(*model, 1.0);
      adam.step(*model);
      model->evaluate(batch);
      model->loss(batch, std::span(labels).first(batch.rows), loss);
    };
    step(all);
    const std::size_t before = allocations;
    step(all);
    step(one);
    CHECK(allocations == before);

    const Session<Net, float, Cpu<>, 64> session{*model};
    decltype(session)::Workspace workspace{Cpu<>{threads}};
    session.run(all, workspace);
    const std::size_t inference = allocations;
    session.run(all, workspace);
    session.run(one, workspace);
    CHECK(allocations == inference);
  }
}

TEST_CASE("other losses, optimizers with groups and frozen layers allocate nothing either") {
  using Pixels = Sequential<Shape{1, 12, 12}, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Conv2d<3, 3, Padding{1}>>;
  const auto model = std::make_unique<Model<Pixels, float, Cpu<>, 64>>(seed(1), Cpu<>{2});
  model->freeze("1");
  RMSprop rmsprop{*model, {.momentum = 0.9, .centered = true}, {{.prefix = "0", .lr_factor = 0.1}, {.prefix = "4.bias", .weight_decay = 0.0}}};
  const std::vector<float> samples(64 * Pixels::input_shape.size(), 0.5F), targets(64 * Pixels::output_shape.size(), 0.25F);
  const BatchView<const float, Pixels::input_shape> batch{samples.data(), 64};
  const BatchView<const float, Pixels::output_shape> target{targets.data(), 64};
  OneCycleRate schedule(0.01, {.epochs = 1, .steps_per_epoch = 10});
  const auto step = [&] {
    for (int i = 0; i < 3; ++i) {
      if (i == 0) model->forward_backward(batch, target, MSE{});
      if (i == 1) model->forward_backward(batch, target, Huber{});
      if (i == 2) model->forward_backward(batch, target, BCEWithLogits<3>{});
      rmsprop.set_lr(schedule.rate(i / 10.0));
      rmsprop.step(*model);
    }
  };
  step();
  const std::size_t before = allocations;
  step();
  CHECK(allocations == before);
}

#else

TEST_CASE("allocations are not counted in this build" * doctest::skip()) { MESSAGE("needs glibc, and no sanitizer, which counts its own"); }

#endif
