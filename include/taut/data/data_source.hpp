/// DataSource: a data set with its three splits, and where it came from.
#pragma once

#include <string>

#include "taut/data/dataset.hpp"

namespace taut {

struct DataSource {
  DataSplits splits;
  std::string description;  ///< where the images come from, and how they were divided
  std::string checksum;     ///< of the division and the labels: who finds another one has other data, or another division
};

}  // namespace taut
