/// on_cuda: the networks on an NVIDIA GPU, and what is done with them. The one file of the program that nvcc compiles.
#include "emotion/on_cuda.hpp"

#include <cuda_runtime.h>

#include <cstdint>
#include <iostream>
#include <utility>

#include "emotion/large_network.hpp"
#include "emotion/load_network.hpp"
#include "emotion/network.hpp"
#include "emotion/train_with.hpp"
#include "taut/cuda.cuh"
#include "taut/data/classify.hpp"

namespace emotion {

namespace {

template <class Net>
using OnCuda = taut::Model<Net, float, taut::Cuda, 256>;

template <class Net>
Parts<OnCuda<Net>> parts_of(const TrainOptions& options, RunFiles files, const Recipe& recipe, taut::DataSource source) {
  return {options, std::move(files), recipe, std::move(source), OnCuda<Net>{taut::seed(options.seed)}, {}};
}

template <class Net>
taut::cuda::DeviceLoader<std::int32_t> loader_of(Parts<OnCuda<Net>>& parts) {
  return {parts.classifier.device(), parts.source.splits.train, {.batch = parts.recipe.batch, .seed = parts.options.seed},
          parts.recipe.normalization, parts.recipe.augmentation};
}

}  // namespace

bool uses_cuda(const std::string& device) {
  if (device == "cpu") return false;
  int devices = 0;
  const cudaError_t found = cudaGetDeviceCount(&devices);
  if (found == cudaSuccess && devices > 0) return true;
  if (device == "cuda") taut::fail("--device cuda: expected an NVIDIA GPU but found none: ", cudaGetErrorString(found));
  return false;
}

int train_on_cuda(const TrainOptions& options, RunFiles files, const Recipe& recipe, taut::DataSource source) {
  cudaDeviceProp gpu{};
  taut::cuda::check(cudaGetDeviceProperties(&gpu, 0), "cudaGetDeviceProperties");
  std::cout << "On " << gpu.name << std::endl;
  if (options.network == "large") {
    auto parts = parts_of<LargeNet>(options, std::move(files), recipe, std::move(source));
    auto loader = loader_of<LargeNet>(parts);
    return train_with_probabilities(loader, parts);
  }
  auto parts = parts_of<EmotionNet>(options, std::move(files), recipe, std::move(source));
  auto loader = loader_of<EmotionNet>(parts);
  if (recipe.soft) return train_with_probabilities(loader, parts);
  return train_with_labels(loader, parts);
}

taut::Evaluation evaluate_on_cuda(const std::filesystem::path& weights, const taut::ImageDataset& data) {
  OnCuda<EmotionNet> classifier{taut::seed(0)};
  const taut::WeightsInfo info = load_network(weights, classifier);
  return taut::evaluate(classifier, data, {info.mean, info.std}, taut::CrossEntropy<classes>{});
}

std::vector<std::vector<taut::RankedClass>> classify_on_cuda(const std::filesystem::path& weights, std::span<const taut::GrayImage> faces) {
  OnCuda<EmotionNet> classifier{taut::seed(0)};
  const taut::WeightsInfo info = load_network(weights, classifier);
  const taut::Preparation preparation(info.image_height, info.image_width, {info.mean, info.std});
  using Session = taut::Session<EmotionNet, float, taut::Cuda, 1>;
  const Session session(classifier);
  Session::Workspace workspace;
  std::vector<std::vector<taut::RankedClass>> ranked;
  for (const taut::GrayImage& face : faces) ranked.push_back(taut::classify(session, workspace, preparation, face.pixels, classes));
  return ranked;
}

}  // namespace emotion
