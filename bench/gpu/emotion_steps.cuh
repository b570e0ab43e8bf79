/// Emotion steps: training steps, epochs and inference of the emotion network on Cuda, in one precision each.
/// emotion_fp32.cu, emotion_tf32.cu and emotion_bf16.cu compile them, one precision a file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compare/workers/worker.hpp"
#include "device_array.cuh"
#include "emotion/network.hpp"
#include "taut/cuda.cuh"
#include "timed_step.cuh"

namespace bench_gpu {

using emotion::EmotionNet;
using taut::index_t;
using taut::cuda::Precision;

inline constexpr index_t most_rows = 1024;
inline constexpr index_t epoch_faces = 23'327;  ///< as many as the seed recipe trains on
using Images = taut::BatchView<const float, EmotionNet::input_shape>;

/// Drawn numbers in the place of faces, on the GPU, and labels, which the host looks at.
struct Faces {
  explicit Faces(index_t faces) : count(faces), images(std::span<const float>(drawn(faces))), labels(faces) {
    taut::Random random{2};
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(7));
  }

  static std::vector<float> drawn(index_t faces) {
    std::vector<float> numbers(faces * EmotionNet::input_shape.size());
    taut::Random random{1};
    for (float& number : numbers) number = random.uniform(-1, 1);
    return numbers;
  }

  Images batch(index_t first, index_t rows) const { return {images.data() + first * EmotionNet::input_shape.size(), rows}; }
  std::span<const std::int32_t> labels_of(index_t first, index_t rows) const { return std::span(labels).subspan(first, rows); }

  index_t count;
  DeviceArray<float> images;
  std::vector<std::int32_t> labels;
};

template <Precision precision>
struct Training {
  using Device = taut::CudaWith<precision>;
  using Model = taut::Model<EmotionNet, float, Device, most_rows>;

  Training(int gpu, index_t count) : faces(count), model(taut::seed(1), Device{{.device = gpu}}) {}

  /// One pass over the faces in batches of up to `rows`.
  void pass(index_t rows) {
    for (index_t first = 0; first < faces.count; first += rows) {
      const index_t used = std::min(rows, faces.count - first);
      graph.step(faces.batch(first, used), faces.labels_of(first, used));
    }
  }

  Faces faces;
  Model model;
  taut::Adam<float> adam{model, {.lr = 1e-3, .weight_decay = 1e-4}};
  taut::cuda::TrainingGraph<Model, taut::Adam<float>, taut::CrossEntropy<7>> graph{model, adam, taut::CrossEntropy<7>{}};
};

/// A step, or with `faces` of more than `rows` an epoch.
template <Precision precision>
TimedStep training(int gpu, index_t faces, index_t rows) {
  const auto training = std::make_shared<Training<precision>>(gpu, faces);
  training->pass(rows);
  if (const double loss = training->graph.sums().loss; !(loss > 0)) taut::fail("the loss is ", loss);
  return {[=] { training->pass(rows); }, training->model.device().stream()};
}

/// A session, and a device to run it with, whose stream is known.
template <Precision precision>
struct Inference {
  using Device = taut::CudaWith<precision>;
  using Model = taut::Model<EmotionNet, float, Device, 1>;
  using Session = taut::Session<EmotionNet, float, Device, most_rows>;

  Inference(const Model& model, Device device) : session(model), stream(device.stream()), workspace(std::move(device)) {}

  Session session;
  cudaStream_t stream;
  typename Session::Workspace workspace;
};

/// One batch after the other, each waited for.
template <Precision precision>
TimedStep inference(int gpu, index_t rows) {
  using Network = Inference<precision>;
  const typename Network::Model model(taut::seed(1), typename Network::Device{{.device = gpu}});
  const auto network = std::make_shared<Network>(model, typename Network::Device{{.device = gpu}});
  const auto faces = std::make_shared<Faces>(rows);
  return {[=] { network->session.run(faces->batch(0, rows), network->workspace); }, network->stream};
}

/// Reads weights.safetensors as network.py writes it: behind a header of as many bytes as the first eight say, the tensors' numbers in
/// PyTorch's order.
inline void read_weights(const std::string& path, std::vector<taut::NamedTensor<float>>& tensors) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t header = 0;
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  file.seekg(static_cast<std::streamoff>(sizeof header + header));
  for (taut::NamedTensor<float>& tensor : tensors) {
    file.read(reinterpret_cast<char*>(tensor.values.data()), static_cast<std::streamsize>(tensor.values.size() * sizeof(float)));
  }
  if (!file || file.peek() != std::ifstream::traits_type::eof()) taut::fail(path, ": expected the emotion network's weights");
}

/// How far the logits are from the folder's, by the largest of those.
template <Precision precision>
double check(int gpu, const std::string& folder, index_t rows) {
  using Network = Inference<precision>;
  typename Network::Model model(taut::seed(1), typename Network::Device{{.device = gpu}});
  std::vector<taut::NamedTensor<float>> tensors = model.export_tensors();
  read_weights(folder + "/weights.safetensors", tensors);
  model.import_tensors(tensors);
  Network network(model, typename Network::Device{{.device = gpu}});
  const std::vector<float> images = compare::read_numbers<float>(folder + "/images.f32");
  return compare::difference(folder, network.session.run(Images{images.data(), rows}, network.workspace).data);
}

#define BENCH_GPU_STEPS(keyword, precision)                                \
  keyword template TimedStep training<precision>(int, index_t, index_t);   \
  keyword template TimedStep inference<precision>(int, index_t);           \
  keyword template double check<precision>(int, const std::string&, index_t);
BENCH_GPU_STEPS(extern, Precision::fp32)
BENCH_GPU_STEPS(extern, Precision::tf32)
BENCH_GPU_STEPS(extern, Precision::bf16)

}  // namespace bench_gpu
