/// Golden: the committed vectors, in our layouts, and how far from them a result may lie.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/shape.hpp"
#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/io/safetensors_reader.hpp"

namespace taut::test {

/// What runs a test: a device and the scalar it computes with.
template <class D, class T>
struct On {
  using Device = D;
  using Scalar = T;
};

inline TensorFile read_golden(const std::string& name) {
  return read_safetensors(std::string(TAUT_TESTS_FOLDER) + "/golden/" + name + ".safetensors");
}

/// PyTorch's (outer, channels, inner) as our (outer, inner, channels): images, and weights with `outer` folded away.
template <class T>
std::vector<T> channels_last(const std::vector<T>& values, index_t outer, index_t channels) {
  const index_t inner = values.size() / (outer * channels);
  std::vector<T> turned(values.size());
  for (index_t o = 0; o < outer; ++o) {
    for (index_t c = 0; c < channels; ++c) {
      for (index_t i = 0; i < inner; ++i) turned[(o * inner + i) * channels + c] = values[(o * channels + c) * inner + i];
    }
  }
  return turned;
}

inline const TensorFile& golden_operations() {
  static const TensorFile operations = read_golden("operations");
  return operations;
}

/// One operation's tensors from a file, as a device wants them.
template <class T>
class GoldenCase {
 public:
  explicit GoldenCase(std::string name, const TensorFile& file = golden_operations()) : name_(std::move(name)), file_(&file) {}

  std::vector<T> operator[](const std::string& tensor) const { return file_->tensor<T>(name_ + "/" + tensor); }

  /// An image: (rows, channels, height, width) becomes (rows, height, width, channels).
  std::vector<T> image(const std::string& tensor) const {
    const auto& shape = file_->at(name_ + "/" + tensor).shape;
    return channels_last((*this)[tensor], shape.at(0), shape.at(1));
  }
  /// A convolution's weight: (out, in, kh, kw) becomes (kh, kw, in, out).
  std::vector<T> convolution(const std::string& tensor) const {
    const auto& shape = file_->at(name_ + "/" + tensor).shape;
    return channels_last(channels_last((*this)[tensor], shape.at(0), shape.at(1)), 1, shape.at(0));
  }
  /// A linear layer's weight: (out, in) becomes (in, out).
  std::vector<T> linear(const std::string& tensor) const {
    return channels_last((*this)[tensor], 1, file_->at(name_ + "/" + tensor).shape.at(0));
  }
  std::vector<std::int32_t> labels() const { return file_->tensor<std::int32_t>(name_ + "/labels"); }
  index_t rows(const std::string& tensor) const { return file_->at(name_ + "/" + tensor).shape.at(0); }

 private:
  std::string name_;
  const TensorFile* file_;
};

/// Memory for a kernel: aligned, and filled with NaN, since outputs are overwritten and workspaces hold nothing.
template <class T>
class Fresh {
 public:
  explicit Fresh(index_t size) : arena_(size) {
    std::fill_n(arena_.data(), size, std::numeric_limits<T>::quiet_NaN());
  }
  explicit Fresh(const std::vector<T>& values) : arena_(values.size()) { std::copy(values.begin(), values.end(), arena_.data()); }

  T* data() { return arena_.data(); }
  operator T*() { return arena_.data(); }
  std::vector<T> values() const { return {arena_.span().begin(), arena_.span().end()}; }

 private:
  Arena<T> arena_;
};

/// Holds `found` to `expected`, which was rounded to float. `magnitude` bounds the sum of the absolute values of what was added up to make
/// an element: a sum's rounding error stays, but for rare luck, below the scalar's epsilon times that.
template <class T>
void check_close(const std::string& what, const std::vector<T>& found, const std::vector<T>& expected, double magnitude) {
  INFO(what);
  REQUIRE(found.size() == expected.size());
  double largest = 0, worst = 0;
  bool finite = true;
  for (index_t i = 0; i < found.size(); ++i) {
    finite = finite && std::isfinite(found[i]);
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    worst = std::max(worst, std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i])));
  }
  constexpr double rounding_of_file = std::numeric_limits<float>::epsilon(), rounding = std::numeric_limits<T>::epsilon();
  CHECK(finite);
  CHECK(worst <= rounding_of_file * largest + rounding * magnitude);
}

}  // namespace taut::test
