/// Compare, dlib: the emotion network in its own types. Its matrix products are the system's BLAS; the rest runs on one thread.
/// dlib THREADS FOLDER; tasks: `train ROWS`, `infer ROWS` (batch norm as the affine layer that dlib has for it).
#include <dlib/dnn.h>
#include <dlib/revision.h>

#include <memory>

#include "worker.hpp"

namespace {

using Images = dlib::input<dlib::matrix<float>>;

template <long Channels, template <typename> class Norm, typename Below>
using Block = dlib::max_pool<2, 2, 2, 2, dlib::relu<Norm<dlib::con<Channels, 3, 3, 1, 1, Below>>>>;
template <template <typename> class Norm> using Features = Block<256, Norm, Block<128, Norm, Block<64, Norm, Block<32, Norm, Images>>>>;

using Training = dlib::loss_multiclass_log<dlib::fc<7, dlib::dropout<dlib::relu<dlib::fc<512, Features<dlib::bn_con>>>>>>;
using Inference = dlib::loss_multiclass_log<dlib::fc<7, dlib::multiply<dlib::relu<dlib::fc<512, Features<dlib::affine>>>>>>;

struct Batch {
  std::vector<dlib::matrix<float>> images;
  std::vector<unsigned long> labels;

  Batch(const std::string& folder, std::size_t rows) {
    const std::vector<float> pixels = compare::read_numbers<float>(folder + "/images.f32");
    const std::vector<int> classes = compare::read_numbers<int>(folder + "/labels.i32");
    for (std::size_t i = 0; i < rows; ++i) {
      images.emplace_back(dlib::mat(pixels.data() + i * 48 * 48, 48, 48));
      labels.push_back(static_cast<unsigned long>(classes[i]));
    }
  }
};

compare::Step make(const std::string& folder, const std::string& task, std::size_t rows) {
  const auto batch = std::make_shared<Batch>(folder, rows);
  const auto x = std::make_shared<dlib::resizable_tensor>();
  const auto training = std::make_shared<Training>();
  training->to_tensor(batch->images.begin(), batch->images.end(), *x);
  if (task == "train") {
    const auto solvers = std::make_shared<std::vector<dlib::adam>>(Training::num_computational_layers, dlib::adam(1e-4F, 0.9F, 0.999F));
    return [=] {
      training->compute_parameter_gradients(*x, batch->labels.begin());
      training->update_parameters(dlib::make_sstack(*solvers), 1e-3);
    };
  }
  if (task == "infer") {
    training->subnet().forward(*x);  // the weights are made when the first batch comes
    const auto inference = std::make_shared<Inference>(*training);
    return [=] { inference->subnet().forward(*x); };
  }
  return nullptr;
}

}  // namespace

int main(int count, char** arguments) {
  return compare::run(count, arguments, [](unsigned, const std::string& folder, const std::string&) {
    std::ostringstream about;
    about << R"({"version": ")" << DLIB_MAJOR_VERSION << '.' << DLIB_MINOR_VERSION << R"(", "tasks": ["train", "infer"]})";
    compare::serve(
        about.str(), [&](const std::string& task, const std::string& rows) { return make(folder, task, std::stoul(rows)); },
        compare::nothing_untimed);
  });
}
