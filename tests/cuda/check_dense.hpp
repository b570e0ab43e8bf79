/// Check dense: one pass of a linear layer or convolution on CUDA against its definition, of factors rounded as its precision says.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cuda/dense_device.hpp"
#include "ops/products.hpp"
#include "taut/kernels/reference/convolution.hpp"
#include "taut/kernels/reference/linear.hpp"

namespace cuda_tests {

/// x with so many significant bits.
inline double rounded(double x, int bits, bool halves_to_even) {
  int exponent = 0;
  const double mantissa = std::ldexp(std::frexp(x, &exponent), bits);
  return std::ldexp(halves_to_even ? std::nearbyint(mantissa) : std::round(mantissa), exponent - bits);
}

/// As tensor cores read it: the product of two such numbers is exact in float.
template <Precision precision>
double as_factor(double x) {
  if constexpr (precision == Precision::tf32) return rounded(x, 11, false);
  if constexpr (precision == Precision::bf16) return rounded(x, 8, true);
  return x;
}

/// run(a, b, output, workspace) on CUDA and define(a, b, output) in double must agree as sums of `terms` products do.
template <Precision precision, class Run, class Define>
void check_pass(const std::string& what, index_t a_size, index_t b_size, index_t size, index_t workspace_size, index_t terms, bool vectors,
                Run&& run, Define&& define) {
  CAPTURE(what);
  CAPTURE(vectors);
  const index_t skew = vectors ? 0 : 1;
  Guarded<float> a(a_size, skew), b(b_size, skew), output(size, skew), workspace(workspace_size, skew);
  a.randomize(2 * size);
  b.randomize(2 * size + 1);
  std::vector<double> exact_a = a.as<double>(), exact_b = b.as<double>(), exact(size), absolute(size);
  for (double& x : exact_a) x = as_factor<precision>(x);
  for (double& x : exact_b) x = as_factor<precision>(x);
  define(exact_a.data(), exact_b.data(), exact.data());
  for (double& x : exact_a) x = std::abs(x);
  for (double& x : exact_b) x = std::abs(x);
  define(exact_a.data(), exact_b.data(), absolute.data());
  run(a.data(), b.data(), output.data(), workspace.data());
  taut::cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  CHECK((output.intact() && output.written() && workspace.intact()));
  ops::check_sums(what, output.as<float>(), exact, absolute, terms, ops::Growth{});
}

enum Passes : unsigned { forward = 1, backward_input = 2, backward_weight = 4, all_passes = 7 };

template <Precision precision>
void check_linear(const LinearGeometry& g, index_t rows, unsigned passes, bool vectors) {
  namespace kernels = taut::kernels::cuda;
  namespace reference = taut::kernels::reference;
  CAPTURE(g.in);
  CAPTURE(g.out);
  const index_t x = rows * g.in, w = g.in * g.out, y = rows * g.out;
  if ((passes & forward) != 0) {
    check_pass<precision>(
        "forward", x, w, y, kernels::linear_forward_workspace<float>(g, rows), g.in, vectors,
        [&](const float* a, const float* b, float* to, float* workspace) {
          kernels::linear_forward<float, precision>(nullptr, g, rows, a, b, nullptr, Activation::identity, to, workspace);
        },
        [&](const double* a, const double* b, double* to) {
          reference::linear_forward<double>(g, rows, a, b, nullptr, Activation::identity, to);
        });
  }
  if ((passes & backward_input) != 0) {
    check_pass<precision>(
        "backward_input", y, w, x, kernels::linear_backward_input_workspace<float>(g, rows), g.out, vectors,
        [&](const float* a, const float* b, float* to, float* workspace) {
          kernels::linear_backward_input<float, precision>(nullptr, g, rows, a, b, to, workspace);
        },
        [&](const double* a, const double* b, double* to) { reference::linear_backward_input<double>(g, rows, a, b, to); });
  }
  if ((passes & backward_weight) != 0) {
    check_pass<precision>(
        "backward_weight", x, y, w, kernels::linear_backward_weight_workspace<float>(g, rows), rows, vectors,
        [&](const float* a, const float* b, float* to, float* workspace) {
          kernels::linear_backward_weight<float, precision>(nullptr, g, rows, a, b, to, nullptr, workspace);
        },
        [&](const double* a, const double* b, double* to) { reference::linear_backward_weight<double>(g, rows, a, b, to, nullptr); });
  }
}

template <Precision precision>
void check_convolution(const Conv2dGeometry& g, index_t rows, unsigned passes, bool vectors) {
  namespace kernels = taut::kernels::cuda;
  namespace reference = taut::kernels::reference;
  const index_t x = rows * g.in_size(), w = g.weight_size(), y = rows * g.out_size();
  if ((passes & forward) != 0) {
    check_pass<precision>(
        "forward", x, w, y, kernels::conv2d_forward_workspace<float>(g, rows), g.taps() * g.group_in_channels(), vectors,
        [&](const float* a, const float* b, float* to, float* workspace) {
          kernels::conv2d_forward<float, precision>(nullptr, g, rows, a, b, nullptr, Activation::identity, to, workspace);
        },
        [&](const double* a, const double* b, double* to) {
          reference::convolution_forward<double>(g, rows, a, b, nullptr, Activation::identity, to);
        });
  }
  if ((passes & backward_input) != 0) {
    check_pass<precision>(
        "backward_input", y, w, x, kernels::conv2d_backward_input_workspace<float>(g, rows), g.taps() * g.group_out_channels(), vectors,
        [&](const float* a, const float* b, float* to, float* workspace) {
          kernels::conv2d_backward_input<float, precision>(nullptr, g, rows, a, b, to, workspace);
        },
        [&](const double* a, const double* b, double* to) { reference::convolution_backward_input<double>(g, rows, a, b, to); });
  }
  if ((passes & backward_weight) != 0) {
    check_pass<precision>(
        "backward_weight", x, y, w, kernels::conv2d_backward_weight_workspace<float>(g, rows), rows * g.out_pixels(), vectors,
        [&](const float* a, const float* b, float* to, float* workspace) {
          kernels::conv2d_backward_weight<float, precision>(nullptr, g, rows, a, b, to, nullptr, workspace);
        },
        [&](const double* a, const double* b, double* to) { reference::convolution_backward_weight<double>(g, rows, a, b, to, nullptr); });
  }
}

}  // namespace cuda_tests
