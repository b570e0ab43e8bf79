/// layer_name: a layer as a person calls it, and a walk over all layers of a network.
#pragma once

#include <string>
#include <utility>

#include "taut/core/for_each_index.hpp"
#include "taut/core/text.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// "256x3x3"
inline std::string to_string(Shape shape) {
  TextBuilder text;
  text << shape;
  return std::string(text.view());
}

/// "Conv2d<64,3,Padding{1}>"
template <class X>
std::string name_of() {
  TextBuilder text;
  X::name(text);
  return std::string(text.view());
}

/// "layer 4, Conv2d<64,3,Padding{1}>", or "layer 3.main.0, …"
template <class Net, index_t Index>
std::string layer_name() {
  return "layer " + std::string(Net::plan.layers[Index].path.view()) + ", " + name_of<typename Net::template layer<Index>>();
}

/// Calls visit(plan of the layer, its layer_name) for every layer.
template <class Net, class Visit>
void for_each_layer(Visit&& visit) {
  for_each_index<Net::depth>([&]<index_t I>() { visit(Net::plan.layers[I], layer_name<Net, I>()); });
}

}  // namespace taut
