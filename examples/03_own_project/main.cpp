/// 03_own_project: a program of your own that has Taut from outside. CMakeLists.txt says how; this file is the same in every case.
#include <taut/taut.hpp>

#include <array>
#include <iostream>

// Exclusive or, the smallest task that needs a hidden layer.
using Net = taut::Sequential<taut::Shape{2}, taut::Linear<8>, taut::Tanh, taut::Linear<2>>;

int main() {
  std::cout << "Taut " << taut::version << ", a network of " << Net::parameter_count << " parameters\n";

  taut::Batch<float, taut::Shape{2}, 4> points;
  std::array<std::int32_t, 4> answers;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool a = i % 2 == 1, b = i / 2 == 1;
    points.row(i)[0] = a ? 1 : -1;
    points.row(i)[1] = b ? 1 : -1;
    answers[i] = a != b;
  }

  // The largest batch is part of the model's type, as its device is: its memory is planned while this compiles.
  taut::Model<Net, float, taut::Cpu<>, 4> model{taut::seed(42)};
  taut::Adam adam{model, {.lr = 0.05}};
  taut::LossSums sums;
  for (int step = 0; step < 200; ++step) {
    sums = model.forward_backward(points, answers, taut::CrossEntropy<2>{});
    adam.step(model);
  }
  std::cout << "exclusive or: " << sums.correct << " of 4 right\n";
}

/* Prints:
Taut 0.1.0, a network of 42 parameters
exclusive or: 4 of 4 right
*/
