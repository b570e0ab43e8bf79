/// Confusion matrix, classification report (held to scikit-learn's text, see make_expected.py) and class weights.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "taut/train/class_weights.hpp"
#include "taut/train/classification_report.hpp"
#include "taut/train/confusion_matrix.hpp"

namespace {

using Rows = std::vector<std::vector<std::uint64_t>>;

taut::ConfusionMatrix matrix_of(const Rows& rows) {
  taut::ConfusionMatrix matrix(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) matrix.add(i, j, rows[i][j]);
  }
  return matrix;
}

const Rows emotions{{373, 8, 71, 42, 83, 112, 16}, {10, 27, 4, 1, 1, 4, 1},     {92, 2, 288, 37, 84, 143, 74},
                    {29, 1, 26, 1171, 56, 31, 14}, {22, 0, 18, 20, 236, 57, 4}, {141, 3, 134, 83, 231, 667, 18},
                    {20, 1, 71, 39, 21, 14, 665}};

}  // namespace

TEST_CASE("a confusion matrix counts") {
  const taut::ConfusionMatrix matrix = matrix_of(emotions);
  CHECK(matrix.total() == 5266);
  CHECK(matrix.correct() == 3427);
  CHECK(matrix.accuracy() == 3427.0 / 5266.0);
  CHECK(matrix.support(0) == 705);
  CHECK(matrix.predictions(1) == 42);
  CHECK(matrix.accuracy(0) == 373.0 / 705.0);
  CHECK(matrix.precision(1) == 27.0 / 42.0);
  CHECK(taut::ConfusionMatrix(3).accuracy() == 0);
  taut::ConfusionMatrix small(2);
  CHECK_THROWS_WITH_AS(small.add(0, 2), "ConfusionMatrix: expected classes below 2, found 0 predicted as 2", taut::Error);
  CHECK_THROWS_AS(taut::ConfusionMatrix(0), taut::Error);
}

TEST_CASE("the report prints as scikit-learn's does") {
  const std::vector<std::string> names{"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"};
  const taut::ClassificationReport report = taut::classification_report(matrix_of(emotions), names);
  CHECK(report.accuracy == 3427.0 / 5266.0);
  CHECK(report.to_string() == R"(              precision    recall  f1-score   support

       angry       0.54      0.53      0.54       705
     disgust       0.64      0.56      0.60        48
        fear       0.47      0.40      0.43       720
       happy       0.84      0.88      0.86      1328
     neutral       0.33      0.66      0.44       357
         sad       0.65      0.52      0.58      1277
    surprise       0.84      0.80      0.82       831

    accuracy                           0.65      5266
   macro avg       0.62      0.62      0.61      5266
weighted avg       0.67      0.65      0.65      5266
)");
}

TEST_CASE("the report prints empty classes, long and accented names, and more digits as scikit-learn does") {
  const taut::ClassificationReport report =
      taut::classification_report(matrix_of({{5, 0, 3}, {2, 0, 1}, {0, 0, 0}}), {"a", "a long name of a class", "überrascht"});
  CHECK(report.to_string(3) == R"(                        precision    recall  f1-score   support

                     a      0.714     0.625     0.667         8
a long name of a class      0.000     0.000     0.000         3
            überrascht      0.000     0.000     0.000         0

              accuracy                          0.455        11
             macro avg      0.238     0.208     0.222        11
          weighted avg      0.519     0.455     0.485        11
)");
  CHECK_THROWS_WITH_AS(taut::classification_report(taut::ConfusionMatrix(3), {"a"}),
                       "classification_report: expected 3 class names, found 1", taut::Error);
}

TEST_CASE("class weights are 1/count, none above six times the median") {
  const std::array<taut::index_t, 7> counts{3300, 388, 3377, 5887, 4965, 4830, 3171};
  const std::vector<double> weights = taut::inverse_frequency_weights(counts);
  REQUIRE(weights.size() == counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    CAPTURE(i);
    CHECK(weights[i] == (i == 1 ? 6.0 * (1.0 / 3377.0) : 1.0 / static_cast<double>(counts[i])));
  }
  CHECK(weights[1] == doctest::Approx(0.002).epsilon(0.15));  // what the original project set by hand

  const std::array<taut::index_t, 4> uneven{100, 50, 0, 10};  // an even number of classes has a median between two of them; none here
  CHECK(taut::inverse_frequency_weights(uneven)[2] == doctest::Approx(6 * 0.02).epsilon(1e-15));
  const std::array<taut::index_t, 2> two{100, 50};
  CHECK(taut::inverse_frequency_weights(two, 1)[1] == doctest::Approx(0.015).epsilon(1e-15));
  CHECK_THROWS_AS(taut::inverse_frequency_weights(std::array<taut::index_t, 2>{0, 0}), taut::Error);
}
