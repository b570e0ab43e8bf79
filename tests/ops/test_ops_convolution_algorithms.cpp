/// Convolutions of the op table by each algorithm, whatever the cost model thinks of it.
#include "ops/check_convolution.hpp"
#include "ops/cpu_growth.hpp"
#include "taut/device/cpu.hpp"

using taut::ConvolutionAlgorithm;

template <ConvolutionAlgorithm algorithm>
using CpuBy = taut::Cpu<taut::XsimdGemm, taut::ThreadPool, algorithm>;

constexpr taut::index_t first = ops::first_wide_convolution, last = first + ops::wide_convolutions;
constexpr taut::index_t first_few = 1, last_few = 5;  // the rows of few input channels
static_assert(ops::convolutions[first_few].geometry.in_channels == 3 && ops::convolutions[last_few - 1].geometry.in_channels == 3);

static_assert(!taut::kernels::cpu::uses_winograd<ops::convolutions[first].geometry, float, taut::XsimdGemm, ConvolutionAlgorithm::direct>);
static_assert(taut::kernels::cpu::uses_winograd<ops::convolutions[first].geometry, float, taut::XsimdGemm, ConvolutionAlgorithm::winograd>);
static_assert(!taut::kernels::cpu::transforms_lines<ops::convolutions[last_few - 1].geometry, float, taut::XsimdGemm, ConvolutionAlgorithm::direct>);
static_assert(taut::kernels::cpu::transforms_lines<ops::convolutions[last_few - 1].geometry, float, taut::XsimdGemm, ConvolutionAlgorithm::winograd>);

TEST_CASE("direct convolutions are what their definition says where Winograd's would be chosen") {
  ops::check_convolutions<float, CpuBy<ConvolutionAlgorithm::direct>, first_few, last_few>();
  ops::check_convolutions<float, CpuBy<ConvolutionAlgorithm::direct>, first, last>();
}

TEST_CASE("Winograd's convolutions are what their definition says wherever they are possible") {
  ops::check_convolutions<float, CpuBy<ConvolutionAlgorithm::winograd>, first_few, last_few>();
  ops::check_convolutions<float, CpuBy<ConvolutionAlgorithm::winograd>, first, last>();
  ops::check_convolutions<double, CpuBy<ConvolutionAlgorithm::winograd>, first, last>();
}
