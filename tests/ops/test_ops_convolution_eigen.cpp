/// Convolutions of the op table with Eigen's matrix products.
#include "ops/check_convolution.hpp"
#include "ops/cpu_growth.hpp"
#include "taut/device/cpu.hpp"
#include "taut/device/eigen_gemm.hpp"

TEST_CASE("Cpu<EigenGemm>'s convolutions are what their definition says") {
  ops::check_convolutions<float, taut::Cpu<taut::EigenGemm>>();
}
