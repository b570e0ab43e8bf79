/// Tensor exchange: a network's tensors out of and into the arenas, with PyTorch's names, shapes and order.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/nn/layer_name.hpp"
#include "taut/nn/named_tensor.hpp"

namespace taut {

/// One tensor of a network: its layer's plan, its description, its place in its arena, its name and the name of the layer that owns it.
struct TensorPlace {
  const LayerPlan& layer;
  const TensorSpec& spec;
  index_t offset;
  std::string name, owner;
};

/// Calls visit(TensorPlace) for every tensor of the network, in the order of the layers.
template <class Net, class Visit>
void for_each_tensor(Visit&& visit) {
  for_each_layer<Net>([&](const LayerPlan& layer, const std::string& owner) {
    for (index_t t = 0; t < layer.tensors.count; ++t) {
      const TensorSpec& spec = layer.tensors.specs[t];
      visit(TensorPlace{layer, spec, layer.tensor_offset[t], std::string(layer.path.view()) + "." + spec.name, owner});
    }
  });
}

/// Copies the tensors out of the arenas; buffers are left out where `buffers` is null.
template <class Net, class T>
std::vector<NamedTensor<T>> export_tensors(const T* parameters, const T* buffers) {
  std::vector<NamedTensor<T>> tensors;
  for_each_tensor<Net>([&](const TensorPlace& place) {
    const T* const arena = place.spec.trainable ? parameters : buffers;
    if (arena == nullptr) return;
    NamedTensor<T> tensor{place.name, place.spec.shape, std::vector<T>(place.spec.shape.size())};
    for (index_t i = 0; i < tensor.values.size(); ++i) {
      tensor.values[i] = arena[place.offset + detail::storage_index(place.layer, place.spec, i)];
    }
    tensors.push_back(std::move(tensor));
  });
  return tensors;
}

/// Copies tensors, in any order, into the arenas. Throws an Error that names the first tensor which is missing, superfluous or of another
/// shape, and its layer; then nothing was copied.
template <class Net, class T>
void import_tensors(std::span<const NamedTensor<T>> tensors, T* parameters, T* buffers) {
  std::vector<std::pair<TensorPlace, const NamedTensor<T>*>> matches;
  for_each_tensor<Net>([&](const TensorPlace& place) {
    const NamedTensor<T>* match = nullptr;
    for (const NamedTensor<T>& tensor : tensors) {
      if (tensor.name != place.name) continue;
      if (match != nullptr) fail("tensor ", place.name, " of ", place.owner, " is given twice");
      match = &tensor;
    }
    if (match == nullptr) fail("there is no tensor ", place.name, ", which ", place.owner, " needs");
    if (match->shape != place.spec.shape) {
      fail("tensor ", place.name, " of ", place.owner, " should be ", to_string(place.spec.shape), " but is ", to_string(match->shape));
    }
    if (match->values.size() != match->shape.size()) {
      fail("tensor ", place.name, " of ", place.owner, " should have ", match->shape.size(), " values but has ", match->values.size());
    }
    matches.emplace_back(place, match);
  });
  for (const NamedTensor<T>& tensor : tensors) {
    bool known = false;
    for (const auto& [place, match] : matches) known = known || match == &tensor;
    if (!known) fail("tensor ", detail::quote(tensor.name), " (", to_string(tensor.shape), ") belongs to no layer of the network");
  }
  for (const auto& [place, match] : matches) {
    T* const values = (place.spec.trainable ? parameters : buffers) + place.offset;
    for (index_t i = 0; i < match->values.size(); ++i) values[detail::storage_index(place.layer, place.spec, i)] = match->values[i];
  }
}

}  // namespace taut
