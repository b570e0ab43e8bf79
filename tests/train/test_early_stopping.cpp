/// Early stopping: plateau, fall, the best epoch, and going on from a saved state.
#include <doctest/doctest.h>

#include "taut/train/early_stopping.hpp"

TEST_CASE("stops after `patience` epochs without a better one") {
  taut::EarlyStopping early;
  CHECK_FALSE(early.should_stop());
  CHECK(early.end_epoch(1, 0.30));
  CHECK(early.end_epoch(2, 0.6264));
  for (taut::index_t epoch = 3; epoch <= 16; ++epoch) {
    CHECK_FALSE(early.end_epoch(epoch, 0.6264));  // as good is not better
    CHECK_FALSE(early.should_stop());
    CHECK(early.reason().empty());
  }
  early.end_epoch(17, 0.62);
  CHECK(early.should_stop());
  CHECK(early.best_epoch() == 2);
  CHECK(early.best() == 0.6264);
  CHECK(early.reason() == "validation accuracy has not improved for 15 epochs; its best was 62.64% in epoch 2");
}

TEST_CASE("stops where accuracy falls more than `fall` points below its best") {
  taut::EarlyStopping early;
  early.end_epoch(1, 0.6);
  early.end_epoch(2, 0.5);  // ten points exactly: not more than ten
  CHECK_FALSE(early.should_stop());
  early.end_epoch(3, 0.4999);
  CHECK(early.should_stop());
  CHECK(early.reason() == "validation accuracy fell to 49.99%, more than 10 points below its best, 60.00% in epoch 1");
  early.end_epoch(4, 0.61);
  CHECK_FALSE(early.should_stop());
}

TEST_CASE("an epoch of accuracy 0 is the best so far if it is the first") {
  taut::EarlyStopping early({.patience = 2});
  CHECK(early.end_epoch(1, 0.0));
  CHECK(early.best_epoch() == 1);
  early.end_epoch(2, 0.0);
  CHECK_FALSE(early.should_stop());
  early.end_epoch(3, 0.0);
  CHECK(early.should_stop());
}

TEST_CASE("a restored early stopping goes on where the saved one was") {
  taut::EarlyStopping early({.patience = 3});
  early.end_epoch(1, 0.5);
  early.end_epoch(2, 0.45);
  taut::State state;
  early.save(state);
  taut::EarlyStopping resumed({.patience = 3});
  resumed.restore(state);
  CHECK(resumed.best_epoch() == 1);
  resumed.end_epoch(3, 0.45);
  CHECK_FALSE(resumed.should_stop());
  resumed.end_epoch(4, 0.45);
  CHECK(resumed.should_stop());
}

TEST_CASE("options that make no sense are refused") {
  CHECK_THROWS_AS(taut::EarlyStopping({.patience = 0}), taut::Error);
  CHECK_THROWS_AS(taut::EarlyStopping({.fall = -1}), taut::Error);
}
