// A session on Cuda: its steps are captured at the first run of a number of rows, and replayed.
#include <doctest/doctest.h>

#include <cstring>
#include <optional>
#include <vector>

#include "cuda/on_host_layer.hpp"
#include "taut/cuda.cuh"
#include "taut/device/reference.hpp"

using namespace taut;

namespace {

using Net = Sequential<Shape{1, 8, 8}, Conv2d<8, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Residual<Conv2d<8, 3, Padding{1}>>, Flatten,
                       Linear<16>, ReLU, Dropout<30>, Linear<3>>;
constexpr index_t most_rows = 8;
template <class Network>
using SessionOf = Session<Network, float, Cuda, most_rows>;
template <class Network>
using Samples = Batch<float, Network::input_shape, most_rows>;

template <class Network>
Samples<Network> random_samples(index_t rows, std::uint64_t seed) {
  Samples<Network> samples(rows);
  Random random{seed};
  for (index_t i = 0; i < rows * Network::input_shape.size(); ++i) samples.data()[i] = random.normal();
  return samples;
}

template <class Network>
std::vector<float> outputs(const SessionOf<Network>& session, const Samples<Network>& samples, typename SessionOf<Network>::Workspace& workspace) {
  const auto found = session.run(samples, workspace);
  REQUIRE(found.rows == samples.rows());
  return {found.data, found.data + found.rows * Network::output_shape.size()};
}

/// What a model on the CPU says, up to rounding.
template <class Network>
void check_close(const std::vector<float>& found, Model<Network, float, Reference, most_rows>& model, const Samples<Network>& samples) {
  const auto expected = model.evaluate(samples);
  REQUIRE(found.size() == expected.rows * Network::output_shape.size());
  for (index_t i = 0; i < found.size(); ++i) CHECK(found[i] == doctest::Approx(expected.data[i]).epsilon(1e-4));
}

}  // namespace

TEST_CASE("a replayed run reads what it is given, however many rows and whichever session") {
  Model<Net, float, Reference, most_rows> first{seed(1)}, second{seed(2)};
  const SessionOf<Net> session(first), other(second);
  SessionOf<Net>::Workspace workspace;
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (const index_t rows : {index_t{1}, most_rows, index_t{5}}) {
      CAPTURE(rows);
      const Samples<Net> samples = random_samples<Net>(rows, 10 * round + rows);
      check_close<Net>(outputs<Net>(session, samples, workspace), first, samples);
      check_close<Net>(outputs<Net>(other, samples, workspace), second, samples);
    }
  }
}

TEST_CASE("samples that lie on the GPU are read there, and the outputs' bits are the same") {
  const Model<Net, float, Cuda, most_rows> model{seed(1)};
  const SessionOf<Net> session(model);
  SessionOf<Net>::Workspace workspace, another;
  const Samples<Net> samples = random_samples<Net>(3, 7);
  const std::vector<float> expected = outputs<Net>(session, samples, another);
  Arena<float> on_gpu(3 * Net::input_shape.size(), cuda::managed_memory);
  std::memcpy(on_gpu.data(), samples.data(), 3 * Net::input_shape.size() * sizeof(float));
  for (int run = 0; run < 2; ++run) {
    const auto found = session.run(SessionOf<Net>::Input{on_gpu.data(), 3}, workspace);
    CHECK(std::memcmp(found.data, expected.data(), expected.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("outputs lie in the host's memory") {
  const Model<Net, float, Cuda, most_rows> model{seed(1)};
  const SessionOf<Net> session(model);
  SessionOf<Net>::Workspace workspace;
  cudaPointerAttributes attributes{};
  REQUIRE(cudaPointerGetAttributes(&attributes, session.run(random_samples<Net>(1, 1), workspace).data) == cudaSuccess);
  CHECK(attributes.type == cudaMemoryTypeHost);
}

TEST_CASE("a session with a layer that computes on the host runs its steps one after the other") {
  using Mixed = Sequential<Shape{4}, Linear<4>, taut::test::OnHost, Linear<3>>;
  Model<Mixed, float, Reference, most_rows> model{seed(3)};
  const SessionOf<Mixed> session(model);
  SessionOf<Mixed>::Workspace workspace;
  for (const index_t rows : {index_t{2}, index_t{2}, index_t{7}}) {
    const Samples<Mixed> samples = random_samples<Mixed>(rows, rows);
    check_close<Mixed>(outputs<Mixed>(session, samples, workspace), model, samples);
  }
}

TEST_CASE("a workspace may move, and its graphs with it") {
  Model<Net, float, Reference, most_rows> model{seed(1)};
  const SessionOf<Net> session(model);
  std::optional<SessionOf<Net>::Workspace> before(std::in_place);
  const Samples<Net> samples = random_samples<Net>(2, 5);
  check_close<Net>(outputs<Net>(session, samples, *before), model, samples);
  SessionOf<Net>::Workspace workspace(std::move(*before));
  before.reset();
  check_close<Net>(outputs<Net>(session, samples, workspace), model, samples);
}
