/// The most confident mistakes: the model's own, sorted, and no more than were asked for.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "taut/train/confident_mistakes.hpp"
#include "taut/train/evaluate.hpp"
#include "train/small_run.hpp"

namespace {

taut::ImageDataset noise(taut::index_t count, taut::index_t side, std::vector<std::string> classes) {
  taut::ImageDataset dataset(side, side, std::move(classes));
  taut::Random random(4);
  for (taut::index_t i = 0; i < count; ++i) {
    std::vector<std::uint8_t> image(side * side);
    for (std::uint8_t& pixel : image) pixel = static_cast<std::uint8_t>(random.below(256));
    dataset.append(image, static_cast<std::int32_t>(i % dataset.class_names().size()));
  }
  return dataset;
}

}  // namespace

TEST_CASE("mistakes are those that the evaluation counts, the surest first") {
  taut::test::SmallRun run;
  const taut::ImageDataset data = noise(47, 6, {"a", "b", "c"});
  const taut::Normalization normalization{0.5F, 0.25F};
  const taut::Evaluation evaluation = taut::evaluate(run.model, data, normalization, run.loss);
  const std::vector<taut::Mistake> mistakes = taut::confident_mistakes(run.model, data, normalization, 100);
  REQUIRE(mistakes.size() == evaluation.matrix.total() - evaluation.matrix.correct());
  REQUIRE(mistakes.size() > 10);
  taut::ConfusionMatrix counted(3);
  for (std::size_t i = 0; i < mistakes.size(); ++i) {
    CHECK(mistakes[i].truth == static_cast<taut::index_t>(data.label(mistakes[i].picture)));
    CHECK(mistakes[i].predicted != mistakes[i].truth);
    CHECK(mistakes[i].confidence > 1.0 / 3);
    CHECK(mistakes[i].confidence < 1);
    if (i > 0) CHECK(mistakes[i].confidence <= mistakes[i - 1].confidence);
    counted.add(mistakes[i].truth, mistakes[i].predicted);
  }
  for (taut::index_t truth = 0; truth < 3; ++truth) {
    for (taut::index_t predicted = 0; predicted < 3; ++predicted) {
      if (truth != predicted) CHECK(counted.count(truth, predicted) == evaluation.matrix.count(truth, predicted));
    }
  }
  const std::vector<taut::Mistake> three = taut::confident_mistakes(run.model, data, normalization, 3);
  CHECK(three == std::vector<taut::Mistake>(mistakes.begin(), mistakes.begin() + 3));
}

TEST_CASE("data of another size or of other classes is refused") {
  taut::test::SmallRun run;
  CHECK_THROWS_WITH_AS((void)taut::confident_mistakes(run.model, noise(2, 5, {"a", "b", "c"}), {}, 3),
                       "the network expects pictures of 6x6 pixels but the data's are 5x5", taut::Error);
  CHECK_THROWS_WITH_AS((void)taut::evaluate(run.model, noise(2, 6, {"a", "b"}), {}, run.loss),
                       "the network tells 3 classes apart but the data has 2", taut::Error);
}
