/// forward: a 3×3 convolution by Winograd's algorithm.
///
/// A task owns a block of tiles: it transforms their pixels into its scratch memory, then, group by group of output panels, multiplies all
/// points and transforms the products back, so that neither ever leaves the L2 cache. A batch of few tiles has too few blocks to share:
/// there the tiles are transformed first, and the tasks are groups of output panels. Loops: block → group → point → panel → ir → k.
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/winograd/filter.hpp"
#include "taut/kernels/cpu/winograd/product.hpp"
#include "taut/kernels/cpu/winograd/tiles.hpp"

namespace taut::kernels::cpu::winograd {

namespace detail {

template <Conv2dGeometry g, class T>
struct ForwardPlan {
  using P = Plan<g, T>;
  /// Output panels whose products wait together for their way back: they share each sweep over the transformed pixels.
  static constexpr index_t group = std::min<index_t>(2, P::out_panels), groups = parts(P::out_panels, group);
  static constexpr index_t block = P::block_tiles((P::in_tile + group * P::panel_tile) * index_t(sizeof(T)));

  // One line of padding a point: a power of two between points would crowd all of them into a few sets of the L1 cache.
  static constexpr index_t panel_step = block * nr<T>;
  static constexpr index_t in_step = P::in_panels * panel_step + nr<T>, out_step = group * panel_step + nr<T>;
  static constexpr index_t transformed = P::points * in_step, products = P::points * out_step;

  /// Up to so many blocks, groups of panels are shared instead of blocks.
  static constexpr index_t few_blocks = 4;
  static constexpr EvenSplit blocks(index_t rows) { return {rows * P::tiles, block}; }
};

template <Conv2dGeometry g, class T>
struct Forward {
  using P = Plan<g, T>;
  using F = ForwardPlan<g, T>;
  const T* x;
  const T* bias;
  Activation activation;
  T* y;
  const T* filter;  // (out_panels, points, in_channels, nr)

  void transform_panel(EvenSplit blocks, index_t block, index_t panel, T* transformed) const {
    transform_input<g>(blocks.begin(block), blocks.begin(block + 1), panel, x, transformed + panel * F::panel_step, F::in_step);
  }

  void multiply_group(EvenSplit blocks, index_t block, index_t group, const T* transformed, T* products) const {
    const index_t first = group * F::group, last = std::min(P::out_panels, first + F::group);
    for (index_t point = 0; point < P::points; ++point) {
      for (index_t panel = first; panel < last; ++panel) {
        multiply_tiles(blocks.size(block), P::in_panels, transformed + point * F::in_step, F::panel_step,
                       filter + (panel * P::points + point) * g.in_channels * nr<T>,
                       products + point * F::out_step + (panel - first) * F::panel_step);
      }
    }
    for (index_t panel = first; panel < last; ++panel) {
      transform_output<g>(blocks.begin(block), blocks.begin(block + 1), panel, products + (panel - first) * F::panel_step, F::out_step,
                          bias, activation, y);
    }
  }
};

}  // namespace detail

/// Elements of workspace that `forward` needs.
template <Conv2dGeometry g, class T>
constexpr index_t forward_workspace(index_t rows, index_t threads) {
  using F = detail::ForwardPlan<g, T>;
  const index_t shared = std::min(F::blocks(rows).parts(), F::few_blocks) * F::transformed;
  return std::max(shared, threads * F::transformed) + threads * F::products;
}

/// filter (out_panels, points, in_channels, nr), Plan::filter_size elements, from the weight.
template <Conv2dGeometry g, class T, class Threads>
void transform_filters(Threads& threads, const T* weight /* (3, 3, in_channels, out_channels) */, T* filter) {
  threads.run(Plan<g, T>::out_panels, [&](index_t panel) {
    transform_filter<g>(panel, weight, filter + panel * Plan<g, T>::points * g.in_channels * nr<T>);
  });
}

/// y = activation(x * weight + bias); `bias` may be null. Requires: possible<T>(g); workspace of forward_workspace elements.
/// Ensures: bits independent of the number of threads.
template <Conv2dGeometry g, class T, class Threads>
void forward(Threads& threads, index_t rows,
             const T* x,       // (rows, in_height, in_width, in_channels)
             const T* filter,  // as transform_filters leaves it
             const T* bias,    // (out_channels) or null
             Activation activation,
             T* y,  // (rows, out_height, out_width, out_channels)
             T* workspace) {
  using P = Plan<g, T>;
  using F = detail::ForwardPlan<g, T>;
  const EvenSplit blocks = F::blocks(rows);
  T* const products = workspace;
  T* const transformed = products + threads.threads() * F::products;
  const detail::Forward<g, T> pass{x, bias, activation, y, filter};

  if (blocks.parts() > F::few_blocks) {
    threads.run(blocks.parts(), [&](index_t block, index_t thread) {
      T* const mine = transformed + thread * F::transformed;
      for (index_t panel = 0; panel < P::in_panels; ++panel) pass.transform_panel(blocks, block, panel, mine);
      for (index_t group = 0; group < F::groups; ++group) {
        pass.multiply_group(blocks, block, group, mine, products + thread * F::products);
      }
    });
    return;
  }
  threads.run(blocks.parts() * P::in_panels, [&](index_t task) {
    const index_t block = task / P::in_panels;
    pass.transform_panel(blocks, block, task % P::in_panels, transformed + block * F::transformed);
  });
  threads.run(blocks.parts() * F::groups, [&](index_t task, index_t thread) {
    const index_t block = task / F::groups;
    pass.multiply_group(blocks, block, task % F::groups, transformed + block * F::transformed, products + thread * F::products);
  });
}

}  // namespace taut::kernels::cpu::winograd
