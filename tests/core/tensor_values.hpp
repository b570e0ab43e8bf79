/// Tensors for tests: their values as a vector, and tensors to compute with.
#pragma once

#include <vector>

#include "taut/core/random.hpp"
#include "taut/core/tensor.hpp"

namespace taut::test {

template <TensorLike X>
std::vector<typename X::value_type> values(const X& tensor) {
  const auto view = tensor.view();
  return std::vector<typename X::value_type>(view.begin(), view.end());
}

/// 0, 1, 2… in row-major order.
template <class T, Shape S>
Tensor<T, S> counting() {
  Tensor<T, S> tensor;
  T next{};
  for (T& value : tensor) value = next++;
  return tensor;
}

/// Numbers between -1 and 1.
template <class T, Shape S>
Tensor<T, S> noise(std::uint64_t seed) {
  Random random(seed);
  Tensor<T, S> tensor;
  for (T& value : tensor) value = static_cast<T>(random.uniform(-1, 1));
  return tensor;
}

/// The element at four indices, of which the leading ones fall away where there are fewer axes, and those of axes of one element are 0:
/// broadcasting as it is defined.
template <TensorLike X>
typename X::value_type repeated(const X& tensor, const std::vector<index_t>& at) {
  constexpr Shape shape = X::shape;
  index_t offset = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const index_t index = at[at.size() - static_cast<std::size_t>(shape.rank() - axis)];
    offset = offset * shape[axis] + (shape[axis] == 1 ? 0 : index);
  }
  return tensor.view().data()[offset];
}

/// Calls visit({i, j, …}) for all indices of a shape in row-major order.
template <class Visit>
void for_each_index(Shape shape, Visit&& visit) {
  std::vector<index_t> at(static_cast<std::size_t>(shape.rank()));
  for (index_t element = 0; element < shape.size(); ++element) {
    index_t rest = element;
    for (int axis = shape.rank(); axis-- > 0;) {
      at[static_cast<std::size_t>(axis)] = rest % shape[axis];
      rest /= shape[axis];
    }
    visit(at);
  }
}

}  // namespace taut::test
