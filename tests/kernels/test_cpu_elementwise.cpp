/// test_cpu_elementwise: dropout, loss, softmax and optimizers of the CPU device against Reference.
#include <doctest/doctest.h>

#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/device/threads.hpp"
#include "test_cpu_support.hpp"

namespace {

using namespace taut;
using namespace taut::test;

constexpr index_t counts[] = {0, 1, 7, 63, 64, 65, 70'001};

template <class T>
void check_dropout() {
  const RandomKey key{7, 9};
  for (const index_t count : counts) {
    CAPTURE(count);
    const std::vector<T> x = random_numbers<T>(count, 1);
    std::vector<T> expected = unwritten<T>(count), found = unwritten<T>(count);
    for (const index_t percent : {0U, 50U, 90U}) {
      Reference{}.dropout<T>(count, x.data(), expected.data(), percent, key);
      for (const unsigned threads : {1U, 3U}) {
        Cpu<>{threads}.dropout<T>(count, x.data(), found.data(), percent, key);
        CHECK(same_bits(found, expected));
      }
    }
  }
}

template <class T>
void check_loss(index_t rows, index_t classes, bool weighted, double smoothing) {
  CAPTURE(rows);
  const std::vector<T> logits = random_numbers<T>(rows * classes, 2, -30, 30), weights = random_numbers<T>(classes, 3, 0.1F, 2);
  std::vector<std::int32_t> labels(rows);
  Random random(5);
  for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(classes)));
  const auto run = [&]<class U, class Device>(Device device, const std::vector<U>& in, const std::vector<U>& w, std::vector<U>& gradient) {
    return device.template cross_entropy<U>(rows, classes, in.data(), labels.data(), weighted ? w.data() : nullptr, smoothing,
                                            gradient.data());
  };
  std::vector<double> expected = unwritten<double>(rows * classes);
  std::vector<T> found = unwritten<T>(rows * classes), other = found;
  const LossSums a = run(Reference{}, widened(logits), widened(weights), expected);
  const LossSums b = run(Cpu<XsimdGemm, SingleThread>{}, logits, weights, found);
  const LossSums c = run(Cpu<>{3}, logits, weights, other);
  CHECK(std::abs(b.loss - a.loss) <= 1e-12 * a.loss * std::sqrt(static_cast<double>(rows)));
  CHECK(std::abs(b.weight - a.weight) <= 1e-12 * a.weight);
  CHECK(b.correct == a.correct);
  CHECK((c.loss == b.loss && c.correct == b.correct));
  CHECK(same_bits(found, other));
  // A gradient is a difference of numbers no larger than this, each rounded in double, and then once in T.
  const std::vector<double> size(rows * classes, 4 / a.weight);
  CHECK(mismatches(found, expected, size, 1) == 0);

  std::vector<double> exact = unwritten<double>(rows * classes);
  Reference{}.softmax<double>(rows, classes, widened(logits).data(), exact.data());
  Cpu<>{2}.softmax<T>(rows, classes, logits.data(), found.data());
  CHECK(mismatches(found, exact, exact, 30) == 0);
}

template <class T>
void check_adam(AdamStep step) {
  for (const index_t count : counts) {
    CAPTURE(count);
    const auto parameters = random_numbers<T>(count, 1), gradients = random_numbers<T>(count, 2), first = random_numbers<T>(count, 3),
               second = random_numbers<T>(count, 4, 0, 1);
    auto p = widened(parameters), m = widened(first), v = widened(second);
    Reference{}.adam_step<double>(count, p.data(), widened(gradients).data(), m.data(), v.data(), step);
    auto found = parameters, found_m = first, found_v = second;
    Cpu<>{1}.adam_step<T>(count, found.data(), gradients.data(), found_m.data(), found_v.data(), step);
    // Everything is below 2 in magnitude, so are m, v and the parameter; a step is at most rate · |m| / (√v · correction).
    std::vector<double> sizes(count), steps(count);
    for (index_t i = 0; i < count; ++i) {
      sizes[i] = 2 + std::abs(step.weight_decay);
      steps[i] = std::abs(p[i] - static_cast<double>(parameters[i])) * (1 + sizes[i] / std::max(1e-12, std::abs(m[i]))) + sizes[i];
    }
    CHECK(mismatches(found_m, m, sizes, 4) == 0);
    CHECK(mismatches(found_v, v, sizes, 4) == 0);
    CHECK(mismatches(found, p, steps, 8) == 0);
    auto other = parameters, other_m = first, other_v = second;
    Cpu<>{3}.adam_step<T>(count, other.data(), gradients.data(), other_m.data(), other_v.data(), step);
    CHECK((same_bits(found, other) && same_bits(found_m, other_m) && same_bits(found_v, other_v)));
  }
}

template <class T>
void check_sgd(SgdStep step) {
  for (const index_t count : counts) {
    CAPTURE(count);
    const auto parameters = random_numbers<T>(count, 1), gradients = random_numbers<T>(count, 2), velocity = random_numbers<T>(count, 3);
    const bool moves = step.momentum != 0;
    auto p = widened(parameters), v = widened(velocity);
    Reference{}.sgd_step<double>(count, p.data(), widened(gradients).data(), moves ? v.data() : nullptr, step);
    auto found = parameters, found_v = velocity;
    Cpu<>{3}.sgd_step<T>(count, found.data(), gradients.data(), moves ? found_v.data() : nullptr, step);
    const std::vector<double> sizes(count, 4.0);
    CHECK(mismatches(found, p, sizes, 4) == 0);
    CHECK(mismatches(found_v, v, sizes, 4) == 0);
  }
}

template <class T>
void check_sums() {
  for (const index_t count : counts) {
    CAPTURE(count);
    auto x = random_numbers<T>(count, 1);
    const double expected = Reference{}.sum_of_squares<T>(count, x.data()), found = Cpu<>{1}.sum_of_squares<T>(count, x.data());
    CHECK(std::abs(found - expected) <= 1e-15 * static_cast<double>(count) * expected);
    CHECK(Cpu<>{4}.sum_of_squares<T>(count, x.data()) == found);
    auto scaled = x;
    Cpu<>{2}.scale<T>(count, T{3}, scaled.data());
    Reference{}.scale<T>(count, T{3}, x.data());
    CHECK(same_bits(scaled, x));
  }
}

}  // namespace

TEST_CASE("dropout on the CPU draws the documented mask") {
  check_dropout<float>();
  check_dropout<double>();
}
TEST_CASE("cross entropy and softmax on the CPU agree with Reference") {
  check_loss<float>(1, 1, false, 0);
  check_loss<float>(64, 7, true, 0.1);
  check_loss<double>(7, 3, true, 0);
  check_loss<float>(5000, 7, false, 0.2);
}
TEST_CASE("Adam and AdamW on the CPU agree with Reference") {
  check_adam<float>({.weight_decay = 1e-2, .step = 3});
  check_adam<float>({.weight_decay = 1e-2, .decoupled = true, .step = 1});
  check_adam<double>({.step = 1000});
}
TEST_CASE("SGD on the CPU agrees with Reference") {
  check_sgd<float>({});
  check_sgd<float>({.momentum = 0.9, .dampening = 0.5, .weight_decay = 1e-2, .step = 1});
  check_sgd<float>({.momentum = 0.9, .dampening = 0.5, .step = 2});
  check_sgd<double>({.momentum = 0.9, .nesterov = true, .step = 2});
}
TEST_CASE("the first step of SGD doesn't read its momentum buffer") {
  const std::vector<float> gradients{1, 2, 3};
  std::vector<float> parameters{1, 1, 1}, velocity = unwritten<float>(3);
  Cpu<>{1}.sgd_step<float>(3, parameters.data(), gradients.data(), velocity.data(), {.learning_rate = 1, .momentum = 0.9});
  CHECK(velocity == gradients);
  CHECK(parameters == std::vector<float>{0, -1, -2});
}
TEST_CASE("sums of squares and scaling on the CPU agree with Reference") {
  check_sums<float>();
  check_sums<double>();
}
