/// test_cpu_convolution: what the op table doesn't ask of the CPU device's convolutions.
#include <doctest/doctest.h>

#include "taut/device/cpu.hpp"
#include "taut/device/threads.hpp"
#include "test_cpu_support.hpp"

namespace {

using namespace taut;
using namespace taut::test;

constexpr Conv2dGeometry grouped{6, 6, 8, 10, {3, 1, 1}, {3, 1, 1}, 2};
constexpr index_t rows = 3;

struct Passes {
  std::vector<float> y, dx, dweight, dbias;
};

template <class Device>
Passes run(Device device) {
  const auto x = random_numbers<float>(rows * grouped.in_size(), 1), weight = random_numbers<float>(grouped.weight_size(), 2),
             bias = random_numbers<float>(grouped.out_channels, 3), dy = random_numbers<float>(rows * grouped.out_size(), 4);
  Passes out{unwritten<float>(rows * grouped.out_size()), unwritten<float>(rows * grouped.in_size()),
             unwritten<float>(grouped.weight_size()), unwritten<float>(grouped.out_channels)};
  Arena<float> workspace(device.template conv2d_workspace<grouped, float>(rows));
  device.template conv2d_forward<grouped, float>(rows, x.data(), weight.data(), bias.data(), Activation::relu, out.y.data(),
                                                 workspace.data());
  device.template conv2d_backward<grouped, float>(rows, x.data(), dy.data(), weight.data(), out.dweight.data(), out.dbias.data(),
                                                  out.dx.data(), workspace.data());
  return out;
}

}  // namespace

TEST_CASE("a single thread computes the same bits as a pool") {
  const Passes a = run(Cpu<XsimdGemm, SingleThread>{}), b = run(Cpu<XsimdGemm, ThreadPool>{2});
  CHECK(same_bits(a.y, b.y));
  CHECK(same_bits(a.dx, b.dx));
  CHECK(same_bits(a.dweight, b.dweight));
  CHECK(same_bits(a.dbias, b.dbias));
}

TEST_CASE("a convolution of no rows has a gradient of zero") {
  using Device = Cpu<XsimdGemm, SingleThread>;
  Device device;
  std::vector<float> dweight = unwritten<float>(grouped.weight_size()), dbias = unwritten<float>(grouped.out_channels);
  Arena<float> workspace(device.conv2d_workspace<grouped, float>(1));
  device.conv2d_backward<grouped, float>(0, nullptr, nullptr, nullptr, dweight.data(), dbias.data(), nullptr, workspace.data());
  CHECK(same_bits(dweight, std::vector<float>(dweight.size())));
  CHECK(same_bits(dbias, std::vector<float>(dbias.size())));
}
