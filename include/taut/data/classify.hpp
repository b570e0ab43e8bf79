/// classify: a picture's bytes through a session.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/data/preparation.hpp"
#include "taut/nn/top_classes.hpp"

namespace taut {

/// The `count` likeliest classes of one gray picture, prepared as the training's pictures were. Allocates the prepared picture and the
/// answer. Throws an Error where the picture hasn't the pixels that the session's network reads.
template <class Session>
std::vector<RankedClass> classify(const Session& session, typename Session::Workspace& workspace, const Preparation& preparation,
                                  std::span<const std::uint8_t> image,  // (height, width)
                                  index_t count) {
  constexpr Shape input = Session::Network::input_shape;
  static_assert(input.rank() == 3 && input.d0 == 1, "classify takes gray pictures: a network whose input is 1 x height x width");
  if (image.size() != input.size() || preparation.pixels() != input.size()) {
    fail("expected pictures of ", input.size(), " pixels but got one of ", image.size(), ", prepared as ", preparation.pixels());
  }
  Batch<float, input, 1> prepared;
  preparation.plain(image.data(), prepared.data());
  const auto logits = session.run(prepared, workspace);
  return top_classes(std::span(logits.data, Session::Network::output_shape.size()), count);
}

}  // namespace taut
