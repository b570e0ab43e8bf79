/// image_lines: a sweep over the lines of images, cut into tasks of whole lines.
#pragma once

#include <algorithm>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Elements that one task touches: 64 KiB of floats.
inline constexpr index_t line_task_elements = 16 * 1024;

}  // namespace detail

/// visit(row, line) for each of the `lines` lines of each row; one touches `line_elements` elements, more or less.
template <class Threads, class Visit>
void for_each_line(Threads& threads, index_t rows, index_t lines, index_t line_elements, Visit&& visit) {
  const index_t block = std::max<index_t>(1, detail::line_task_elements / line_elements);
  serial_or_parallel_blocks(threads, rows * lines * line_elements, rows * lines, block, [&](index_t begin, index_t end, index_t) {
    for (index_t i = begin; i < end; ++i) visit(i / lines, i % lines);
  });
}

}  // namespace taut::kernels::cpu
