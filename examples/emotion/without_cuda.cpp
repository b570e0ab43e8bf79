/// without_cuda: what a program that was built without CUDA says of the GPU. Left out where TAUT_CUDA is on.
#include "emotion/on_cuda.hpp"
#include "taut/core/error.hpp"

namespace emotion {

namespace {

[[noreturn]] void refuse() {
  taut::fail("--device cuda: expected a program that was built with CUDA, but this one wasn't: configure with -DTAUT_CUDA=ON");
}

}  // namespace

bool uses_cuda(const std::string& device) {
  if (device == "cuda") refuse();
  return false;
}

int train_on_cuda(const TrainOptions&, RunFiles, const Recipe&, taut::DataSource) { refuse(); }

taut::Evaluation evaluate_on_cuda(const std::filesystem::path&, const taut::ImageDataset&) { refuse(); }

std::vector<std::vector<taut::RankedClass>> classify_on_cuda(const std::filesystem::path&, std::span<const taut::GrayImage>) { refuse(); }

}  // namespace emotion
