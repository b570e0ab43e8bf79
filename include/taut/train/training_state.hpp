/// TrainingState: all that a run which goes on later must know; apart from it, a run is a function of its settings and its data.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "taut/nn/named_tensor.hpp"
#include "taut/train/state.hpp"

namespace taut {

template <class T>
struct TrainingState {
  struct Array {
    std::string name;
    std::vector<T> values;
  };

  /// Settings that a resumed run must share with the interrupted one, as names and values for a person to read.
  std::vector<std::pair<std::string, std::string>> settings{};
  State numbers{};                          ///< where it stands: epoch, batch, sums, schedule, early stopping, optimizer
  std::vector<NamedTensor<T>> tensors{};    ///< the model's parameters and buffers
  std::vector<Array> arrays{};              ///< the optimizer's memory and the best epoch's weights, flat
};

}  // namespace taut
