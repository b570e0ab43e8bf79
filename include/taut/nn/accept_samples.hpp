/// accept_samples: what a model or a session is given, as a view; a batch that doesn't fit is refused.
#pragma once

#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/nn/model_misfit.hpp"

namespace taut::detail {

/// Samples of another shape, or a Batch that may hold more than MaxBatch rows, don't compile; `who` complains about a wrong number of rows.
template <class Net, class T, index_t MaxBatch, class Samples>
BatchView<const T, Net::input_shape> accept_samples(const Samples& samples, const char* who) {
  (void)diagnostics::require<Samples::sample_shape == Net::input_shape, diagnostics::sample_misfit<Net, Samples::sample_shape>>{};
  BatchView<const T, Net::input_shape> input;
  if constexpr (requires { Samples::max_rows; }) {
    (void)diagnostics::require<(Samples::max_rows <= MaxBatch), diagnostics::batch_misfit<Net, MaxBatch, Samples::max_rows>>{};
    input = samples.view();
  } else {
    input = samples;
  }
  if (input.rows == 0 || input.rows > MaxBatch) {
    fail("the ", who, " expects batches of 1 to ", MaxBatch, " rows but got ", input.rows);
  }
  return input;
}

}  // namespace taut::detail
