/// The dense kernels on ordinary multipliers, by the op table.
#include "cuda/dense_device.hpp"
#include "ops/check_bias.hpp"
#include "ops/check_convolution.hpp"
#include "ops/check_linear.hpp"

using cuda_tests::DenseDevice;
using taut::cuda::Precision;

TEST_CASE("CUDA's biases are what their definition says") {
  ops::check_biases<float, DenseDevice<Precision::fp32, false>>();
  ops::check_biases<double, DenseDevice<Precision::fp32, false>>();
}

TEST_CASE("CUDA's linear layers are what their definition says") {
  SUBCASE("float, element by element") { ops::check_linears<float, DenseDevice<Precision::fp32, false>>(); }
  SUBCASE("float, by vectors") { ops::check_linears<float, DenseDevice<Precision::fp32, true>>(); }
  SUBCASE("double") { ops::check_linears<double, DenseDevice<Precision::fp32, false>>(); }
}

// Vectors are what networks use; the smaller rows of the table suffice for what they share with single elements.
TEST_CASE("CUDA's convolutions are what their definition says") {
  SUBCASE("float, by vectors") { ops::check_convolutions<float, DenseDevice<Precision::fp32, true>>(); }
  SUBCASE("float, element by element") {
    ops::check_convolutions<float, DenseDevice<Precision::fp32, false>, 0, ops::first_wide_convolution>();
  }
  SUBCASE("double") { ops::check_convolutions<double, DenseDevice<Precision::fp32, false>, 0, ops::first_wide_convolution>(); }
}
