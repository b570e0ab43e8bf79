/// on_cuda: what the program does on an NVIDIA GPU. Compiled by nvcc in on_cuda.cu; without CUDA, without_cuda.cpp says that it can't.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "emotion/recipe.hpp"
#include "emotion/run.hpp"
#include "emotion/train.hpp"
#include "taut/data/data_source.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/gray_image.hpp"
#include "taut/nn/top_classes.hpp"
#include "taut/train/evaluate.hpp"

namespace emotion {

/// Whether --device means the GPU: "auto" does where the program was built with CUDA and there is one. Throws an Error where "cuda" can't
/// be had.
bool uses_cuda(const std::string& device);

/// As train() with everything read and opened. Weights, checkpoints and logs are the CPU's: a run may go on on either device.
int train_on_cuda(const TrainOptions& options, RunFiles files, const Recipe& recipe, taut::DataSource source);

/// As taut::evaluate, with the weights of a file.
taut::Evaluation evaluate_on_cuda(const std::filesystem::path& weights, const taut::ImageDataset& data);

/// All classes of each face, the likeliest first.
std::vector<std::vector<taut::RankedClass>> classify_on_cuda(const std::filesystem::path& weights, std::span<const taut::GrayImage> faces);

}  // namespace emotion
