/// test_cpu_norm_pool: normalise → activate → pool on the CPU device against Reference, forward and backward.
#include <doctest/doctest.h>

#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/device/threads.hpp"
#include "test_cpu_support.hpp"

namespace {

using namespace taut;
using namespace taut::test;

/// What a batch normalisation owns, and a BatchNormVectors that points into it.
template <class T>
struct Norm {
  std::vector<T> gamma, beta, running_mean, running_variance, mean, inv_std, scale, shift;

  /// Scale and shift are multiples of 1/4: with whole numbers for x, scale·x + shift has no rounding at all.
  explicit Norm(index_t channels)
      : gamma(random_numbers<T>(channels, 11)),
        beta(random_numbers<T>(channels, 12)),
        running_mean(random_numbers<T>(channels, 13)),
        running_variance(random_numbers<T>(channels, 14, 0.5F, 2)),
        mean(random_numbers<T>(channels, 15)),
        inv_std(random_numbers<T>(channels, 16, 0.5F, 2)),
        scale(quarters(channels, 17)),
        shift(quarters(channels, 18)) {
    for (index_t c = 0; c < channels; ++c) gamma[c] = scale[c] / inv_std[c];
  }

  template <class From>
  explicit Norm(const Norm<From>& from)
      : gamma(from.gamma.begin(), from.gamma.end()),
        beta(from.beta.begin(), from.beta.end()),
        running_mean(from.running_mean.begin(), from.running_mean.end()),
        running_variance(from.running_variance.begin(), from.running_variance.end()),
        mean(from.mean.begin(), from.mean.end()),
        inv_std(from.inv_std.begin(), from.inv_std.end()),
        scale(from.scale.begin(), from.scale.end()),
        shift(from.shift.begin(), from.shift.end()) {}

  static std::vector<T> quarters(index_t count, std::uint64_t stream) {
    std::vector<T> numbers = random_numbers<T>(count, stream, -12, 12);
    for (T& number : numbers) number = std::floor(number) / 4;
    return numbers;
  }

  BatchNormVectors<T> vectors() {
    return {gamma.data(), beta.data(),    running_mean.data(), running_variance.data(),
            mean.data(),  inv_std.data(), scale.data(),        shift.data()};
  }
};

template <class T>
std::vector<T> whole_numbers(index_t count) {
  std::vector<T> numbers = random_numbers<T>(count, 21, -4, 5);
  for (T& number : numbers) number = std::floor(number);
  return numbers;
}

template <class T>
struct Results {
  std::vector<T> y, dx, dgamma, dbeta;
  std::vector<std::uint8_t> argmax;
};

template <NormPoolGeometry g, class T, class Device>
Results<T> run(Device device, index_t rows, const std::vector<T>& x, const std::vector<T>& dy, Norm<T> norm) {
  Results<T> out{unwritten<T>(rows * g.out_size()), unwritten<T>(rows * g.in_size()), unwritten<T>(g.channels), unwritten<T>(g.channels),
                 std::vector<std::uint8_t>(rows * g.out_size(), 77)};
  std::uint8_t* const argmax = g.pools() ? out.argmax.data() : nullptr;
  Arena<T> workspace(device.template norm_pool_workspace<g, T>(rows));
  const BatchNormVectors<T> vectors = g.normalize ? norm.vectors() : BatchNormVectors<T>{};
  device.template norm_pool_forward<g, T>(rows, x.data(), vectors.scale, vectors.shift, out.y.data(), argmax);
  device.template norm_pool_backward<g, T>(rows, x.data(), dy.data(), argmax, vectors, out.dx.data(),
                                           g.normalize ? out.dgamma.data() : nullptr, g.normalize ? out.dbeta.data() : nullptr,
                                           workspace.data());
  return out;
}

template <NormPoolGeometry g, class T>
void check(index_t rows) {
  CAPTURE(rows);
  CAPTURE(g.channels);
  const std::vector<T> x = whole_numbers<T>(rows * g.in_size()), dy = random_numbers<T>(rows * g.out_size(), 22);
  const Norm<T> norm(g.channels);
  const Norm<double> wide(norm);
  const auto expected = run<g, double>(Reference{}, rows, widened(x), widened(dy), wide);
  const auto found = run<g, T>(Cpu<XsimdGemm, SingleThread>{}, rows, x, dy, norm);
  // No rounding forward: the same numbers, and the first of equals.
  CHECK(widened(found.y) == expected.y);
  CHECK(found.argmax == expected.argmax);

  // dx = gamma·inv_std·(d − Σd/n − x̂·Σd·x̂/n): bounded by the same with every term's magnitude.
  constexpr NormPoolGeometry plain = [] {
    NormPoolGeometry without = g;
    without.normalize = false;
    return without;
  }();
  std::vector<double> d(rows * g.in_size()), bound = d, sum(g.channels), product_sum(g.channels);
  if (g.pools()) {
    kernels::reference::activation_pool_backward<double>(plain, rows, nullptr, nullptr, nullptr, magnitudes(dy).data(),
                                                         expected.argmax.data(), d.data());
  } else {
    d = magnitudes(dy);
  }
  bound = d;
  const index_t pixels = rows * g.in_pixels();
  if (g.normalize) {
    const auto normal = [&](index_t i) {
      const index_t c = i % g.channels;
      return std::abs((static_cast<double>(x[i]) - wide.mean[c]) * wide.inv_std[c]);
    };
    for (index_t i = 0; i < d.size(); ++i) sum[i % g.channels] += d[i], product_sum[i % g.channels] += d[i] * normal(i);
    for (index_t i = 0; i < d.size(); ++i) {
      const index_t c = i % g.channels;
      const double n = static_cast<double>(pixels);
      bound[i] = std::abs(wide.gamma[c] * wide.inv_std[c]) * (d[i] + sum[c] / n + normal(i) * product_sum[c] / n);
    }
    CHECK(mismatches(found.dbeta, expected.dbeta, sum, pixels) == 0);
    CHECK(mismatches(found.dgamma, expected.dgamma, product_sum, pixels) == 0);
  }
  CHECK(mismatches(found.dx, expected.dx, bound, pixels) == 0);
  for (const unsigned threads : {2U, 3U, 4U}) {
    const auto other = run<g, T>(Cpu<XsimdGemm, ThreadPool>{threads}, rows, x, dy, norm);
    CHECK(same_bits(found.y, other.y));
    CHECK(found.argmax == other.argmax);
    CHECK(same_bits(found.dx, other.dx));
    CHECK((!g.normalize || (same_bits(found.dgamma, other.dgamma) && same_bits(found.dbeta, other.dbeta))));
  }
}

constexpr NormPoolGeometry geometry(index_t channels, index_t height, index_t width, bool normalize, Activation activation,
                                    Window window = {}) {
  return {channels, height, width, normalize, activation, window, window};
}
constexpr Window halves{2, 2, 0, 1}, overlapping{3, 2, 1, 1}, dense{3, 1, 0, 1}, sparse{2, 3, 0, 1};
constexpr auto relu = Activation::relu, identity = Activation::identity;

template <class T>
void check_all() {
  check<geometry(1, 6, 6, true, relu, halves), T>(3);
  check<geometry(3, 5, 7, true, relu, halves), T>(7);
  check<geometry(33, 6, 6, true, relu, halves), T>(1);
  check<geometry(8, 6, 8, false, relu, halves), T>(3);
  check<geometry(5, 6, 6, false, identity, halves), T>(3);
  check<geometry(17, 5, 7, true, relu, overlapping), T>(3);
  check<geometry(8, 6, 6, false, relu, overlapping), T>(2);
  check<geometry(5, 6, 6, true, identity, dense), T>(3);
  check<geometry(16, 8, 7, true, relu, sparse), T>(3);
  check<geometry(3, 5, 7, true, relu), T>(3);
  check<geometry(8, 6, 6, true, identity), T>(3);
  check<geometry(33, 1, 1, false, relu), T>(7);
  check<geometry(17, 1, 1, true, relu), T>(64);
}

template <NormPoolGeometry g, class T>
void check_statistics(index_t rows, T offset) {
  CAPTURE(offset);
  std::vector<T> x = random_numbers<T>(rows * g.in_size(), 31);
  for (T& value : x) value += offset;
  const BatchNormOptions options{1e-5, 0.1};
  const auto run_on = [&]<class U, class Device>(Device device, const std::vector<U>& input) {
    Norm<U> norm{Norm<T>(g.channels)};
    Arena<U> workspace(device.template norm_pool_workspace<g, U>(rows));
    device.template batch_norm_statistics<g, U>(rows, input.data(), options, norm.vectors(), workspace.data());
    return norm;
  };
  const Norm<double> expected = run_on(Reference{}, widened(x));
  const Norm<T> found = run_on(Cpu<XsimdGemm, SingleThread>{}, x);
  const index_t pixels = rows * g.in_pixels();
  const std::vector<double> size(g.channels, std::abs(static_cast<double>(offset)) + 1);
  CHECK(mismatches(found.mean, expected.mean, size, 2) == 0);
  CHECK(mismatches(found.running_mean, expected.running_mean, size, 2) == 0);
  // Distances are taken about a pixel, so that the offset costs the variance no digits.
  CHECK(mismatches(found.running_variance, expected.running_variance, magnitudes(expected.running_variance), pixels) == 0);
  CHECK(mismatches(found.inv_std, expected.inv_std, magnitudes(expected.inv_std), pixels) == 0);
  CHECK(mismatches(found.scale, expected.scale, magnitudes(expected.scale), pixels) == 0);
  for (const unsigned threads : {2U, 3U}) {
    const Norm<T> other = run_on(Cpu<XsimdGemm, ThreadPool>{threads}, x);
    CHECK(same_bits(found.mean, other.mean));
    CHECK(same_bits(found.inv_std, other.inv_std));
    CHECK(same_bits(found.running_variance, other.running_variance));
  }
  Norm<T> running(found);
  Norm<double> wide(found);
  Cpu<XsimdGemm, SingleThread>{}.batch_norm_running<g, T>(options, running.vectors());
  Reference{}.batch_norm_running<g, double>(options, wide.vectors());
  CHECK(mismatches(running.scale, wide.scale, magnitudes(wide.scale), 2) == 0);
}

}  // namespace

TEST_CASE("normalise, activate and pool on the CPU agrees with Reference: float") { check_all<float>(); }
TEST_CASE("normalise, activate and pool on the CPU agrees with Reference: double") { check_all<double>(); }
TEST_CASE("normalise, activate and pool agrees with Reference in several tasks") {
  check<geometry(32, 24, 24, true, relu, halves), float>(5);
  check<geometry(24, 13, 15, true, relu, overlapping), float>(11);
}
TEST_CASE("batch statistics agree with Reference, however far from zero the mean is") {
  check_statistics<geometry(3, 5, 7, true, relu), float>(3, 0.0F);
  check_statistics<geometry(17, 12, 12, true, relu), float>(20, 100.0F);
  check_statistics<geometry(33, 1, 1, true, relu), double>(7, 1000.0);
}
TEST_CASE("one NaN in a window comes out of the pool") {
  constexpr NormPoolGeometry g = geometry(5, 4, 4, false, identity, halves);
  std::vector<float> x = whole_numbers<float>(g.in_size()), y = unwritten<float>(g.out_size());
  x[0] = std::numeric_limits<float>::quiet_NaN();
  std::vector<std::uint8_t> argmax(g.out_size());
  Cpu<XsimdGemm, SingleThread>{}.norm_pool_forward<g, float>(1, x.data(), nullptr, nullptr, y.data(), argmax.data());
  CHECK(std::isnan(y[0]));
  CHECK(argmax[0] == 0);
  CHECK_FALSE(std::isnan(y[1]));
}
