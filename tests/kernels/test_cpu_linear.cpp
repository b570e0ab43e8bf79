/// test_cpu_linear: the CPU device's linear layer against Reference, by both products, and the same bits for any thread count.
#include <doctest/doctest.h>

#include "taut/device/cpu.hpp"
#include "taut/device/eigen_gemm.hpp"
#include "taut/device/reference.hpp"
#include "test_cpu_support.hpp"

namespace {

using namespace taut;
using namespace taut::test;

template <class T>
struct Passes {
  std::vector<T> y, dx, dweight, dbias;
};

template <class T>
struct Operands {
  std::vector<T> x, weight, bias, dy;
};

template <LinearGeometry g, class T, class Device>
Passes<T> run(Device device, index_t rows, const Operands<T>& in, Activation activation) {
  Passes<T> out{unwritten<T>(rows * g.out), unwritten<T>(rows * g.in), unwritten<T>(g.in * g.out), unwritten<T>(g.out)};
  Arena<T> workspace(device.template linear_workspace<g, T>(rows));
  device.template linear_forward<g, T>(rows, in.x.data(), in.weight.data(), in.bias.data(), activation, out.y.data(), workspace.data());
  device.template linear_backward_input<g, T>(rows, in.dy.data(), in.weight.data(), out.dx.data(), workspace.data());
  device.template linear_backward_weight<g, T>(rows, in.x.data(), in.dy.data(), out.dweight.data(), out.dbias.data(), workspace.data());
  return out;
}

template <LinearGeometry g, class T, class Gemm>
void check(index_t rows, Activation activation = Activation::identity) {
  CAPTURE(rows);
  CAPTURE(g.in);
  CAPTURE(g.out);
  const Operands<T> in{random_numbers<T>(rows * g.in, 1), random_numbers<T>(g.in * g.out, 2), random_numbers<T>(g.out, 3),
                       random_numbers<T>(rows * g.out, 4)};
  const Operands<double> exact{widened(in.x), widened(in.weight), widened(in.bias), widened(in.dy)};
  const Operands<double> absolute{magnitudes(in.x), magnitudes(in.weight), magnitudes(in.bias), magnitudes(in.dy)};
  const auto expected = run<g, double>(Reference{}, rows, exact, activation);
  const auto sums = run<g, double>(Reference{}, rows, absolute, Activation::identity);
  const auto found = run<g, T>(Cpu<Gemm>{1}, rows, in, activation);
  CHECK(mismatches(found.y, expected.y, sums.y, g.in) == 0);
  CHECK(mismatches(found.dx, expected.dx, sums.dx, g.out) == 0);
  CHECK(mismatches(found.dweight, expected.dweight, sums.dweight, rows) == 0);
  CHECK(mismatches(found.dbias, expected.dbias, sums.dbias, rows) == 0);
  for (const unsigned threads : {2U, 3U, 4U}) {
    CAPTURE(threads);
    const auto other = run<g, T>(Cpu<Gemm>{threads}, rows, in, activation);
    CHECK(same_bits(found.y, other.y));
    CHECK(same_bits(found.dx, other.dx));
    CHECK(same_bits(found.dweight, other.dweight));
    CHECK(same_bits(found.dbias, other.dbias));
  }
}

template <class T, class Gemm>
void check_all() {
  for (const index_t rows : {1U, 3U, 7U, 12U, 13U, 25U}) {
    check<LinearGeometry{1, 1}, T, Gemm>(rows);
    check<LinearGeometry{5, 17}, T, Gemm>(rows, Activation::relu);
    check<LinearGeometry{33, 8}, T, Gemm>(rows);
    check<LinearGeometry{300, 140}, T, Gemm>(rows, Activation::relu);
  }
  check<LinearGeometry{520, 33}, T, Gemm>(300);
}

}  // namespace

TEST_CASE("a linear layer on the CPU agrees with Reference: float") { check_all<float, XsimdGemm>(); }
TEST_CASE("a linear layer on the CPU agrees with Reference: double") { check_all<double, XsimdGemm>(); }
TEST_CASE("a linear layer on the CPU by Eigen agrees with Reference: float") { check_all<float, EigenGemm>(); }
TEST_CASE("a linear layer on the CPU by Eigen agrees with Reference: double") { check_all<double, EigenGemm>(); }
