// Activations, softmax and its logarithm against PyTorch's results (make_golden.py), alone, and with a batch norm and a pool around them.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "golden.hpp"
#include "taut/core/geometry.hpp"
#include "taut/device/device.hpp"

using namespace taut;
using taut::test::check_close;
using taut::test::Fresh;
using taut::test::GoldenCase;
using taut::test::On;
using taut::test::read_golden;

#define TAUT_GOLDEN_DEVICES On<Reference, float>, On<Reference, double>, On<Cpu<>, float>, On<Cpu<>, double>

namespace {

template <class T>
GoldenCase<T> golden_case(const std::string& name) {
  static const TensorFile file = read_golden("activations");
  return GoldenCase<T>(name, file);
}

/// A few roundings of numbers up to 8; the exponents of both GELUs are up to 32 where the power isn't negligible.
constexpr double activation_roundings = 64;

template <class Where, Activation A>
void check_activation(const std::string& name) {
  using T = typename Where::Scalar;
  const GoldenCase<T> golden = golden_case<T>(name);
  typename Where::Device device{};
  Fresh<T> x(golden.image("x")), dy(golden.image("dy"));
  const index_t count = x.values().size();
  Fresh<T> y(count), dx(count);
  device.template activation_forward<A, T>(count, x, y);
  check_close(name + " y", y.values(), golden.image("y"), activation_roundings);
  device.template activation_backward<A, T>(count, A.gated() ? x.data() : y.data(), dy, dx);
  check_close(name + " dx", dx.values(), golden.image("dx"), activation_roundings);
}

/// In training mode, and then in inference on the running statistics.
template <class Where, Activation A>
void check_norm_activation_pool(const std::string& name) {
  using T = typename Where::Scalar;
  static constexpr NormPoolGeometry G{.channels = 5, .in_height = 6, .in_width = 4, .normalize = true, .activation = A,
                                      .vertical = {2, 2}, .horizontal = {2, 2}};
  const GoldenCase<T> golden = golden_case<T>(name);
  typename Where::Device device{};
  const index_t rows = golden.rows("x");
  Fresh<T> x(golden.image("x")), dy(golden.image("dy")), workspace(device.template norm_pool_workspace<G, T>(rows));
  Fresh<T> y(rows * G.out_size()), dx(rows * G.in_size()), dgamma(G.channels), dbeta(G.channels);
  Fresh<T> gamma(golden["weight"]), beta(golden["bias"]), running_mean(golden["running_mean"]), running_variance(golden["running_var"]);
  Fresh<T> mean(G.channels), inv_std(G.channels), scale(G.channels), shift(G.channels);
  const BatchNormVectors<T> norm{gamma, beta, running_mean, running_variance, mean, inv_std, scale, shift};
  std::vector<std::uint8_t> argmax(rows * G.out_size());
  // Normalisation multiplies by gamma / σ < 4 and adds a few terms of that size; sums are over a channel's pixels.
  const double terms = 32 + activation_roundings, sums = terms * static_cast<double>(rows * G.in_pixels());
  device.template batch_norm_statistics<G, T>(rows, x, BatchNormOptions{}, norm, workspace);
  device.template norm_pool_forward<G, T>(rows, x, scale, shift, y, argmax.data());
  check_close(name + " y", y.values(), golden.image("y"), terms);
  device.template norm_pool_backward<G, T>(rows, x, dy, argmax.data(), norm, dx, dgamma, dbeta, workspace);
  check_close(name + " dx", dx.values(), golden.image("dx"), sums);
  check_close(name + " dgamma", dgamma.values(), golden["dweight"], sums);
  check_close(name + " dbeta", dbeta.values(), golden["dbias"], sums);
  device.template batch_norm_running<G, T>(BatchNormOptions{}, norm);
  device.template norm_pool_forward<G, T>(rows, x, scale, shift, y, nullptr);
  check_close(name + " y in inference", y.values(), golden.image("y_eval"), terms);
}

template <class Where, Activation A>
void check_both(const std::string& name) {
  check_activation<Where, A>(name);
  check_norm_activation_pool<Where, A>("norm_" + name + "_pool");
}

/// Logits are within ±8: a logarithm is a difference of numbers up to 16.
template <class Where>
void check_softmax(const std::string& suffix) {
  using T = typename Where::Scalar;
  typename Where::Device device{};
  const GoldenCase<T> plain = golden_case<T>("softmax" + suffix), logarithm = golden_case<T>("log_softmax" + suffix);
  const index_t classes = suffix.empty() ? 13 : 7;
  Fresh<T> x(plain.image("x")), dy(plain.image("dy")), log_x(logarithm.image("x")), log_dy(logarithm.image("dy"));
  const index_t count = x.values().size(), rows = count / classes;
  Fresh<T> y(count), dx(count);
  device.template softmax<T>(rows, classes, x, y);
  check_close("softmax y" + suffix, y.values(), plain.image("y"), 32);
  device.template softmax_backward<T>(rows, classes, y, dy, dx);
  check_close("softmax dx" + suffix, dx.values(), plain.image("dx"), 64);
  device.template log_softmax<T>(rows, classes, log_x, y);
  check_close("log_softmax y" + suffix, y.values(), logarithm.image("y"), 32);
  device.template log_softmax_backward<T>(rows, classes, y, log_dy, dx);
  check_close("log_softmax dx" + suffix, dx.values(), logarithm.image("dx"), 64 * static_cast<double>(classes));
}

}  // namespace

TEST_CASE_TEMPLATE("activations agree with PyTorch, alone and between batch norm and max-pool", Where, TAUT_GOLDEN_DEVICES) {
  check_both<Where, Activation::leaky_relu(0.01)>("leaky_relu");
  check_both<Where, Activation::leaky_relu(0.2)>("leaky_relu_0.2");
  check_both<Where, Activation::sigmoid>("sigmoid");
  check_both<Where, Activation::tanh>("tanh");
  check_both<Where, Activation::silu>("silu");
  check_both<Where, Activation::gelu>("gelu");
  check_both<Where, Activation::gelu_tanh>("gelu_tanh");
}

TEST_CASE_TEMPLATE("softmax and its logarithm agree with PyTorch's over dim=1", Where, TAUT_GOLDEN_DEVICES) {
  check_softmax<Where>("");
  check_softmax<Where>("_vector");
}
