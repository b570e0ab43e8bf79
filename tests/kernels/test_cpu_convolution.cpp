/// test_cpu_convolution: the CPU device's three passes of a convolution against Reference, and the same bits for any thread count.
#include <doctest/doctest.h>

#include "taut/device/cpu.hpp"
#include "taut/device/eigen_gemm.hpp"
#include "taut/device/reference.hpp"
#include "taut/device/threads.hpp"
#include "test_cpu_support.hpp"

namespace {

using namespace taut;
using namespace taut::test;

/// The three results of a device on one set of operands.
template <class T>
struct Passes {
  std::vector<T> y, dx, dweight, dbias;
};

template <Conv2dGeometry g, class T>
struct Operands {
  index_t rows;
  std::vector<T> x, weight, bias, dy;

  explicit Operands(index_t count)
      : rows(count),
        x(random_numbers<T>(count * g.in_size(), 1)),
        weight(random_numbers<T>(g.weight_size(), 2)),
        bias(random_numbers<T>(g.out_channels, 3)),
        dy(random_numbers<T>(count * g.out_size(), 4)) {}
};

template <Conv2dGeometry g, class T, class Device>
Passes<T> run(Device device, const Operands<g, T>& in, const T* bias, Activation activation) {
  Passes<T> out{unwritten<T>(in.rows * g.out_size()), unwritten<T>(in.rows * g.in_size()), unwritten<T>(g.weight_size()),
                unwritten<T>(g.out_channels)};
  Arena<T> workspace(device.template conv2d_workspace<g, T>(in.rows));
  device.template conv2d_forward<g, T>(in.rows, in.x.data(), in.weight.data(), bias, activation, out.y.data(), workspace.data());
  device.template conv2d_backward<g, T>(in.rows, in.x.data(), in.dy.data(), in.weight.data(), out.dweight.data(), out.dbias.data(),
                                        out.dx.data(), workspace.data());
  return out;
}

template <Conv2dGeometry g, class T>
Operands<g, double> widened_operands(const Operands<g, T>& in, bool absolute) {
  Operands<g, double> out(in.rows);
  const auto convert = [&](const std::vector<T>& from) { return absolute ? magnitudes(from) : widened(from); };
  out.x = convert(in.x), out.weight = convert(in.weight), out.bias = convert(in.bias), out.dy = convert(in.dy);
  return out;
}

template <Conv2dGeometry g, class T, class Gemm>
void check(index_t rows, Activation activation = Activation::identity, bool with_bias = true) {
  CAPTURE(rows);
  const Operands<g, T> in(rows);
  const T* const bias = with_bias ? in.bias.data() : nullptr;
  const Operands<g, double> exact = widened_operands(in, false), absolute = widened_operands(in, true);
  const auto expected = run<g, double>(Reference{}, exact, with_bias ? exact.bias.data() : nullptr, activation);
  const auto sums = run<g, double>(Reference{}, absolute, with_bias ? absolute.bias.data() : nullptr, Activation::identity);
  const auto found = run<g, T>(Cpu<Gemm>{1}, in, bias, activation);
  CHECK(mismatches(found.y, expected.y, sums.y, g.taps() * g.group_in_channels()) == 0);
  CHECK(mismatches(found.dx, expected.dx, sums.dx, g.taps() * g.group_out_channels()) == 0);
  CHECK(mismatches(found.dweight, expected.dweight, sums.dweight, rows * g.out_pixels()) == 0);
  CHECK(mismatches(found.dbias, expected.dbias, sums.dbias, rows * g.out_pixels()) == 0);
  for (const unsigned threads : {2U, 3U, 4U}) {
    CAPTURE(threads);
    const auto other = run<g, T>(Cpu<Gemm>{threads}, in, bias, activation);
    CHECK(same_bits(found.y, other.y));
    CHECK(same_bits(found.dx, other.dx));
    CHECK(same_bits(found.dweight, other.dweight));
    CHECK(same_bits(found.dbias, other.dbias));
  }
}

constexpr Window window(index_t kernel, index_t stride = 1, index_t padding = 0, index_t dilation = 1) {
  return {kernel, stride, padding, dilation};
}

/// in_channels, height, width, out_channels, both windows, groups
constexpr Conv2dGeometry one_pixel{3, 1, 1, 5, window(1), window(1), 1};
constexpr Conv2dGeometry first_layer{1, 16, 18, 8, window(3, 1, 1), window(3, 1, 1), 1};
constexpr Conv2dGeometry colour{3, 9, 11, 17, window(5, 2, 2), window(5, 2, 2), 1};
constexpr Conv2dGeometry odd{5, 5, 7, 33, window(3, 1, 1), window(3, 1, 1), 1};
constexpr Conv2dGeometry unpadded{8, 6, 6, 17, window(3), window(2), 1};
constexpr Conv2dGeometry strided{17, 7, 14, 8, window(3, 2, 1), window(3, 2, 1), 1};
constexpr Conv2dGeometry skipping{3, 7, 15, 4, window(1, 2), window(2, 3), 1};
constexpr Conv2dGeometry dilated{8, 9, 13, 5, window(3, 1, 2, 2), window(3, 2, 2, 2), 1};
constexpr Conv2dGeometry grouped{6, 6, 8, 10, window(3, 1, 1), window(3, 1, 1), 2};
constexpr Conv2dGeometry depthwise{5, 6, 9, 5, window(3, 1, 1), window(3, 1, 1), 5};
constexpr Conv2dGeometry narrow{33, 3, 3, 33, window(3, 1, 1), window(3, 1, 1), 1};
constexpr Conv2dGeometry wide_padding{5, 6, 6, 8, window(5, 1, 2), window(5, 1, 4), 1};
constexpr Conv2dGeometry several_vectors{16, 4, 6, 72, window(3, 1, 1), window(3, 1, 1), 1};
constexpr Conv2dGeometry longer_lines{1, 2, 6000, 40, window(1), window(1), 1};
constexpr Conv2dGeometry long_lines{4, 3, 600, 40, window(3, 1, 1), window(3, 1, 1), 1};

}  // namespace

TEST_CASE("a convolution on the CPU agrees with Reference: float") {
  check<one_pixel, float, XsimdGemm>(7);
  check<first_layer, float, XsimdGemm>(3, Activation::relu);
  check<colour, float, XsimdGemm>(2);
  check<odd, float, XsimdGemm>(1);
  check<odd, float, XsimdGemm>(7, Activation::identity, false);
  check<unpadded, float, XsimdGemm>(3);
  check<strided, float, XsimdGemm>(3, Activation::relu);
  check<skipping, float, XsimdGemm>(2);
  check<dilated, float, XsimdGemm>(3);
  check<grouped, float, XsimdGemm>(3);
  check<depthwise, float, XsimdGemm>(3);
  check<narrow, float, XsimdGemm>(7);
  check<wide_padding, float, XsimdGemm>(2);
}
TEST_CASE("a convolution on the CPU agrees with Reference: double") {
  check<colour, double, XsimdGemm>(2, Activation::relu);
  check<odd, double, XsimdGemm>(3);
  check<strided, double, XsimdGemm>(3);
  check<grouped, double, XsimdGemm>(2);
}
TEST_CASE("a convolution on the CPU by Eigen agrees with Reference") {
  check<odd, float, EigenGemm>(7, Activation::relu);
  check<strided, double, EigenGemm>(3);
  check<grouped, double, EigenGemm>(3);
  check<narrow, float, EigenGemm>(7);
}
TEST_CASE("convolutions large enough for several tasks agree with Reference") {
  check<first_layer, float, XsimdGemm>(100);
  check<odd, float, XsimdGemm>(64);
  check<several_vectors, float, XsimdGemm>(33);
  check<several_vectors, float, EigenGemm>(33);
  check<long_lines, float, XsimdGemm>(5);
  check<longer_lines, float, XsimdGemm>(1);
  check<narrow, float, XsimdGemm>(40);
}

TEST_CASE("a single thread computes the same bits as a pool") {
  const Operands<grouped, float> in(3);
  const auto a = run<grouped, float>(Cpu<XsimdGemm, SingleThread>{}, in, in.bias.data(), Activation::relu);
  const auto b = run<grouped, float>(Cpu<XsimdGemm, ThreadPool>{2}, in, in.bias.data(), Activation::relu);
  CHECK((same_bits(a.y, b.y) && same_bits(a.dx, b.dx) && same_bits(a.dweight, b.dweight) && same_bits(a.dbias, b.dbias)));
}

TEST_CASE("a convolution of no rows has a gradient of zero") {
  using Device = Cpu<XsimdGemm, SingleThread>;
  Device device;
  std::vector<float> dweight = unwritten<float>(odd.weight_size()), dbias = unwritten<float>(odd.out_channels);
  Arena<float> workspace(device.conv2d_workspace<odd, float>(1));
  device.conv2d_backward<odd, float>(0, nullptr, nullptr, nullptr, dweight.data(), dbias.data(), nullptr, workspace.data());
  CHECK(same_bits(dweight, std::vector<float>(dweight.size())));
  CHECK(same_bits(dbias, std::vector<float>(dbias.size())));
}
