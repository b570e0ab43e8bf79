/// Check branches: a device's sums, concatenations and their ways back against their definition.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ops/activation_error.hpp"
#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "ops/op_table.hpp"
#include "ops/tolerance.hpp"
#include "taut/kernels/reference/branches.hpp"

namespace ops {

/// Several buffers and the list of their addresses.
template <class T>
class Branches {
 public:
  explicit Branches(const std::vector<index_t>& sizes) {
    for (const index_t size : sizes) each_.push_back(std::make_unique<Guarded<T>>(size));
  }

  Guarded<T>& operator[](index_t b) { return *each_[b]; }
  index_t count() const { return each_.size(); }
  void randomize(std::uint64_t seed) {
    for (const auto& branch : each_) branch->randomize(seed++);
  }
  /// Where branch `without` is null.
  std::vector<T*> pointers(index_t without = ~index_t{0}) {
    std::vector<T*> list;
    for (index_t b = 0; b < each_.size(); ++b) list.push_back(b == without ? nullptr : each_[b]->data());
    return list;
  }

 private:
  std::vector<std::unique_ptr<Guarded<T>>> each_;
};

/// Within a rounding a branch of the sum of absolute values; the gradients are exact.
template <class T, class D>
void check_add(index_t count, index_t branches, taut::Activation activation, std::uint64_t seed) {
  using O = Oracle<T>;
  CAPTURE(count);
  CAPTURE(branches);
  Branches<T> x(std::vector<index_t>(branches, count));
  x.randomize(seed);
  std::vector<std::vector<O>> exact_x;
  std::vector<const O*> exact_pointers;
  for (index_t b = 0; b < branches; ++b) exact_x.push_back(x[b].template as<O>());
  for (const auto& branch : exact_x) exact_pointers.push_back(branch.data());
  std::vector<O> exact(count);
  taut::kernels::reference::add<O>(count, branches, exact_pointers.data(), activation, exact.data());
  Guarded<T> dy(count), first(count);
  dy.randomize(seed + 100);

  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(count);
    const std::vector<T*> from = x.pointers();
    device.template add<T>(count, branches, from.data(), activation, y.data());
    CHECK((y.intact() && y.written()));
    if (threads == thread_counts<D>[0]) {
      first.copy_from(y);
      CHECK(beyond(std::as_const(y).span(), std::span<const O>(exact), [&](index_t i) {
              double sum = 0;
              for (index_t b = 0; b < branches; ++b) sum += std::abs(static_cast<double>(x[b].data()[i]));
              return sum_error<T>(branches) * sum;
            }) == "");
    }
    CHECK_MESSAGE(y.same_bits(first), "other bits than on one thread");

    const index_t unwanted = branches - 1;
    Branches<T> gradients(std::vector<index_t>(branches, count)), expected(std::vector<index_t>(branches, count));
    const std::vector<T*> to = gradients.pointers(unwanted), to_expected = expected.pointers(unwanted);
    device.template add_backward<T>(count, branches, y.data(), dy.data(), activation, to.data());
    taut::kernels::reference::add_backward<T>(count, branches, y.data(), dy.data(), activation, to_expected.data());
    for (index_t b = 0; b < branches; ++b) {
      CHECK(gradients[b].intact());
      CHECK(gradients[b].written() == (b != unwanted));
      if (b != unwanted) CHECK(gradients[b].same_bits(expected[b]));
    }
  }
}

/// Every activation does to a sum what it does alone.
template <class T, class D>
void check_add_activations(index_t count, std::uint64_t seed) {
  Branches<T> x({count, count});
  x.randomize(seed);
  const std::vector<T*> from = x.pointers();
  D device = make_device<D>(thread_counts<D>.back());
  Guarded<T> before(count), y(count);
  device.template add<T>(count, 2, from.data(), identity, before.data());
  for (const ActivationRow& each : activations) {
    const std::string activation = each.name;
    CAPTURE(activation);
    device.template add<T>(count, 2, from.data(), each.activation, y.data());
    std::vector<long double> exact(count);
    for (index_t i = 0; i < count; ++i) exact[i] = exact_activation(each.activation, before.data()[i]);
    CHECK(y.intact());
    CHECK(beyond(std::as_const(y).span(), std::span(exact), [&](index_t i) {
            return activation_bound<T>(each.activation, static_cast<double>(before.data()[i]));
          }) == "");
  }
}

/// Copies are exact.
template <class T, class D>
void check_concatenate(index_t pixels, const std::vector<index_t>& channels, std::uint64_t seed) {
  CAPTURE(pixels);
  std::vector<index_t> sizes;
  index_t all = 0;
  for (const index_t count : channels) {
    sizes.push_back(pixels * count);
    all += count;
  }
  Branches<T> x(sizes);
  x.randomize(seed);
  const std::vector<T*> from = x.pointers();
  const index_t branches = channels.size();
  Guarded<T> expected(pixels * all);
  taut::kernels::reference::concatenate<T>(pixels, branches, channels.data(), from.data(), expected.data());
  for (const unsigned threads : thread_counts<D>) {
    CAPTURE(threads);
    D device = make_device<D>(threads);
    Guarded<T> y(pixels * all);
    device.template concatenate<T>(pixels, branches, channels.data(), from.data(), y.data());
    CHECK(y.intact());
    CHECK(y.same_bits(expected));

    Branches<T> parts(sizes);
    const std::vector<T*> to = parts.pointers(0);
    device.template split<T>(pixels, branches, channels.data(), y.data(), to.data());
    for (index_t b = 0; b < branches; ++b) {
      CHECK(parts[b].intact());
      CHECK(parts[b].written() == (b != 0));
      if (b != 0) CHECK(parts[b].same_bits(x[b]));
    }
  }
}

template <class T, class D>
void check_branches() {
  for (index_t i = 0; i < spans.size(); ++i) {
    for (const index_t branches : {index_t{1}, index_t{2}, index_t{3}, index_t{8}}) {
      check_add<T, D>(spans[i], branches, identity, 10 * i + branches);
      check_add<T, D>(spans[i], branches, relu, 10 * i + branches);
    }
  }
  check_add_activations<T, D>(1000, 7);
  for (const ConcatenationRow& row : concatenations) {
    check_concatenate<T, D>(row.pixels, {row.channels.begin(), row.channels.begin() + static_cast<std::ptrdiff_t>(row.branches)}, row.pixels);
  }
}

}  // namespace ops
