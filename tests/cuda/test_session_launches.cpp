// A session's replayed run is one launch. Emulated: only there launches are counted.
#include <doctest/doctest.h>

#include "taut/cuda.cuh"

using namespace taut;

TEST_CASE("the host launches kernels at the first run of a number of rows only") {
  using Net = Sequential<Shape{1, 8, 8}, Conv2d<4, 3, Padding{1}>, BatchNorm2d, ReLU, Flatten, Linear<3>>;
  const Model<Net, float, Cuda, 4> model{seed(1)};
  const Session<Net, float, Cuda, 4> session(model);
  Session<Net, float, Cuda, 4>::Workspace workspace;
  Batch<float, Net::input_shape, 4> samples(4);
  const auto launches_of_run = [&] {
    const std::size_t before = emulation::machine.launches, allocated = emulation::machine.allocated;
    session.run(samples, workspace);
    CHECK(emulation::machine.allocated == allocated);
    return emulation::machine.launches - before;
  };
  CHECK(launches_of_run() > 0);
  CHECK(launches_of_run() == 0);
  samples.resize(2);
  CHECK(launches_of_run() > 0);
  CHECK(launches_of_run() == 0);
  samples.resize(4);
  CHECK(launches_of_run() == 0);
}
