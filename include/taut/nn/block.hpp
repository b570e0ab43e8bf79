/// Block: a named run of layers, for `using ConvBlock = Block<…>`; a Sequential takes it apart into its layers.
#pragma once

#include <utility>

#include "taut/nn/layer.hpp"

namespace taut {

/// Layers and blocks in a row, without an input shape of their own: the Sequential that takes it apart checks them.
template <class... Parts>
struct Block {};

namespace detail {

template <class... Layers>
struct LayerList {
  static constexpr index_t size = sizeof...(Layers);
};

template <class... Left, class... Right>
LayerList<Left..., Right...> operator+(LayerList<Left...>, LayerList<Right...>);

template <class X>
struct Flattened {
  using type = LayerList<X>;
};
template <class... Parts>
struct Flattened<Block<Parts...>> {
  using type = decltype((LayerList<>{} + ... + typename Flattened<Parts>::type{}));
};

/// The flat list of layers in `Parts`.
template <class... Parts>
using flatten_t = typename Flattened<Block<Parts...>>::type;

template <index_t Index, class X>
struct IndexedLayer {
  using type = X;
};

template <class Indices, class... Layers>
struct LayerTable;
template <index_t... Index, class... Layers>
struct LayerTable<std::index_sequence<Index...>, Layers...> : IndexedLayer<Index, Layers>... {};

template <index_t Index, class X>
IndexedLayer<Index, X> layer_at(IndexedLayer<Index, X>);

}  // namespace detail
}  // namespace taut
