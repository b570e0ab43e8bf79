/// Print: tensors as text, in nested brackets.
#pragma once

#include <algorithm>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "taut/core/tensor.hpp"

namespace taut {

namespace detail {

/// A tensor of more elements than this is printed with its middle left out, and this many entries at each end of a long axis stay:
/// NumPy's and PyTorch's numbers.
inline constexpr index_t print_threshold = 1000, print_edge = 3;

/// Stands for the entries of an axis that are left out.
inline constexpr index_t left_out = static_cast<index_t>(-1);

/// The entries of an axis that are printed.
inline std::vector<index_t> printed_entries(index_t extent, bool shortened) {
  std::vector<index_t> entries;
  for (index_t i = 0; i < extent; ++i) {
    if (!shortened || extent <= 2 * print_edge || i < print_edge || i >= extent - print_edge) {
      entries.push_back(i);
    } else if (i == print_edge) {
      entries.push_back(left_out);
    }
  }
  return entries;
}

/// Walks over what is printed: visitor.open(), gap(inner axes, depth), skip(), leaf(offset) and close().
template <class Visitor>
void walk_printed(Shape shape, int axis, index_t offset, bool shortened, Visitor& visitor) {
  if (axis == shape.rank()) {
    visitor.leaf(offset);
    return;
  }
  visitor.open();
  bool first = true;
  for (const index_t entry : printed_entries(shape[axis], shortened)) {
    if (!first) visitor.gap(shape.rank() - axis - 1, axis + 1);
    first = false;
    if (entry == left_out) {
      visitor.skip();
    } else {
      walk_printed(shape, axis + 1, offset * shape[axis] + entry, shortened, visitor);
    }
  }
  visitor.close();
}

/// Elements as text, all of one width, in the stream's own format.
template <class T>
class TensorPrinter {
 public:
  TensorPrinter(std::ostream& out, const T* data, Shape shape) : out_(out), data_(data) {
    const bool shortened = shape.size() > print_threshold;
    cell_.copyfmt(out);
    out.width(0);
    cell_.width(0);
    walk_printed(shape, 0, 0, shortened, *this);
    printing_ = true;
    walk_printed(shape, 0, 0, shortened, *this);
  }

  void open() { write("["); }
  void close() { write("]"); }
  void skip() { write("..."); }

  /// Within a row a space, between rows a line break, and one more for each axis further out; then under the opening bracket.
  void gap(int inner_axes, int depth) {
    write(",");
    if (inner_axes == 0) return write(" ");
    write(std::string(static_cast<index_t>(inner_axes), '\n') + std::string(static_cast<index_t>(depth), ' '));
  }

  void leaf(index_t offset) {
    cell_.str("");
    cell_ << +data_[offset];  // + makes a number of a byte
    const std::string text = cell_.str();
    if (printing_) {
      write(std::string(width_ - text.size(), ' ') + text);
    } else {
      width_ = std::max(width_, text.size());
    }
  }

 private:
  void write(const std::string& text) {
    if (printing_) out_ << text;
  }

  std::ostream& out_;
  const T* data_;
  std::ostringstream cell_;
  index_t width_ = 0;
  bool printing_ = false;
};

}  // namespace detail

/// Prints elements in nested brackets, aligned, in the stream's format (`std::fixed`, `std::setprecision`…). Of a tensor with more than
/// 1,000 elements, long axes show their first and last three entries.
template <class T, Shape S>
std::ostream& operator<<(std::ostream& out, const View<T, S>& view) {
  detail::TensorPrinter<std::remove_const_t<T>>(out, view.data(), S);
  return out;
}

template <class T, Shape S>
std::ostream& operator<<(std::ostream& out, const Tensor<T, S>& tensor) {
  return out << tensor.view();
}

}  // namespace taut
