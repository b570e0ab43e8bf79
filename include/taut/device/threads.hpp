/// SingleThread: the thread policy of a device that starts none.
#pragma once

#include "taut/core/call_task.hpp"
#include "taut/core/shape.hpp"

namespace taut {

/// Runs every task on the calling thread, in order; the same bits as a ThreadPool of any size.
class SingleThread {
 public:
  explicit SingleThread(unsigned = 1) {}

  unsigned threads() const { return 1; }

  template <class Task>
  void run(index_t tasks, Task&& task) {
    for (index_t i = 0; i < tasks; ++i) detail::call_task(task, i, 0);
  }
};

}  // namespace taut
