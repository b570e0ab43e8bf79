/// all_or_nothing: a reader that fails leaves a model as it was.
#pragma once

#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "io/networks.hpp"
#include "taut/core/error.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn/model.hpp"

namespace fuzz {

using Model = taut::Model<taut::test::Mlp, float, taut::Reference, 1>;

/// Calls load(model), which may throw an Error, but then not have changed a bit.
template <class Load>
void all_or_nothing(Load&& load) {
  static Model model{taut::seed(1)};
  const std::vector<float> before(model.parameters().begin(), model.parameters().end());
  try {
    load(model);
  } catch (const taut::Error&) {
    if (std::memcmp(before.data(), model.parameters().data(), before.size() * sizeof(float)) != 0) std::abort();
  }
}

}  // namespace fuzz
