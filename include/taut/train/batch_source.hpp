/// BatchSource: what a trainer and an evaluation read.
#pragma once

#include <concepts>
#include <cstdint>

#include "taut/core/shape.hpp"

namespace taut {

/// Hands out an epoch's batches, the same ones whenever it is started at the same epoch and batch: a Loader or a SampleLoader.
template <class S>
concept BatchSource = requires(S source, std::uint64_t epoch, index_t first_batch) {
  source.start(epoch, first_batch);
  source.next()->images;  // (rows, the network's input)
  source.next()->labels;  // (rows): classes, or what else the loss takes as targets
  source.next()->rows;
  { source.batches() } -> std::convertible_to<index_t>;  // of an epoch
  { source.size() } -> std::convertible_to<index_t>;     // samples of an epoch
  { source.pixels() } -> std::convertible_to<index_t>;   // values of a sample
};

}  // namespace taut
