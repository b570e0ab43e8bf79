#include <taut/taut.hpp>
#include <iostream>

using Net = taut::Sequential<taut::Shape{2}, taut::Linear<32>, taut::ReLU, taut::Linear<2>>;
static_assert(Net::parameter_count == 162);

int main() {
  taut::Model<Net, float, taut::Cpu<>> model{taut::seed(42)};
  taut::Adam adam{model, {.lr = 1e-2}};
  taut::Batch<float, taut::Shape{2}, 64> points;
  std::array<std::int32_t, 64> inside;
  taut::Random random{7};
  for (int step = 1; step <= 500; ++step) {
    for (std::size_t i = 0; i < 64; ++i) {
      const float x = points.row(i)[0] = random.uniform(-1, 1), y = points.row(i)[1] = random.uniform(-1, 1);
      inside[i] = x * x + y * y < 0.5F;
    }
    const taut::LossSums sums = model.forward_backward(points, inside, taut::CrossEntropy<2>{});
    adam.step(model);
    if (step % 100 == 0) std::cout << "step " << step << ": " << sums.correct << " of 64 points right\n";
  }
}
