/// Check group norm: a device's normalisation of groups of a row and its gradients against their definition.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/layer_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/kernels/reference/group_norm.hpp"

namespace ops {

inline constexpr double group_norm_eps = 1e-5;

template <class D, class T>
struct GroupNormCalls {
  index_t (*workspace)(D&, index_t rows);
  void (*forward)(D&, index_t rows, const T* x, const T* weight, const T* bias, T* y);
  void (*backward)(D&, index_t rows, const T* x, const T* dy, const T* weight, T* dx, T* dweight, T* dbias, T* workspace);
};

template <index_t I>
inline constexpr taut::GroupNormGeometry group_norm_geometry = group_norms[I].geometry;

template <class D, class T, index_t I>
constexpr GroupNormCalls<D, T> group_norm_calls() {
  return {[](D& d, index_t rows) { return d.template group_norm_workspace<group_norm_geometry<I>, T>(rows); },
          [](D& d, index_t rows, const T* x, const T* weight, const T* bias, T* y) {
            d.template group_norm_forward<group_norm_geometry<I>, T>(rows, x, weight, bias, group_norm_eps, y);
          },
          [](D& d, index_t rows, const T* x, const T* dy, const T* weight, T* dx, T* dweight, T* dbias, T* workspace) {
            d.template group_norm_backward<group_norm_geometry<I>, T>(rows, x, dy, weight, group_norm_eps, dx, dweight, dbias, workspace);
          }};
}

/// Operands of one row of the table, and the errors that their statistics may have.
template <class T>
struct GroupNormCase {
  using O = Oracle<T>;
  taut::GroupNormGeometry g;
  index_t rows;
  Guarded<T> x, dy, weight, bias;
  std::vector<O> exact_x, exact_dy, exact_weight, exact_bias;
  std::vector<double> normal, normal_error, inv_std, relative;  // of each element of x, the last two of its group

  GroupNormCase(const GroupNormRow& row, std::uint64_t seed, float offset)
      : g(row.geometry), rows(row.rows), x(rows * g.size()), dy(rows * g.size()), weight(g.channels), bias(g.channels),
        normal(x.size()), normal_error(x.size()), inv_std(x.size()), relative(x.size()) {
    x.randomize(seed);
    for (T& value : x.span()) value += static_cast<T>(offset);
    dy.randomize(seed + 1);
    weight.randomize(seed + 2, 2);
    bias.randomize(seed + 3);
    exact_x = x.template as<O>();
    exact_dy = dy.template as<O>();
    exact_weight = weight.template as<O>();
    exact_bias = bias.template as<O>();
    for (index_t at = 0; at < rows; ++at) {
      for (index_t group = 0; group < g.groups; ++group) find_errors(at * g.size(), group);
    }
  }

 private:
  /// As check_norm_pool.hpp has it for a batch: the mean within sum_error(n)·Σ|x|/n, the variance about a point within the range within
  /// sum_error(n)·max|x − mean|² and the square of the mean's error.
  void find_errors(index_t begin, index_t group) {
    namespace reference = taut::kernels::reference;
    const auto moments = reference::group_moments(g, group, exact_x.data() + begin, group_norm_eps);
    const double mean = static_cast<double>(moments.mean), inverse = static_cast<double>(moments.inv_std), u = roundoff<T>;
    double sum = 0, furthest = 0;
    reference::for_each_of_group(g, group, [&](index_t i, index_t) {
      sum += std::abs(static_cast<double>(exact_x[begin + i]));
      furthest = std::max(furthest, std::abs(static_cast<double>(exact_x[begin + i]) - mean));
    });
    const double unit = sum_error<T>(g.group_size());
    const double mean_error = unit * sum / static_cast<double>(g.group_size()) + u * std::abs(mean);
    const double variance_error = unit * furthest * furthest + mean_error * mean_error;
    const double spread = 1 / (inverse * inverse);
    const double scale_error = 0.5 * variance_error / std::max(spread - variance_error, group_norm_eps) + 4 * u;
    reference::for_each_of_group(g, group, [&](index_t i, index_t) {
      const double value = static_cast<double>(exact_x[begin + i]);
      normal[begin + i] = (value - mean) * inverse;
      normal_error[begin + i] = inverse * (mean_error + u * std::abs(value - mean)) + std::abs(normal[begin + i]) * (scale_error + 2 * u);
      inv_std[begin + i] = inverse;
      relative[begin + i] = scale_error;
    });
  }
};

/// y within |weight| · (the error of (x − mean)·inv_std) and the roundings of a product and a sum.
template <class T, class D>
void check_group_norm_forward(const GroupNormCase<T>& given, const GroupNormCalls<D, T>& calls) {
  using O = Oracle<T>;
  std::vector<O> exact(given.x.size());
  taut::kernels::reference::group_norm_forward(given.g, given.rows, given.exact_x.data(), given.exact_weight.data(),
                                               given.exact_bias.data(), group_norm_eps, exact.data());
  Guarded<T> first(exact.size());
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(exact.size());
    calls.forward(device, given.rows, given.x.data(), given.weight.data(), given.bias.data(), y.data());
    CHECK((y.intact() && y.written()));
    if (threads != thread_counts<D>[0]) {
      CHECK_MESSAGE(y.same_bits(first), "other bits than on one thread");
      continue;
    }
    first.copy_from(y);
    const auto bound = [&](index_t i) {
      const double weight = std::abs(static_cast<double>(given.exact_weight[i % given.g.channels]));
      const double bias = std::abs(static_cast<double>(given.exact_bias[i % given.g.channels]));
      return weight * given.normal_error[i] + 2 * roundoff<T> * (weight * std::abs(given.normal[i]) + bias);
    };
    CHECK(beyond(std::as_const(y).span(), std::span<const O>(exact), bound) == "");
  }
}

/// With A = |dy·weight|, N = |(x − mean)·inv_std|, E its error and n elements in a group: dbias within sum_error · Σ|dy|, dweight within
/// sum_error · Σ|dy|·N + Σ|dy|·E, dx within inv_std · (sum_error · (A + ΣA/n + N·ΣA·N/n) + E·ΣA·N/n + N·ΣA·E/n).
template <class T>
void group_norm_bounds(const GroupNormCase<T>& given, std::vector<double>& dx, std::vector<double>& dweight, std::vector<double>& dbias) {
  const auto& g = given.g;
  const double columns = sum_error<T>(given.rows * g.pixels + 4), unit = sum_error<T>(g.group_size() + 8);
  const double n = static_cast<double>(g.group_size());
  for (index_t at = 0; at < given.x.size(); at += g.size()) {
    for (index_t group = 0; group < g.groups; ++group) {
      double sum = 0, product_sum = 0, error_sum = 0;
      const auto each = [&](auto&& visit) {
        taut::kernels::reference::for_each_of_group(g, group, [&](index_t i, index_t c) {
          const double gradient = std::abs(static_cast<double>(given.exact_dy[at + i]));
          visit(at + i, c, gradient, gradient * std::abs(static_cast<double>(given.exact_weight[c])), std::abs(given.normal[at + i]),
                given.normal_error[at + i]);
        });
      };
      each([&](index_t, index_t c, double gradient, double scaled, double normal, double error) {
        dbias[c] += columns * gradient;
        dweight[c] += columns * gradient * normal + gradient * error * (1 + columns);
        sum += scaled;
        product_sum += scaled * (normal + error);
        error_sum += scaled * error;
      });
      each([&](index_t i, index_t, double, double scaled, double normal, double error) {
        const double size = scaled + sum / n + (normal + error) * product_sum / n;
        dx[i] = given.inv_std[i] * ((unit + given.relative[i]) * size + error * product_sum / n + normal * error_sum / n);
      });
    }
  }
}

template <class T, class D>
void check_group_norm_backward(const GroupNormCase<T>& given, const GroupNormCalls<D, T>& calls) {
  using O = Oracle<T>;
  const auto& g = given.g;
  std::vector<O> exact_dx(given.x.size()), exact_dweight(g.channels), exact_dbias(g.channels);
  taut::kernels::reference::group_norm_backward(g, given.rows, given.exact_x.data(), given.exact_dy.data(), given.exact_weight.data(),
                                                group_norm_eps, exact_dx.data(), exact_dweight.data(), exact_dbias.data());
  std::vector<double> bound_dx(given.x.size()), bound_dweight(g.channels), bound_dbias(g.channels);
  group_norm_bounds(given, bound_dx, bound_dweight, bound_dbias);

  Guarded<T> first_dx(exact_dx.size()), first_dweight(g.channels), first_dbias(g.channels);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> dx(exact_dx.size()), dweight(g.channels), dbias(g.channels), workspace(calls.workspace(device, given.rows));
    const auto backward = [&](T* out) {
      calls.backward(device, given.rows, given.x.data(), given.dy.data(), given.weight.data(), out, dweight.data(), dbias.data(),
                     workspace.data());
    };
    const bool is_first = threads == thread_counts<D>[0];
    backward(dx.data());
    CHECK((dx.intact() && dx.written() && dweight.intact() && dbias.intact()));
    CHECK_MESSAGE(workspace.intact(), "written beside the workspace");
    if (is_first) {
      first_dx.copy_from(dx);
      first_dweight.copy_from(dweight);
      first_dbias.copy_from(dbias);
    }
    CHECK_MESSAGE((dx.same_bits(first_dx) && dweight.same_bits(first_dweight) && dbias.same_bits(first_dbias)),
                  "other bits than on one thread");
    backward(nullptr);
    CHECK_MESSAGE((dweight.same_bits(first_dweight) && dbias.same_bits(first_dbias)), "other bits without dx");
    if (!is_first) continue;
    const auto check = [&](const char* what, const Guarded<T>& actual, const std::vector<O>& exact, const std::vector<double>& bound) {
      CAPTURE(what);
      CHECK(beyond(actual.span(), std::span<const O>(exact), [&](index_t i) { return bound[i]; }) == "");
    };
    check("dx", dx, exact_dx, bound_dx);
    check("dweight", dweight, exact_dweight, bound_dweight);
    check("dbias", dbias, exact_dbias, bound_dbias);
  }
}

template <class T, class D>
void check_group_norm(const GroupNormRow& row, index_t index, const GroupNormCalls<D, T>& calls) {
  const std::string name = group_norm_name(row, row.rows);
  CAPTURE(name);
  D one = make_device<D>(1);
  for (index_t fewer = 1; fewer < row.rows; ++fewer) {
    REQUIRE_MESSAGE(calls.workspace(one, fewer) <= calls.workspace(one, row.rows), "a smaller batch asks for more workspace");
  }
  for (const float offset : {0.0F, 100.0F}) {
    CAPTURE(offset);
    const GroupNormCase<T> given(row, 10 * index, offset);
    check_group_norm_forward<T, D>(given, calls);
    check_group_norm_backward<T, D>(given, calls);
  }

  // A NaN spoils its own group and no other.
  GroupNormCase<T> given(row, 10 * index + 5, 0);
  const index_t place = given.x.size() / 2, group_channels = row.geometry.group_channels();
  given.x.data()[place] = std::numeric_limits<T>::quiet_NaN();
  Guarded<T> y(given.x.size());
  calls.forward(one, row.rows, given.x.data(), given.weight.data(), given.bias.data(), y.data());
  index_t wrong = 0;
  for (index_t i = 0; i < y.size(); ++i) {
    const bool same_group = i / row.geometry.size() == place / row.geometry.size() &&
                            i % row.geometry.channels / group_channels == place % row.geometry.channels / group_channels;
    wrong += std::isnan(y.data()[i]) != same_group ? 1 : 0;
  }
  CHECK_MESSAGE(wrong == 0, "a NaN was lost, or came from elsewhere");
}

template <class T, class D>
void check_group_norms() {
  for_each_index<group_norms.size()>([]<index_t I> { check_group_norm<T, D>(group_norms[I], I, group_norm_calls<D, T, I>()); });
}

}  // namespace ops
