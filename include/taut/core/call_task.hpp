/// call_task: how every thread policy calls a numbered task.
#pragma once

#include <type_traits>

#include "taut/core/shape.hpp"

namespace taut::detail {

/// A task may ask for the number of the thread that runs it.
template <class Task>
void call_task(Task& task, index_t i, index_t thread) {
  if constexpr (std::is_invocable_v<Task&, index_t, index_t>) {
    task(i, thread);
  } else {
    task(i);
  }
}

}  // namespace taut::detail
