/// 06_regression: a plain table of numbers, and a network that learns one column from the others.
///
/// The table is made here: a ball is thrown from some height with some speed at some angle, and the air brakes it. How far does it fly?
/// The table comes from following each throw in small steps of time; the network only sees its rows. It takes a moment.
#include <taut/taut.hpp>

#include <cmath>
#include <iomanip>
#include <iostream>
#include <vector>

using taut::index_t;
using taut::Shape;

// Three numbers in, one out. The last layer has no activation: a distance may be any number.
using Net = taut::Sequential<Shape{3}, taut::Linear<32>, taut::ReLU, taut::Linear<32>, taut::ReLU, taut::Linear<1>>;

struct Throw {
  float speed, angle, height, distance;  // m/s, radians, m, m
};

// Where the ball lands, one hundredth of a second after the other.
float distance_of(const Throw& thrown) {
  double x = 0, y = static_cast<double>(thrown.height);
  double vx = static_cast<double>(thrown.speed) * std::cos(static_cast<double>(thrown.angle));
  double vy = static_cast<double>(thrown.speed) * std::sin(static_cast<double>(thrown.angle));
  while (y > 0) {
    const double drag = 0.01 * std::sqrt(vx * vx + vy * vy);
    vx -= 0.01 * drag * vx;
    vy -= 0.01 * (9.81 + drag * vy);
    x += 0.01 * vx;
    y += 0.01 * vy;
  }
  return static_cast<float>(x);
}

std::vector<Throw> make_table(index_t rows, std::uint64_t seed) {
  taut::Random random(seed);
  std::vector<Throw> table(rows);
  for (Throw& row : table) {
    row = {.speed = random.uniform(5, 40), .angle = random.uniform(0, 1.4F), .height = random.uniform(0.5F, 20), .distance = 0};
    row.distance = distance_of(row);
  }
  return table;
}

// Networks like numbers around 0 that are about 1 large; distances too are learnt in units of their spread.
constexpr float distance_mean = 35, distance_spread = 20;

void write_row(const Throw& row, float* x, float* y) {
  x[0] = (row.speed - 22.5F) / 10;
  x[1] = (row.angle - 0.7F) / 0.4F;
  x[2] = (row.height - 10) / 5.5F;
  y[0] = (row.distance - distance_mean) / distance_spread;
}

int main() {
  const std::vector<Throw> table = make_table(1500, 1), test = make_table(500, 2);
  std::cout << table.size() << " throws to learn from, " << test.size() << " to test; " << Net::parameter_count << " parameters\n";

  double mean = 0, guess = 0;
  for (const Throw& row : table) mean += static_cast<double>(row.distance) / static_cast<double>(table.size());
  for (const Throw& row : test) guess += std::pow(static_cast<double>(row.distance) - mean, 2) / static_cast<double>(test.size());
  std::cout << std::fixed << std::setprecision(1) << "always guessing the mean: off by " << std::sqrt(guess) << " m\n";

  taut::Model<Net, float, taut::Cpu<>, 500> model{taut::seed(42), taut::Cpu<>{1}};
  taut::Adam adam{model};
  constexpr index_t batch = 50, epochs = 40;
  const taut::OneCycleRate schedule{1e-2, {.epochs = epochs, .steps_per_epoch = 1500 / batch}};

  taut::Batch<float, Shape{3}, 500> x;
  taut::Batch<float, Shape{1}, 500> y;
  std::vector<std::uint32_t> order(table.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;

  for (index_t epoch = 0; epoch < epochs; ++epoch) {
    taut::Random(7, epoch).shuffle(std::span{order});  // another order every epoch, the same ones every run
    x.resize(batch);
    y.resize(batch);
    for (index_t first = 0; first < table.size(); first += batch) {
      for (index_t i = 0; i < batch; ++i) write_row(table[order[first + i]], x.row(i), y.row(i));
      adam.set_lr(schedule.rate(static_cast<double>(epoch) + static_cast<double>(first) / static_cast<double>(table.size())));
      model.forward_backward(x, y, taut::MSE{});  // targets of another shape than the network's output would not compile
      adam.step(model);
    }
    if ((epoch + 1) % 10 != 0) continue;

    x.resize(test.size());
    y.resize(test.size());
    for (index_t i = 0; i < test.size(); ++i) write_row(test[i], x.row(i), y.row(i));
    const taut::LossSums sums = model.loss(x, y, taut::MSE{});
    const double off = std::sqrt(sums.loss / sums.weight) * static_cast<double>(distance_spread);
    std::cout << "after " << epoch + 1 << " epochs: off by " << off << " m\n";
  }
}

/* Prints:
1500 throws to learn from, 500 to test; 1217 parameters
always guessing the mean: off by 21.2 m
after 10 epochs: off by 1.4 m
after 20 epochs: off by 0.7 m
after 30 epochs: off by 0.5 m
after 40 epochs: off by 0.5 m
*/
