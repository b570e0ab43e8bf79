/// conv2d: chooses, while compiling, how each pass of a convolution is done on the CPU.
#pragma once

#include <algorithm>
#include <vector>

#include "taut/kernels/cpu/conv2d_backward_weight.hpp"
#include "taut/kernels/cpu/conv2d_columns.hpp"
#include "taut/kernels/cpu/conv2d_depthwise.hpp"
#include "taut/kernels/cpu/conv2d_depthwise_weight.hpp"
#include "taut/kernels/cpu/conv2d_few_channels.hpp"
#include "taut/kernels/cpu/conv2d_few_channels_weight.hpp"
#include "taut/kernels/cpu/conv2d_gather.hpp"
#include "taut/kernels/cpu/convolution_algorithm.hpp"
#include "taut/kernels/cpu/merged_groups.hpp"
#include "taut/kernels/cpu/winograd/backward.hpp"
#include "taut/kernels/cpu/winograd/few_channels.hpp"
#include "taut/kernels/cpu/winograd/forward.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// A tile's rows are pixels of one line. On lines shorter than this (an image of 3×3 pixels) most of a tile would be idle,
/// and a column matrix, whose rows run on from line to line and image to image, is faster.
inline constexpr index_t shortest_line = 4;

template <GatherGeometry g, class Gemm>
inline constexpr bool gathers = Gemm::direct_convolution && g.horizontal.count(0) >= shortest_line;

/// Each channel by itself, as vectors of channels.
template <GatherGeometry g, class Gemm>
inline constexpr bool stays_in_channels = Gemm::direct_convolution && g.groups > 1 &&
                                          g.group_in_channels() == 1 && g.group_out_channels() == 1;

template <GatherGeometry g, class T, class Gemm>
constexpr index_t gather_workspace(index_t rows) {
  if constexpr (stays_in_channels<g, Gemm>) {
    return 0;
  } else if constexpr (gathers<g, Gemm>) {
    return conv2d_gather_workspace<g, T>();
  } else {
    return conv2d_columns_workspace<g, T, Gemm>(rows);
  }
}

template <GatherGeometry g, class T, class Gemm, class Threads>
void gather(Threads& threads, index_t rows, const T* in, const T* weight, const T* bias, Activation activation, T* out, T* workspace) {
  if constexpr (stays_in_channels<g, Gemm>) {
    conv2d_depthwise<g>(threads, rows, in, weight, bias, activation, out);
  } else if constexpr (gathers<g, Gemm>) {
    conv2d_gather<g>(threads, rows, in, weight, bias, activation, out, workspace);
  } else {
    conv2d_columns<g, T, Gemm>(threads, rows, in, weight, bias, activation, out, workspace);
  }
}

/// Lines of several thousand pixels wouldn't fit the stack of a thread; they go through a column matrix too.
inline constexpr index_t most_stack_bytes = 512 * 1024;

/// Both passes of images of few channels go over a padded copy; the gradient with respect to such an image is gathered as any other.
template <Conv2dGeometry g, class T, class Gemm>
inline constexpr bool copies_padded = Gemm::direct_convolution && few_channels(g) && g.out_width() >= shortest_line &&
                                      FewChannels<g, T>::stack_bytes <= most_stack_bytes;

template <Conv2dGeometry g, class T, class Gemm>
inline constexpr bool sweeps =
    Gemm::direct_convolution && g.out_width() >= shortest_line && WeightPlan<g, T>::stack_bytes <= most_stack_bytes;

}  // namespace detail

/// Whether the forward pass of few channels is Winograd's down the columns.
template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm>
inline constexpr bool transforms_lines =
    detail::copies_padded<g, T, Gemm> && winograd::LinesPlan<g, T>::stack_bytes <= detail::most_stack_bytes &&
    ((algorithm == ConvolutionAlgorithm::automatic && winograd::lines_pay(g)) ||
     (algorithm == ConvolutionAlgorithm::winograd && winograd::lines_possible(g)));

namespace detail {

template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm, class Threads>
void forward_from_weight(Threads& threads, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y,
                         T* workspace) {
  if constexpr (transforms_lines<g, T, Gemm, algorithm>) {
    winograd::few_channels_forward<g>(threads, rows, x, weight, bias, activation, y);
  } else if constexpr (copies_padded<g, T, Gemm>) {
    conv2d_few_channels<g>(threads, rows, x, weight, bias, activation, y);
  } else {
    gather<gather_forward(g), T, Gemm>(threads, rows, x, weight, bias, activation, y, workspace);
  }
}

template <Conv2dGeometry g, class T, class Gemm, class Threads>
void direct_backward_weight(Threads& threads, index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
  if constexpr (copies_padded<g, T, Gemm>) {
    conv2d_few_channels_weight<g>(threads, rows, x, dy, dweight, dbias, workspace);
  } else if constexpr (stays_in_channels<gather_forward(g), Gemm>) {
    conv2d_depthwise_weight<g>(threads, rows, x, dy, dweight, dbias, workspace);
  } else if constexpr (sweeps<g, T, Gemm>) {
    conv2d_backward_weight<g>(threads, rows, x, dy, dweight, dbias, workspace);
  } else {
    conv2d_columns_backward_weight<g, T, Gemm>(threads, rows, x, dy, dweight, dbias, workspace);
  }
}

template <Conv2dGeometry g, class T, class Gemm>
constexpr index_t direct_workspace(index_t rows) {
  const index_t backward_input = gather_workspace<gather_backward_input(g), T, Gemm>(rows);
  if constexpr (copies_padded<g, T, Gemm>) {
    return std::max(backward_input, conv2d_few_channels_weight_workspace<g, T>(rows));
  } else {
    const index_t gathering = std::max(backward_input, gather_workspace<gather_forward(g), T, Gemm>(rows));
    if constexpr (stays_in_channels<gather_forward(g), Gemm>) {
      return conv2d_depthwise_weight_workspace<g>(rows);
    } else if constexpr (sweeps<g, T, Gemm>) {
      return std::max(gathering, conv2d_backward_weight_workspace<g, T>(rows));
    } else {
      return std::max(gathering, conv2d_columns_backward_weight_workspace<g, T, Gemm>(rows));
    }
  }
}

}  // namespace detail

/// Whether a convolution is computed by Winograd's algorithm.
template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm>
inline constexpr bool uses_winograd =
    Gemm::direct_convolution && ((algorithm == ConvolutionAlgorithm::automatic && winograd::pays<T>(g)) ||
                                 (algorithm == ConvolutionAlgorithm::winograd && winograd::possible<T>(g)));

/// The geometry that a convolution is computed as: that with fewer and wider groups, where its own are narrow.
template <Conv2dGeometry g, class T, class Gemm>
inline constexpr Conv2dGeometry computed_as = Gemm::direct_convolution ? merged_groups<T>(g) : g;

/// Elements of workspace for `rows` samples, enough for each pass.
template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm>
constexpr index_t conv2d_workspace(index_t rows, index_t threads) {
  if constexpr (constexpr Conv2dGeometry merged = computed_as<g, T, Gemm>; merged != g) {
    return spread_size<merged> + conv2d_workspace<merged, T, Gemm, algorithm>(rows, threads);
  } else if constexpr (uses_winograd<g, T, Gemm, algorithm>) {
    return std::max(winograd::Plan<g, T>::filter_size + winograd::forward_workspace<g, T>(rows, threads),
                    winograd::backward_workspace<g, T>(rows, threads));
  } else {
    return detail::direct_workspace<g, T, Gemm>(rows);
  }
}

/// Elements that `conv2d_prepare` writes.
template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm>
constexpr index_t conv2d_prepared_size() {
  constexpr Conv2dGeometry computed = computed_as<g, T, Gemm>;
  if constexpr (uses_winograd<computed, T, Gemm, algorithm>) return winograd::Plan<computed, T>::filter_size;
  return computed.weight_size();
}

/// A weight that won't change any more, in the form that conv2d_forward_prepared reads. May allocate.
template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm, class Threads>
void conv2d_prepare(Threads& threads, const T* weight, T* prepared) {
  if constexpr (constexpr Conv2dGeometry merged = computed_as<g, T, Gemm>; merged != g) {
    std::vector<T> spread(merged.weight_size());
    spread_weight<g, merged>(weight, spread.data());
    conv2d_prepare<merged, T, Gemm, algorithm>(threads, static_cast<const T*>(spread.data()), prepared);
  } else if constexpr (uses_winograd<g, T, Gemm, algorithm>) {
    winograd::transform_filters<g>(threads, weight, prepared);
  } else {
    std::copy_n(weight, g.weight_size(), prepared);
  }
}

template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm, class Threads>
void conv2d_forward_prepared(Threads& threads, index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y,
                             T* workspace) {
  if constexpr (constexpr Conv2dGeometry merged = computed_as<g, T, Gemm>; merged != g) {
    conv2d_forward_prepared<merged, T, Gemm, algorithm>(threads, rows, x, prepared, bias, activation, y, workspace + spread_size<merged>);
  } else if constexpr (uses_winograd<g, T, Gemm, algorithm>) {
    winograd::forward<g>(threads, rows, x, prepared, bias, activation, y, workspace);
  } else {
    detail::forward_from_weight<g, T, Gemm, algorithm>(threads, rows, x, prepared, bias, activation, y, workspace);
  }
}

template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm, class Threads>
void conv2d_forward(Threads& threads, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y,
                    T* workspace) {
  if constexpr (constexpr Conv2dGeometry merged = computed_as<g, T, Gemm>; merged != g) {
    spread_weight<g, merged>(weight, workspace);
    conv2d_forward<merged, T, Gemm, algorithm>(threads, rows, x, static_cast<const T*>(workspace), bias, activation, y,
                                               workspace + spread_size<merged>);
  } else if constexpr (uses_winograd<g, T, Gemm, algorithm>) {
    T* const rest = workspace + winograd::Plan<g, T>::filter_size;
    winograd::transform_filters<g>(threads, weight, workspace);
    winograd::forward<g>(threads, rows, x, static_cast<const T*>(workspace), bias, activation, y, rest);
  } else {
    detail::forward_from_weight<g, T, Gemm, algorithm>(threads, rows, x, weight, bias, activation, y, workspace);
  }
}

/// Both gradients; dweight with dbias, or dx, are null where nobody asks for them.
template <Conv2dGeometry g, class T, class Gemm, ConvolutionAlgorithm algorithm, class Threads>
void conv2d_backward(Threads& threads, index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx,
                     T* workspace) {
  if constexpr (constexpr Conv2dGeometry merged = computed_as<g, T, Gemm>; merged != g) {
    T* const spread = workspace;
    T* const rest = workspace + spread_size<merged>;
    constexpr T* nobody = nullptr;
    if (dweight != nullptr) {
      conv2d_backward<merged, T, Gemm, algorithm>(threads, rows, x, dy, static_cast<const T*>(nullptr), spread, dbias, nobody, rest);
      collect_weight<g, merged>(static_cast<const T*>(spread), dweight);
    }
    if (dx != nullptr) {
      spread_weight<g, merged>(weight, spread);
      conv2d_backward<merged, T, Gemm, algorithm>(threads, rows, x, dy, static_cast<const T*>(spread), nobody, nobody, dx, rest);
    }
  } else if constexpr (uses_winograd<g, T, Gemm, algorithm>) {
    winograd::backward<g>(threads, rows, x, dy, weight, dweight, dbias, dx, workspace);
  } else {
    if (dweight != nullptr) detail::direct_backward_weight<g, T, Gemm>(threads, rows, x, dy, dweight, dbias, workspace);
    if (dx != nullptr) {
      detail::gather<gather_backward_input(g), T, Gemm>(threads, rows, dy, weight, static_cast<const T*>(nullptr), Activation::identity,
                                                        dx, workspace);
    }
  }
}

}  // namespace taut::kernels::cpu
