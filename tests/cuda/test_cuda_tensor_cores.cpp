/// What the op table's check of the dense kernels leaves out: tensor cores, and tiles that only large products have.
#include "cuda/check_dense.hpp"
#include "ops/op_table.hpp"
#include "taut/kernels/reference/bias.hpp"

using cuda_tests::check_convolution;
using cuda_tests::check_linear;
using cuda_tests::Precision;
using taut::Activation;
using taut::Conv2dGeometry;
using taut::index_t;

namespace {

constexpr taut::Window three{3, 1, 1};
constexpr Conv2dGeometry from_few{4, 129, 130, 120, three, three}, to_few{120, 129, 130, 4, three, three};
constexpr Conv2dGeometry small_images{312, 3, 3, 760, three, three};

constexpr bool takes_large_tiles(index_t m, index_t n, index_t k) {
  return taut::kernels::cuda::plan_gemm<float>({m, n, k}).size == taut::kernels::cuda::TileSize::large;
}
static_assert(takes_large_tiles(129 * 130, 120, 36) && takes_large_tiles(9 * 312, 760, 9) && takes_large_tiles(2810, 760, 20));

/// Large tiles in each pass, the last ones partly beyond the edge.
template <Precision precision>
void check_large_tiles() {
  check_convolution<precision>(from_few, 1, cuda_tests::forward, true);
  check_convolution<precision>(to_few, 1, cuda_tests::backward_input, true);
  check_convolution<precision>(small_images, 1, cuda_tests::backward_weight, true);
  check_linear<precision>({20, 760}, 2810, cuda_tests::forward, true);
  check_linear<precision>({760, 20}, 2810, cuda_tests::backward_input, true);
  check_linear<precision>({2808, 760}, 19, cuda_tests::backward_weight, true);
}

/// dbias is summed up on the way of the weight's gradient, in parts and at once, and of dy as it is.
template <Precision precision>
void check_bias_gradient(const Conv2dGeometry& g, index_t rows) {
  CAPTURE(g.out_channels);
  ops::Guarded<float> x(rows * g.in_size(), 0), dy(rows * g.out_size(), 0), dweight(g.weight_size(), 0), dbias(g.out_channels);
  ops::Guarded<float> workspace(taut::kernels::cuda::conv2d_backward_weight_workspace<float>(g, rows), 0);
  x.randomize(1);
  dy.randomize(2);
  std::vector<double> exact(g.out_channels), absolute(g.out_channels);
  const index_t pixels = rows * g.out_pixels();
  taut::kernels::reference::column_sums(pixels, g.out_channels, dy.as<double>().data(), exact.data());
  taut::kernels::reference::column_sums(pixels, g.out_channels, dy.absolute<double>().data(), absolute.data());
  for (float* const weight : {dweight.data(), static_cast<float*>(nullptr)}) {  // or nobody asks for more than dbias
    taut::kernels::cuda::conv2d_backward_weight<float, precision>(nullptr, g, rows, x.data(), dy.data(), weight, dbias.data(),
                                                                  workspace.data());
    taut::cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    CHECK((dweight.intact() && dbias.intact() && dbias.written() && workspace.intact()));
    ops::check_sums("dbias", dbias.as<float>(), exact, absolute, pixels, ops::Growth{});
  }
}

template <Precision precision>
void check_bias_gradients() {
  check_bias_gradient<precision>({32, 6, 7, 68, three, three}, 3);      // in parts
  check_bias_gradient<precision>(small_images, 1);                       // large tiles
  check_bias_gradient<precision>({8, 6, 7, 24, three, three, 2}, 3);    // in groups
  check_bias_gradient<precision>({3, 12, 12, 36, three, three}, 5);     // few channels
  check_bias_gradient<precision>({16, 6, 7, 16, three, three, 16}, 3);  // depthwise
}

/// The op table's rows that an emulated tensor core gets through in a moment, with unaligned and aligned operands.
template <Precision precision>
void check_table() {
  for (const bool vectors : {false, true}) {
    const index_t most_work = vectors ? 3'000'000 : 1'000'000;
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
      // Few channels have kernels of their own, which are strict whatever the precision.
      const unsigned strict = taut::kernels::cuda::detail::few_channels(row.geometry) ? cuda_tests::backward_weight : 0U;
      check_convolution<precision>(row.geometry, row.rows, cuda_tests::all_passes & ~strict, vectors);
    }
  }
}

}  // namespace

TEST_CASE("CUDA's large tiles compute what small ones do") { check_large_tiles<Precision::fp32>(); }

// Each class of input pixels meets other taps, or none.
TEST_CASE("CUDA's convolutions of strides and dilations with a common factor") {
  for (const bool vectors : {false, true}) {
    check_convolution<Precision::fp32>({8, 11, 10, 12, {3, 2, 2, 2}, {3, 2, 1, 2}}, 2, cuda_tests::all_passes, vectors);
    check_convolution<Precision::fp32>({8, 14, 13, 12, {3, 4, 1, 6}, {4, 6, 5, 4}}, 2, cuda_tests::all_passes, vectors);
    check_convolution<Precision::fp32>({8, 9, 12, 12, {4, 3, 1, 2}, {3, 2, 1, 3}}, 2, cuda_tests::all_passes, vectors);
    check_convolution<Precision::fp32>({64, 2, 3, 64, {1, 5}, {2, 4, 1}}, 3, cuda_tests::all_passes, vectors);
  }
}

TEST_CASE("CUDA's gradient of a bias is a sum of floats, whatever the precision of products") {
  check_bias_gradients<Precision::fp32>();
  check_bias_gradients<Precision::tf32>();
  check_bias_gradients<Precision::bf16>();
}

TEST_CASE("CUDA's prepared convolution gives the bits of the other") {
  constexpr Conv2dGeometry g{8, 6, 7, 20, {3, 1, 1}, {3, 1, 1}};
  constexpr index_t rows = 3;
  ops::Guarded<float> x(rows * g.in_size()), weight(g.weight_size()), prepared(taut::kernels::cuda::conv2d_prepared_size(g));
  ops::Guarded<float> y(rows * g.out_size()), again(rows * g.out_size());
  ops::Guarded<float> workspace(taut::kernels::cuda::conv2d_forward_workspace<float>(g, rows));
  x.randomize(1);
  weight.randomize(2);
  namespace kernels = taut::kernels::cuda;
  kernels::conv2d_forward<float>(nullptr, g, rows, x.data(), weight.data(), nullptr, Activation::silu, y.data(), workspace.data());
  kernels::conv2d_prepare(nullptr, g, weight.data(), prepared.data());
  kernels::conv2d_forward_prepared<float>(nullptr, g, rows, x.data(), prepared.data(), nullptr, Activation::silu, again.data(),
                                          workspace.data());
  taut::cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  CHECK((again.written() && again.same_bits(y)));
}

TEST_CASE("CUDA refuses what its kernels can't count in 32 bits") {
  constexpr Conv2dGeometry g{1, 100, 100, 1, {1}, {1}};
  CHECK_THROWS_WITH_AS(taut::kernels::cuda::conv2d_forward<float>(nullptr, g, index_t{1} << 20, nullptr, nullptr, nullptr,
                                                                  Activation::identity, nullptr, nullptr),
                       doctest::Contains("pixels of a padded batch"), taut::Error);
}

TEST_CASE("CUDA's tensor cores sum up factors rounded to tf32") {
  check_table<Precision::tf32>();
  check_large_tiles<Precision::tf32>();
}

TEST_CASE("CUDA's tensor cores sum up factors rounded to bf16") {
  check_table<Precision::bf16>();
  check_large_tiles<Precision::bf16>();
}
