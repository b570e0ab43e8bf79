/// Loops: what oneDNN lacks for training, on OpenMP's threads and fused as far as it goes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "onednn_graph.hpp"

namespace compare::onednn {

/// A parameter in the format that the forward pass likes, with what Adam keeps of it.
struct Parameter {
  memory value, gradient;
  std::vector<float> first, second;
};

/// In place; half of the units are dropped. A hash of the position is all the randomness that this needs.
inline void relu_dropout(const memory& hidden, std::uint32_t draw) {
  float* h = data_of(hidden);
  const auto count = static_cast<std::uint32_t>(count_of(hidden));
  const std::uint32_t key = draw * 0x9E3779B9U;
#pragma omp parallel for simd
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t bits = (i ^ key) * 0x85EBCA6BU;
    bits = (bits ^ (bits >> 13U)) * 0xC2B2AE35U;
    h[i] = (bits >> 31U) != 0 && h[i] > 0 ? 2 * h[i] : 0;
  }
}

/// The gradient goes through where something came through.
inline void relu_dropout_backward(const memory& hidden, const memory& gradient) {
  const float* h = data_of(hidden);
  float* d = data_of(gradient);
  const std::size_t count = count_of(hidden);
#pragma omp parallel for simd
  for (std::size_t i = 0; i < count; ++i) d[i] = h[i] > 0 ? 2 * d[i] : 0;
}

/// The mean loss; `gradients` becomes its gradient by the logits.
inline double cross_entropy(memory::dim rows, const std::vector<std::int32_t>& labels, const float* logits,  // (rows, 7)
                            float* gradients) {                                                              // (rows, 7)
  const auto scale = 1.0F / static_cast<float>(rows);
  double loss = 0;
  for (memory::dim row = 0; row < rows; ++row) {
    const float* x = logits + 7 * row;
    float* d = gradients + 7 * row;
    const float most = *std::max_element(x, x + 7);
    float sum = 0;
    for (int i = 0; i < 7; ++i) sum += d[i] = std::exp(x[i] - most);
    for (int i = 0; i < 7; ++i) d[i] *= scale / sum;
    const std::int32_t label = labels[static_cast<std::size_t>(row)];
    loss += static_cast<double>(scale * (std::log(sum) + most - x[label]));
    d[label] -= scale;
  }
  return loss;
}

/// Learning rate 1e-3, weight decay 1e-4 added to the gradient; steps count from one.
inline void adam(std::vector<Parameter>& parameters, int step) {
  const float first_rate = 1e-3F / (1 - std::pow(0.9F, static_cast<float>(step)));
  const float second_scale = 1 / std::sqrt(1 - std::pow(0.999F, static_cast<float>(step)));
  for (Parameter& p : parameters) {
    float *value = data_of(p.value), *gradient = data_of(p.gradient), *first = p.first.data(), *second = p.second.data();
    const std::size_t count = p.first.size();
#pragma omp parallel for simd if (count > 10000)
    for (std::size_t i = 0; i < count; ++i) {
      const float g = gradient[i] + 1e-4F * value[i];
      first[i] += 0.1F * (g - first[i]);
      second[i] += 0.001F * (g * g - second[i]);
      value[i] -= first_rate * first[i] / (std::sqrt(second[i]) * second_scale + 1e-8F);
    }
  }
}

}  // namespace compare::onednn
