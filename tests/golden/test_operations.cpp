// Each kernel group of each device against PyTorch's results (make_golden.py).
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "golden.hpp"
#include "ops/cpu_growth.hpp"
#include "taut/core/geometry.hpp"
#include "taut/device/device.hpp"

using namespace taut;
using taut::test::check_close;
using taut::test::Fresh;
using taut::test::GoldenCase;
using taut::test::On;

#define TAUT_GOLDEN_DEVICES On<Reference, float>, On<Reference, double>, On<Cpu<>, float>, On<Cpu<>, double>

namespace {

// Inputs lie in [-1, 1), so a sum of n products has magnitude at most n.
constexpr double terms(index_t count) { return static_cast<double>(count); }

template <class Where, Conv2dGeometry G>
void check_conv2d(const std::string& name) {
  using T = typename Where::Scalar;
  const GoldenCase<T> golden(name);
  typename Where::Device device{};
  const bool has_bias = name != "conv2d_no_bias";
  const index_t rows = golden.rows("x");
  Fresh<T> x(golden.image("x")), weight(golden.convolution("weight")), dy(golden.image("dy"));
  Fresh<T> bias(has_bias ? golden["bias"] : std::vector<T>{});
  REQUIRE(x.values().size() == rows * G.in_size());
  REQUIRE(dy.values().size() == rows * G.out_size());
  Fresh<T> workspace(device.template conv2d_workspace<G, T>(rows));
  Fresh<T> y(rows * G.out_size()), dx(rows * G.in_size()), dweight(G.weight_size()), dbias(G.out_channels);
  // n roundoffs leave a sum of n room for √n times what is likely; so do the growths of a typical element.
  using Growth = ops::ConvolutionGrowth<typename Where::Device, T, G>;
  const double forward = Growth::forward.norm, backward = Growth::backward.norm;

  device.template conv2d_forward<G, T>(rows, x, weight, has_bias ? bias.data() : nullptr, Activation::identity, y, workspace);
  check_close(name + " y", y.values(), golden.image("y"), forward * terms(G.taps() * G.group_in_channels() + 1));

  std::vector<T> activated = golden.image("y");
  for (T& element : activated) element = std::max(element, T{0});
  Fresh<T> y_relu(rows * G.out_size());
  device.template conv2d_forward<G, T>(rows, x, weight, has_bias ? bias.data() : nullptr, Activation::relu, y_relu, workspace);
  check_close(name + " relu(y)", y_relu.values(), activated, forward * terms(G.taps() * G.group_in_channels() + 1));

  device.template conv2d_backward<G, T>(rows, x, dy, weight, dweight, has_bias ? dbias.data() : nullptr, dx, workspace);
  check_close(name + " dx", dx.values(), golden.image("dx"), backward * terms(G.taps() * G.group_out_channels()));

  check_close(name + " dweight", dweight.values(), golden.convolution("dweight"), backward * terms(rows * G.out_pixels()));
  if (has_bias) check_close(name + " dbias", dbias.values(), golden["dbias"], terms(rows * G.out_pixels()));
}

template <class Where, LinearGeometry G>
void check_linear(const std::string& name) {
  using T = typename Where::Scalar;
  const GoldenCase<T> golden(name);
  typename Where::Device device{};
  const index_t rows = golden.rows("x");
  Fresh<T> x(golden["x"]), weight(golden.linear("weight")), bias(golden["bias"]), dy(golden["dy"]);
  REQUIRE(x.values().size() == rows * G.in);
  REQUIRE(dy.values().size() == rows * G.out);
  Fresh<T> workspace(device.template linear_workspace<G, T>(rows));
  Fresh<T> y(rows * G.out), dx(rows * G.in), dweight(G.in * G.out), dbias(G.out);

  device.template linear_forward<G, T>(rows, x, weight, bias, Activation::identity, y, workspace);
  check_close(name + " y", y.values(), golden["y"], terms(G.in + 1));
  device.template linear_backward_input<G, T>(rows, dy, weight, dx, workspace);
  check_close(name + " dx", dx.values(), golden["dx"], terms(G.out));
  device.template linear_backward_weight<G, T>(rows, x, dy, dweight, dbias, workspace);
  check_close(name + " dweight", dweight.values(), golden.linear("dweight"), terms(rows));
  check_close(name + " dbias", dbias.values(), golden["dbias"], terms(rows));
}

/// The vectors of a batch norm as a case gives them.
template <class T>
struct Norm {
  explicit Norm(const GoldenCase<T>& golden)
      : gamma(golden["weight"]), beta(golden["bias"]), running_mean(golden["running_mean"]), running_variance(golden["running_var"]),
        mean(gamma.values().size()), inv_std(gamma.values().size()), scale(gamma.values().size()), shift(gamma.values().size()) {}

  BatchNormVectors<T> vectors() { return {gamma, beta, running_mean, running_variance, mean, inv_std, scale, shift}; }

  Fresh<T> gamma, beta, running_mean, running_variance, mean, inv_std, scale, shift;
};

/// Normalisation multiplies by gamma / σ < 4 and adds a few terms of that size.
constexpr double norm_terms = 16;

template <class Where, NormPoolGeometry G>
void check_norm_pool(const std::string& name) {
  using T = typename Where::Scalar;
  const GoldenCase<T> golden(name);
  typename Where::Device device{};
  const index_t rows = golden.rows("x");
  Fresh<T> x(golden.image("x")), dy(golden.image("dy"));
  REQUIRE(x.values().size() == rows * G.in_size());
  REQUIRE(dy.values().size() == rows * G.out_size());
  Fresh<T> workspace(device.template norm_pool_workspace<G, T>(rows));
  Fresh<T> y(rows * G.out_size()), dx(rows * G.in_size()), dgamma(G.channels), dbeta(G.channels);
  std::vector<std::uint8_t> argmax(rows * G.out_size());
  std::uint8_t* const choices = G.pools() ? argmax.data() : nullptr;
  if constexpr (G.normalize) {
    Norm<T> norm(golden);
    const double sums = norm_terms * terms(rows * G.in_pixels());
    device.template batch_norm_statistics<G, T>(rows, x, BatchNormOptions{}, norm.vectors(), workspace);
    check_close(name + " running_mean", norm.running_mean.values(), golden["running_mean_after"], norm_terms);
    check_close(name + " running_var", norm.running_variance.values(), golden["running_var_after"], norm_terms);
    device.template norm_pool_forward<G, T>(rows, x, norm.scale, norm.shift, y, choices);
    check_close(name + " y", y.values(), golden.image("y"), norm_terms);
    device.template norm_pool_backward<G, T>(rows, x, dy, choices, norm.vectors(), dx, dgamma, dbeta, workspace);
    check_close(name + " dx", dx.values(), golden.image("dx"), sums);
    check_close(name + " dgamma", dgamma.values(), golden["dweight"], sums);
    check_close(name + " dbeta", dbeta.values(), golden["dbias"], sums);
  } else {
    device.template norm_pool_forward<G, T>(rows, x, nullptr, nullptr, y, choices);
    check_close(name + " y", y.values(), golden.image("y"), 0);
    device.template norm_pool_backward<G, T>(rows, x, dy, choices, BatchNormVectors<T>{}, dx, nullptr, nullptr, workspace);
    check_close(name + " dx", dx.values(), golden.image("dx"), terms(G.vertical.kernel * G.horizontal.kernel));
  }
}

template <class Where>
void check_cross_entropy(const std::string& name, bool weighted, double smoothing) {
  using T = typename Where::Scalar;
  constexpr index_t classes = 7;
  const GoldenCase<T> golden(name);
  typename Where::Device device{};
  const index_t rows = golden.rows("logits");
  Fresh<T> logits(golden["logits"]), dlogits(rows * classes), probabilities(rows * classes);
  Fresh<T> weights(weighted ? golden["class_weights"] : std::vector<T>{});
  const std::vector<std::int32_t> labels = golden.labels();
  const T* const class_weights = weighted ? weights.data() : nullptr;
  const LossSums sums = device.template cross_entropy<T>(rows, classes, logits, labels.data(), class_weights, smoothing, dlogits);
  // A log-probability is a difference of numbers up to 8, the largest logit there can be; exp keeps that absolute error.
  constexpr double largest_logit = 8;
  check_close(name + " loss", {static_cast<T>(sums.loss / sums.weight)}, golden["loss"], 4 * largest_logit);
  check_close(name + " dlogits", dlogits.values(), golden["dlogits"], 4 * largest_logit);
  device.template softmax<T>(rows, classes, logits, probabilities);
  check_close(name + " softmax", probabilities.values(), golden["probabilities"], 2 * largest_logit);
  const LossSums again = device.template cross_entropy<T>(rows, classes, logits, labels.data(), class_weights, smoothing, nullptr);
  CHECK(again.loss == sums.loss);
  CHECK(again.correct == sums.correct);
}

/// Five steps, and the parameters after each. An update is at most a few learning rates of at most 0.1 away from a parameter below 1.
template <class T, class Step>
void check_optimizer(const std::string& name, Step&& step) {
  const GoldenCase<T> golden(name);
  Fresh<T> parameters(golden["parameters"]);
  const std::vector<T> gradients = golden["gradients"], after = golden["after"];
  const index_t count = parameters.values().size();
  for (index_t i = 0; i < golden.rows("gradients"); ++i) {
    const auto from = static_cast<std::ptrdiff_t>(i * count), to = from + static_cast<std::ptrdiff_t>(count);
    Fresh<T> gradient(std::vector<T>(gradients.begin() + from, gradients.begin() + to));
    step(count, parameters, gradient, static_cast<std::uint64_t>(i + 1));
    check_close(name, parameters.values(), std::vector<T>(after.begin() + from, after.begin() + to), 4.0 * static_cast<double>(i + 1));
  }
}

constexpr Conv2dGeometry small_conv(index_t in, index_t out, Window vertical, Window horizontal, index_t groups = 1) {
  return {in, 7, 5, out, vertical, horizontal, groups};
}

constexpr NormPoolGeometry pool(index_t height, index_t width, Window window) {
  return {.channels = 5, .in_height = height, .in_width = width, .vertical = window, .horizontal = window};
}

}  // namespace

TEST_CASE_TEMPLATE("conv2d agrees with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  constexpr Window three{3}, padded{3, 1, 1};
  check_conv2d<Where, small_conv(3, 5, padded, padded)>("conv2d_pad1");
  check_conv2d<Where, small_conv(3, 5, three, three)>("conv2d_no_padding");
  check_conv2d<Where, small_conv(3, 5, Window{3, 2, 1}, Window{3, 2, 1})>("conv2d_stride2");
  check_conv2d<Where, small_conv(3, 5, Window{3, 1, 1, 2}, Window{3, 1, 1, 2})>("conv2d_dilation2");
  check_conv2d<Where, small_conv(4, 6, padded, padded, 2)>("conv2d_groups2");
  check_conv2d<Where, small_conv(6, 6, padded, padded, 6)>("conv2d_depthwise");
  check_conv2d<Where, small_conv(3, 5, padded, padded)>("conv2d_no_bias");
  check_conv2d<Where, small_conv(3, 5, padded, Window{5, 1, 2})>("conv2d_3x5");
  check_conv2d<Where, small_conv(3, 5, Window{1}, Window{1})>("conv2d_1x1");
  check_conv2d<Where, small_conv(3, 5, Window{2}, Window{3, 2, 1})>("conv2d_2x3_stride1x2");
  check_conv2d<Where, Conv2dGeometry{16, 12, 10, 24, padded, padded, 1}>("conv2d_wide");
}

TEST_CASE_TEMPLATE("linear agrees with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  check_linear<Where, LinearGeometry{13, 7}>("linear");
  check_linear<Where, LinearGeometry{70, 50}>("linear_wide");
}

TEST_CASE_TEMPLATE("relu and max-pool agree with PyTorch, the first of equals chosen", Where, TAUT_GOLDEN_DEVICES) {
  check_norm_pool<Where, NormPoolGeometry{.channels = 3, .in_height = 7, .in_width = 5, .activation = Activation::relu}>("relu");
  check_norm_pool<Where, pool(6, 4, Window{2, 2})>("max_pool2d_2");
  check_norm_pool<Where, pool(7, 5, Window{3, 2, 1})>("max_pool2d_3_stride2_pad1");
  check_norm_pool<Where, pool(7, 5, Window{2, 2})>("max_pool2d_round_down");
  check_norm_pool<Where, pool(6, 6, Window{3, 1})>("max_pool2d_ties");
}

TEST_CASE_TEMPLATE("batch norm, relu and max-pool in a row agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  check_norm_pool<Where, NormPoolGeometry{.channels = 5, .in_height = 6, .in_width = 4, .normalize = true, .activation = Activation::relu,
                                          .vertical = {2, 2}, .horizontal = {2, 2}}>("norm_relu_pool");
}

TEST_CASE_TEMPLATE("batch norm agrees with PyTorch over two steps and in inference", Where, TAUT_GOLDEN_DEVICES) {
  using T = typename Where::Scalar;
  constexpr NormPoolGeometry G{.channels = 5, .in_height = 3, .in_width = 2, .normalize = true};
  const GoldenCase<T> golden("batch_norm2d");
  typename Where::Device device{};
  const index_t rows = golden.rows("x0");
  Fresh<T> x0(golden.image("x0")), x1(golden.image("x1")), dy(golden.image("dy"));
  Fresh<T> y(rows * G.out_size()), dx(rows * G.in_size()), dgamma(G.channels), dbeta(G.channels);
  Fresh<T> workspace(device.template norm_pool_workspace<G, T>(rows));
  const double sums = norm_terms * terms(rows * G.in_pixels());
  Norm<T> norm(golden);
  device.template batch_norm_statistics<G, T>(rows, x0, BatchNormOptions{}, norm.vectors(), workspace);
  device.template norm_pool_forward<G, T>(rows, x0, norm.scale, norm.shift, y, nullptr);
  check_close("y of the first step", y.values(), golden.image("y0"), norm_terms);
  device.template batch_norm_statistics<G, T>(rows, x1, BatchNormOptions{}, norm.vectors(), workspace);
  device.template norm_pool_forward<G, T>(rows, x1, norm.scale, norm.shift, y, nullptr);
  check_close("y of the second step", y.values(), golden.image("y1"), norm_terms);
  device.template norm_pool_backward<G, T>(rows, x1, dy, nullptr, norm.vectors(), dx, dgamma, dbeta, workspace);
  check_close("dx", dx.values(), golden.image("dx"), sums);
  check_close("dgamma", dgamma.values(), golden["dweight"], sums);
  check_close("dbeta", dbeta.values(), golden["dbias"], sums);
  check_close("running mean", norm.running_mean.values(), golden["running_mean_after"], norm_terms);
  check_close("running variance", norm.running_variance.values(), golden["running_var_after"], norm_terms);
  device.template batch_norm_running<G, T>(BatchNormOptions{}, norm.vectors());
  device.template norm_pool_forward<G, T>(rows, x0, norm.scale, norm.shift, y, nullptr);
  check_close("y of inference", y.values(), golden.image("y_eval"), norm_terms);
}

TEST_CASE_TEMPLATE("cross entropy and softmax agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  check_cross_entropy<Where>("cross_entropy", false, 0);
  check_cross_entropy<Where>("cross_entropy_weighted", true, 0);
  check_cross_entropy<Where>("cross_entropy_smoothed", false, 0.1);
  check_cross_entropy<Where>("cross_entropy_weighted_smoothed", true, 0.1);
}

TEST_CASE_TEMPLATE("optimizers agree with PyTorch over five steps", Where, TAUT_GOLDEN_DEVICES) {
  using T = typename Where::Scalar;
  typename Where::Device device{};
  const auto adam = [&](const std::string& name, double weight_decay, bool decoupled) {
    Fresh<T> first(std::vector<T>(37)), second(std::vector<T>(37));
    check_optimizer<T>(name, [&](index_t count, T* parameters, const T* gradients, std::uint64_t step) {
      device.template adam_step<T>(count, parameters, gradients, first, second,
                                   AdamStep{.learning_rate = 1e-2, .weight_decay = weight_decay, .decoupled = decoupled, .step = step});
    });
  };
  adam("adam", 0, false);
  adam("adam_decay", 0.1, false);
  adam("adamw", 0.1, true);
  const auto sgd = [&](const std::string& name, double momentum, double dampening, bool nesterov) {
    Fresh<T> velocity(std::vector<T>(37));
    check_optimizer<T>(name, [&](index_t count, T* parameters, const T* gradients, std::uint64_t step) {
      device.template sgd_step<T>(count, parameters, gradients, momentum == 0 ? nullptr : velocity.data(),
                                  SgdStep{.learning_rate = 0.1, .momentum = momentum, .dampening = dampening, .weight_decay = 0.1,
                                          .nesterov = nesterov, .step = step});
    });
  };
  sgd("sgd", 0, 0, false);
  sgd("sgd_momentum", 0.9, 0.5, false);
  sgd("sgd_nesterov", 0.9, 0, true);
}
