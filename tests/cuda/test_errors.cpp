// What goes wrong on a GPU is an Error that says what, and nothing is left behind. Emulated: no GPU runs out of memory at will.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support/error_of.hpp"
#include "taut/cuda.cuh"

using namespace taut;
using taut::test::error_of;

namespace {

using Net = Sequential<Shape{1, 8, 8}, Conv2d<4, 3, Padding{1}>, BatchNorm2d, ReLU, Flatten, Linear<3>>;

/// Puts the machine back as it was.
struct Machine {
  const std::size_t memory = emulation::machine.memory;
  const int devices = emulation::machine.devices, compute_capability = emulation::machine.compute_capability;
  ~Machine() {
    emulation::machine.memory = memory;
    emulation::machine.devices = devices;
    emulation::machine.compute_capability = compute_capability;
  }
};

}  // namespace

TEST_CASE("a model that doesn't fit says how much it asked for and how much is free, and leaves nothing behind") {
  const Machine machine;
  const std::size_t before = emulation::machine.allocated, blocks = emulation::machine.blocks.size();
  emulation::machine.memory = before + 100'000;
  const std::string sentence = error_of([] { const Model<Net, float, Cuda, 64> model{seed(1)}; });
  CAPTURE(sentence);
  CHECK(sentence.find("Cuda: expected ") == 0);
  CHECK(sentence.find(" bytes of the GPU's memory, found ") != std::string::npos);
  CHECK(sentence.find(" free: a smaller MaxBatch needs less") != std::string::npos);
  CHECK(emulation::machine.allocated == before);
  CHECK(emulation::machine.blocks.size() == blocks);
  CHECK(cudaGetLastError() == cudaSuccess);
}

TEST_CASE("a model gives back what it took, on the GPU, and optimizers lie beside it") {
  const std::size_t before = emulation::machine.allocated;
  {
    Model<Net, float, Cuda, 8> model{seed(1)};
    const std::size_t with_model = emulation::machine.allocated;
    CHECK(with_model > before + 2 * model.parameters().size_bytes());
    AdamW optimizer(model);
    CHECK(emulation::machine.allocated > with_model + 2 * model.parameters().size_bytes());
    CHECK(cuda::on_device(model.parameters().data()));
    CHECK(cuda::on_device(optimizer.memory()[0].values.data()));
    Batch<float, Net::input_shape, 8> samples;
    const std::vector<std::int32_t> labels(8);
    model.forward_backward(samples, labels, CrossEntropy<3>{});
    optimizer.step(model);
  }
  CHECK(emulation::machine.allocated == before);
}

TEST_CASE("without a GPU the device says so") {
  const Machine machine;
  emulation::machine.devices = 0;
  const std::string sentence = error_of([] { const Cuda device; });
  CHECK(sentence.find("cudaErrorNoDevice (no CUDA-capable device is detected)") != std::string::npos);
  CHECK(error_of([] { const Cuda device({.device = 3}); }) != "");
}

TEST_CASE("a GPU without tensor cores for floats refuses their precisions alone") {
  const Machine machine;
  emulation::machine.compute_capability = 7;
  CHECK(error_of([] { const Cuda device; }) == "");
  for (const std::string& sentence : {error_of([] { const CudaWith<cuda::Precision::tf32> device; }), error_of([] { const CudaWith<cuda::Precision::bf16> device; })}) {
    CHECK(sentence.find("compute capability 8.0") != std::string::npos);
    CHECK(sentence.find("7.x") != std::string::npos);
  }
}

TEST_CASE("an error of a kernel that is launched names its place") {
  Cuda device;
  // More elements than kernels count.
  const std::string sentence = error_of([&] {
    device.norm_pool_forward<NormPoolGeometry{.channels = 64, .in_height = 4096, .in_width = 4096, .activation = Activation::relu}, float>(
        64, nullptr, nullptr, nullptr, nullptr, nullptr);
  });
  CHECK(sentence.find("Cuda: a kernel counts elements of a pool in 32 bits") == 0);
}

