/// Products: the check of operations that are a matrix product and its two gradients: convolutions and linear layers.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "ops/activation_error.hpp"
#include "ops/algorithm_growth.hpp"
#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"

namespace ops {

/// One row's kernels on device D; everything that doesn't depend on the row's geometry at compile time is outside.
template <class D, class T>
struct ProductCalls {
  index_t (*workspace)(D&, index_t rows);
  void (*forward)(D&, index_t rows, const T* x, const T* weight, const T* bias, taut::Activation, T* y, T* workspace);
  void (*backward_input)(D&, index_t rows, const T* dy, const T* weight, T* dx, T* workspace);
  void (*backward_weight)(D&, index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace);
};

/// The same by definition, on any scalar.
template <class O>
struct ProductOracle {
  void (*forward)(index_t row, const O* x, const O* weight, const O* bias, taut::Activation, O* y);
  void (*backward_input)(index_t row, const O* dy, const O* weight, O* dx);
  void (*backward_weight)(index_t row, const O* x, const O* dy, O* dweight, O* dbias);
};

struct ProductSizes {
  index_t x, weight, bias, y;
};

/// Runs `call` with each number of threads into a fresh output; the outputs must have the same bits, be written whole and nothing else.
/// Returns the first.
template <class D, class T, class Workspace, class Call>
std::vector<T> same_on_all_threads(const std::string& what, index_t outputs, const Workspace& workspace_size, Call&& call) {
  Guarded<T> first(outputs);
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(what);
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> output(outputs), workspace(workspace_size(device));
    call(device, output.data(), workspace.data());
    CHECK_MESSAGE(output.intact(), "written beside the output");
    CHECK_MESSAGE(workspace.intact(), "written beside the workspace");
    CHECK_MESSAGE(output.written(), "a part of the output was not written");
    if (threads == thread_counts<D>[0]) {
      first.copy_from(output);
    } else {
      CHECK_MESSAGE(output.same_bits(first), "other bits than on one thread");
    }
  }
  return first.template as<T>();
}

/// |actual − exact| ≤ sum_error(terms) · growth · the same sums of absolute values, element by element; and in the 2-norm,
/// ‖actual − exact‖ ≤ (√terms + 2) · growth · roundoff · ‖exact‖: a sum of n random terms is about √n of them, its error √n roundoffs of
/// that (Higham and Mary, 2019).
template <class T, class O>
void check_sums(const std::string& what, const std::vector<T>& actual, const std::vector<O>& exact, const std::vector<O>& absolute,
                index_t terms, Growth growth) {
  CAPTURE(what);
  const double unit = growth.element * sum_error<T>(terms);
  CHECK(beyond(std::span(actual), std::span(exact), [&](index_t i) { return unit * static_cast<double>(absolute[i]); }) == "");
  double error = 0, norm = 0;
  for (index_t i = 0; i < actual.size(); ++i) {
    const double difference = static_cast<double>(static_cast<O>(actual[i]) - exact[i]), value = static_cast<double>(exact[i]);
    error += difference * difference;
    norm += value * value;
  }
  CHECK(std::sqrt(error) <= (std::sqrt(static_cast<double>(terms)) + 2) * growth.norm * roundoff<T> * std::sqrt(norm));
}

/// Every activation does to a product what it does alone, and writes nowhere else.
template <class T, class D, class Row, class Workspace>
void check_epilogues(const ProductCalls<D, T>& calls, const Row& row, const Guarded<T>& x, const Guarded<T>& weight, const Guarded<T>& bias,
                     index_t size, Workspace&& workspace) {
  D device = make_device<D>(thread_counts<D>.back());
  Guarded<T> scratch(workspace(device)), before(size);
  const auto run = [&](taut::Activation activation, Guarded<T>& y) {
    calls.forward(device, row.rows, x.data(), weight.data(), row.bias ? bias.data() : nullptr, activation, y.data(), scratch.data());
    CHECK((y.intact() && y.written()));
  };
  run(identity, before);
  for (const ActivationRow& each : activations) {
    const std::string activation = each.name;
    CAPTURE(activation);
    Guarded<T> y(size);
    run(each.activation, y);
    std::vector<long double> exact(size);
    for (index_t i = 0; i < size; ++i) exact[i] = exact_activation(each.activation, before.data()[i]);
    CHECK(beyond(std::as_const(y).span(), std::span(exact), [&](index_t i) {
            return activation_bound<T>(each.activation, static_cast<double>(before.data()[i]));
          }) == "");
  }
}

template <class T, class D, class Row>
void check_product(const Row& row, index_t index, const ProductSizes& sizes, const ProductCalls<D, T>& calls,
                   const ProductOracle<Oracle<T>>& oracle, Growth forward_growth = {}, Growth backward_growth = {}) {
  using O = Oracle<T>;
  const std::string name = row.name;
  CAPTURE(name);
  Guarded<T> x(sizes.x), dy(sizes.y), weight(sizes.weight), bias(sizes.bias);
  x.randomize(4 * index);
  dy.randomize(4 * index + 1);
  weight.randomize(4 * index + 2);
  bias.randomize(4 * index + 3);
  const std::vector<O> exact_x = x.template as<O>(), exact_dy = dy.template as<O>(), exact_weight = weight.template as<O>(),
                       exact_bias = bias.template as<O>();
  const std::vector<O> abs_x = x.template absolute<O>(), abs_dy = dy.template absolute<O>(), abs_weight = weight.template absolute<O>(),
                       abs_bias = bias.template absolute<O>();
  const auto workspace = [&](D& device) {
    const index_t elements = calls.workspace(device, row.rows);
    for (index_t fewer = 1; fewer < row.rows; ++fewer) {
      REQUIRE_MESSAGE(calls.workspace(device, fewer) <= elements, "a smaller batch asks for more workspace");  // a model plans for its largest
    }
    return elements;
  };

  std::vector<O> exact(sizes.y), absolute(sizes.y);
  oracle.forward(index, exact_x.data(), exact_weight.data(), row.bias ? exact_bias.data() : nullptr, row.activation, exact.data());
  oracle.forward(index, abs_x.data(), abs_weight.data(), row.bias ? abs_bias.data() : nullptr, identity, absolute.data());
  const std::vector<T> y = same_on_all_threads<D, T>("forward", sizes.y, workspace, [&](D& device, T* out, T* scratch) {
    calls.forward(device, row.rows, x.data(), weight.data(), row.bias ? bias.data() : nullptr, row.activation, out, scratch);
  });
  check_sums("forward", y, exact, absolute, row.forward_terms(), forward_growth);

  check_epilogues<T>(calls, row, x, weight, bias, sizes.y, workspace);

  exact.resize(sizes.x);
  absolute.resize(sizes.x);
  oracle.backward_input(index, exact_dy.data(), exact_weight.data(), exact.data());
  oracle.backward_input(index, abs_dy.data(), abs_weight.data(), absolute.data());
  const std::vector<T> dx = same_on_all_threads<D, T>("backward_input", sizes.x, workspace, [&](D& device, T* out, T* scratch) {
    calls.backward_input(device, row.rows, dy.data(), weight.data(), out, scratch);
  });
  check_sums("backward_input", dx, exact, absolute, row.backward_input_terms(), backward_growth);

  exact.resize(sizes.weight);
  absolute.resize(sizes.weight);
  std::vector<O> exact_dbias(sizes.bias), absolute_dbias(sizes.bias);
  oracle.backward_weight(index, exact_x.data(), exact_dy.data(), exact.data(), exact_dbias.data());
  oracle.backward_weight(index, abs_x.data(), abs_dy.data(), absolute.data(), absolute_dbias.data());
  Guarded<T> dbias(sizes.bias), first_dbias(sizes.bias);
  bool first = true;
  const std::vector<T> dweight = same_on_all_threads<D, T>("backward_weight", sizes.weight, workspace, [&](D& device, T* out, T* scratch) {
    calls.backward_weight(device, row.rows, x.data(), dy.data(), out, row.bias ? dbias.data() : nullptr, scratch);
    if (first) first_dbias.copy_from(dbias);
    first = false;
    CHECK_MESSAGE(dbias.same_bits(first_dbias), "other bits of dbias than on one thread");
    CHECK_MESSAGE(dbias.intact(), "written beside dbias");
  });
  check_sums("backward_weight", dweight, exact, absolute, row.backward_weight_terms(), backward_growth);
  if (row.bias) check_sums("dbias", dbias.template as<T>(), exact_dbias, absolute_dbias, row.backward_weight_terms(), Growth{});
}

/// A NaN in x must come through, or a training that went wrong would not be noticed: wherever it does by definition, ReLU or not.
template <class T, class D, class Row>
void check_nan(const Row& row, index_t index, const ProductSizes& sizes, const ProductCalls<D, T>& calls,
               const ProductOracle<Oracle<T>>& oracle) {
  using O = Oracle<T>;
  const std::string name = row.name;
  CAPTURE(name);
  D device = make_device<D>(1);
  Guarded<T> x(sizes.x), weight(sizes.weight), bias(sizes.bias), y(sizes.y), workspace(calls.workspace(device, row.rows));
  x.randomize(4 * index);
  weight.randomize(4 * index + 2);
  bias.randomize(4 * index + 3);
  x.data()[sizes.x / 2] = std::numeric_limits<T>::quiet_NaN();
  std::vector<O> exact(sizes.y);
  oracle.forward(index, x.template as<O>().data(), weight.template as<O>().data(), bias.template as<O>().data(), relu, exact.data());
  calls.forward(device, row.rows, x.data(), weight.data(), bias.data(), relu, y.data(), workspace.data());
  index_t lost = 0;
  for (index_t i = 0; i < sizes.y; ++i) lost += std::isnan(exact[i]) && !std::isnan(y.data()[i]) ? 1 : 0;
  CHECK_MESSAGE(lost == 0, "a NaN was lost");
}

}  // namespace ops
