/// Block: a named run of layers, for `using ConvBlock = Block<…>`; a Sequential takes it apart into its layers.
#pragma once

#include <utility>

#include "taut/nn/layer.hpp"

namespace taut {

template <class... Parts>
struct Block;

namespace detail {

template <class X>
inline constexpr bool is_block = false;
template <class... Parts>
inline constexpr bool is_block<Block<Parts...>> = true;

}  // namespace detail

/// What a Sequential is made of: a layer, or a block of such.
template <class X>
concept LayerOrBlock = Layer<X> || detail::is_block<X>;

/// Layers in a row, without an input shape of their own.
template <class... Parts>
struct Block {
  static_assert((LayerOrBlock<Parts> && ...), "a Block is made of layers and blocks");
};

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
