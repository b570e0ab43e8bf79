/// What the op table's check of the dense kernels leaves out: tensor cores, and tiles that only large products have.
#include "cuda/check_dense.hpp"
#include "ops/op_table.hpp"

using cuda_tests::check_convolution;
using cuda_tests::check_linear;
using cuda_tests::Precision;
using taut::Activation;
using taut::Conv2dGeometry;
using taut::index_t;

namespace {

/// Large tiles in each pass: 264 of them or more, the last ones partly beyond the edge.
template <Precision precision>
void check_large_tiles() {
  const taut::Window three{3, 1, 1};
  check_convolution<precision>({4, 130, 131, 72, three, three}, 1, cuda_tests::forward, true);
  check_convolution<precision>({72, 130, 131, 4, three, three}, 1, cuda_tests::backward_input, true);
  check_convolution<precision>({256, 3, 3, 960, three, three}, 1, cuda_tests::backward_weight, true);
  check_linear<precision>({20, 960}, 2200, cuda_tests::forward, true);
  check_linear<precision>({960, 20}, 2200, cuda_tests::backward_input, true);
  check_linear<precision>({2308, 960}, 19, cuda_tests::backward_weight, true);
}

/// The op table's rows that an emulated tensor core gets through in a moment, with unaligned and aligned operands.
template <Precision precision>
void check_table() {
  constexpr index_t most_work = 3'000'000;
  for (const bool vectors : {false, true}) {
    for (const ops::LinearRow& row : ops::linears) {
      const std::string name = row.name;
      CAPTURE(name);
      if (row.rows * row.geometry.in * row.geometry.out <= most_work) {
        check_linear<precision>(row.geometry, row.rows, cuda_tests::all_passes, vectors);
      }
    }
    for (const ops::ConvolutionRow& row : ops::convolutions) {
      const std::string name = row.name;
      CAPTURE(name);
      if (row.rows * row.geometry.multiply_adds() > most_work || taut::kernels::cuda::detail::narrow(row.geometry)) continue;
      check_convolution<precision>(row.geometry, row.rows, cuda_tests::all_passes, vectors);
    }
  }
}

}  // namespace

TEST_CASE("CUDA's large tiles compute what small ones do") { check_large_tiles<Precision::fp32>(); }

TEST_CASE("CUDA's tensor cores sum up factors rounded to tf32") {
  check_table<Precision::tf32>();
  check_large_tiles<Precision::tf32>();
}

TEST_CASE("CUDA's tensor cores sum up factors rounded to bf16") {
  check_table<Precision::bf16>();
  check_large_tiles<Precision::bf16>();
}
