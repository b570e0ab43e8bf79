/// load_session: from a weights file to a network that infers.
#pragma once

#include <filesystem>
#include <utility>

#include "taut/io/weights.hpp"
#include "taut/io/weights_info.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/session.hpp"

namespace taut {

/// `auto [session, info] = load_session<Session<Net, float, Cpu<>>>("best.safetensors")`. Throws an Error that names the file and what in
/// it is of another network.
template <class Session>
std::pair<Session, WeightsInfo> load_session(const std::filesystem::path& path) {
  Model<typename Session::Network, typename Session::Scalar, typename Session::DeviceType, 1> model{seed(0)};
  WeightsInfo info = load_weights(path, model);
  return {Session{model}, std::move(info)};
}

}  // namespace taut
