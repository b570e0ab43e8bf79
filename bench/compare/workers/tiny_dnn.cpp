/// Compare, tiny-dnn: the emotion network in its own layers; images one after another on OpenMP's threads. Its Adam has no weight decay.
/// tiny_dnn THREADS FOLDER; tasks: `train ROWS`, `infer ROWS`.
#define CNN_USE_OMP
#define CNN_USE_AVX
#include <tiny_dnn/tiny_dnn.h>

#include <memory>

#include "worker.hpp"

namespace {

struct Worker {
  tiny_dnn::network<tiny_dnn::sequential> net;
  tiny_dnn::adam adam;
  std::vector<tiny_dnn::tensor_t> images;
  std::vector<tiny_dnn::label_t> labels;
  std::vector<tiny_dnn::vec_t> inputs;

  Worker(const std::string& folder, std::size_t rows) {
    const std::vector<float> pixels = compare::read_numbers<float>(folder + "/images.f32");
    const std::vector<int> classes = compare::read_numbers<int>(folder + "/labels.i32");
    for (std::size_t i = 0; i < rows; ++i) {
      inputs.emplace_back(pixels.begin() + static_cast<long>(i * 48 * 48), pixels.begin() + static_cast<long>((i + 1) * 48 * 48));
      images.push_back({inputs.back()});
      labels.push_back(static_cast<tiny_dnn::label_t>(classes[i]));
    }
    using namespace tiny_dnn::activation;
    tiny_dnn::serial_size_t channels = 1, extent = 48;
    for (const tiny_dnn::serial_size_t out : {32U, 64U, 128U, 256U}) {  // the largest of the rectified is the rectified largest
      net << tiny_dnn::conv<identity>(extent, extent, 3, channels, out, tiny_dnn::padding::same)
          << tiny_dnn::batch_norm(extent * extent, out) << tiny_dnn::max_pool<relu>(extent, extent, out, 2);
      channels = out;
      extent /= 2;
    }
    net << tiny_dnn::fc<relu>(2304U, 512U) << tiny_dnn::dropout(512U, 0.5F) << tiny_dnn::fc<softmax>(512U, 7U);
    net.init_weight();
  }

  /// One epoch over one batch is one step.
  void train() { net.train<tiny_dnn::cross_entropy_multiclass>(adam, inputs, labels, inputs.size(), 1); }
  void infer() { net.predict(images); }
};

}  // namespace

int main(int count, char** arguments) {
  return compare::run(count, arguments, [](unsigned, const std::string& folder, const std::string&) {
    compare::serve(R"({"version": "1.0.0a3", "tasks": ["train", "infer"]})",
                   [&](const std::string& task, const std::string& rows) -> compare::Step {
                     const auto worker = std::make_shared<Worker>(folder, std::stoul(rows));
                     if (task == "train") return [worker] { worker->train(); };
                     worker->net.set_netphase(tiny_dnn::net_phase::test);
                     return [worker] { worker->infer(); };
                   },
                   compare::nothing_untimed);
  });
}
