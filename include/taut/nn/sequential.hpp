/// Sequential: an input shape and layers in a row; the network as a type.
#pragma once

#include <type_traits>

#include "taut/nn/make_plan.hpp"
#include "taut/nn/memory_plan.hpp"
#include "taut/nn/misfit.hpp"

namespace taut {

namespace detail {

template <Shape Input, class List>
inline constexpr auto plan_of = make_plan(Input, List{});

/// Reaches a layer's type by its number without a recursion.
template <class List>
struct LayersOf;
template <class... Layers>
struct LayersOf<LayerList<Layers...>> {
  using Table = LayerTable<std::make_index_sequence<sizeof...(Layers)>, Layers...>;
  template <index_t Index>
  using at = typename decltype(layer_at<Index>(Table{}))::type;
};

/// The class of a layer by its number; of `network_input`, which is no layer, what stands for it in a sentence.
template <class List, index_t Index>
struct Source {
  using type = typename LayersOf<List>::template at<Index>;
};
template <class List>
struct Source<List, network_input> {
  using type = diagnostics::input_of_network;
};

/// A base that is empty where the network fits; elsewhere its name is the error, and the network has no members.
template <bool Fits, Shape Input, class List>
struct must_fit {};

template <Shape Input, class List>
struct must_fit<false, Input, List>
    : diagnostics::stop<diagnostics::misfit<
          typename LayersOf<List>::template at<plan_of<Input, List>.first_misfit>,
          typename Source<List, source_of(plan_of<Input, List>, plan_of<Input, List>.first_misfit)>::type,
          plan_of<Input, List>.layers[plan_of<Input, List>.first_misfit].input, plan_of<Input, List>.first_misfit,
          plan_of<Input, List>.misfit_path, plan_of<Input, List>.first_branch>> {};

/// Asks first whether all classes are layers, and only then whether they fit.
template <bool AreLayers, Shape Input, class List>
struct must_be_network : must_fit<plan_of<Input, List>.first_misfit == List::size, Input, List> {};

template <Shape Input, class List>
struct must_be_network<false, Input, List>
    : diagnostics::stop<
          diagnostics::not_a_layer<typename LayersOf<List>::template at<first_non_layer(List{})>, first_non_layer(List{})>> {};

}  // namespace detail

/// A network: its constants say everything that is known before it runs. One that doesn't fit has no members at all,
/// and the error says which layer expects what.
template <Shape Input, class... Parts>
struct Sequential
    : private detail::must_be_network<detail::first_non_layer(detail::flatten_t<Parts...>{}) == detail::flatten_t<Parts...>::size, Input,
                                      detail::flatten_t<Parts...>> {
 private:
  using List = detail::flatten_t<Parts...>;

 public:
  static constexpr index_t depth = List::size;

  static constexpr Plan<depth> plan = detail::plan_of<Input, List>;
  static_assert(plan.unflattened_output == Shape{}, "a Flatten needs a Linear somewhere behind it: an image's features lie channels last");
  static constexpr Shape input_shape = Input;
  static constexpr Shape output_shape = plan.output;
  /// Trainable parameters, as PyTorch counts them.
  static constexpr index_t parameter_count = plan.parameter_count;
  /// Of one sample's forward pass; a convolution's padding taps are counted.
  static constexpr index_t multiply_adds = plan.multiply_adds;

  /// The type of layer number `Index`, blocks taken apart.
  template <index_t Index>
  using layer = typename detail::LayersOf<List>::template at<Index>;

  /// What training and inference at a batch of up to `Batch` rows keep in memory, device workspaces aside.
  template <index_t Batch>
  static constexpr MemoryPlan<plan.step_count> memory = plan_memory<plan.step_count>(plan, Batch);
};

}  // namespace taut
