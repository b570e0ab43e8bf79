/// pictures: faces as PNG files. Declared here and compiled once, as open_faces is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "taut/data/dataset.hpp"
#include "taut/data/loader.hpp"
#include "taut/report/report.hpp"
#include "taut/train/confident_mistakes.hpp"

namespace emotion {

/// The first pictures that a training run reads, augmented, side by side.
std::string training_pictures(std::span<const float> pictures,  // (pictures, height, width)
                              const taut::ImageDataset& faces, taut::Normalization normalization);

/// What a report shows of the mistakes that a model made on `faces`.
std::vector<taut::ReportMistake> mistake_pictures(const taut::ImageDataset& faces, std::span<const taut::Mistake> mistakes);

}  // namespace emotion
