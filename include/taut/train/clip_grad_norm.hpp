/// clip_grad_norm: gradients of bounded length, as PyTorch's clip_grad_norm_.
#pragma once

#include <cmath>
#include <span>

#include "taut/device/device.hpp"
#include "taut/train/optimizer.hpp"

namespace taut {

/// Scales all gradients so that their 2-norm is at most `max_norm`. Returns the norm they had.
template <Trainable M>
double clip_grad_norm(M& model, double max_norm) {
  using T = typename M::Scalar;
  if (!(max_norm > 0)) fail("clip_grad_norm: expected max_norm > 0, found ", max_norm);
  const std::span<T> gradients = detail::arrays_of(model).gradients;
  const double norm = std::sqrt(model.device().template sum_of_squares<T>(gradients.size(), gradients.data()));
  const double factor = max_norm / (norm + 1e-6);
  if (factor < 1) model.device().template scale<T>(gradients.size(), static_cast<T>(factor), gradients.data());
  return norm;
}

}  // namespace taut
