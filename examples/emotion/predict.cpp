/// predict: pictures in, probabilities out.
#include "emotion/predict.hpp"

#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "emotion/face_session.hpp"
#include "emotion/on_cuda.hpp"
#include "taut/data/image_file.hpp"

namespace emotion {

void predict(const PredictOptions& options) {
  const bool on_cuda = uses_cuda(options.device);
  FaceSession session(options.weights, options.threads);
  const taut::WeightsInfo& info = session.info();

  std::vector<taut::GrayImage> faces;
  for (const std::string& path : options.images) {
    if (options.crop.empty()) {
      faces.push_back(taut::read_gray_image(path, info.image_height, info.image_width));
    } else {
      const taut::Rectangle part{options.crop[0], options.crop[1], options.crop[2], options.crop[3]};
      faces.push_back(taut::read_gray_image(path, info.image_height, info.image_width, part));
    }
  }

  std::vector<std::vector<taut::RankedClass>> ranked_of_faces;
  if (on_cuda) {
    ranked_of_faces = classify_on_cuda(options.weights, faces);
  } else {
    for (const taut::GrayImage& face : faces) ranked_of_faces.push_back(session.classify(face.pixels));
  }

  nlohmann::json answers = nlohmann::json::array();
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const std::vector<taut::RankedClass>& ranked = ranked_of_faces[i];
    std::vector<double> probabilities(ranked.size());
    for (const taut::RankedClass& each : ranked) probabilities[each.index] = each.probability;
    const taut::index_t best = ranked[0].index;
    if (options.json) {
      nlohmann::json all;
      for (taut::index_t c = 0; c < probabilities.size(); ++c) all[info.class_names[c]] = probabilities[c];
      answers.push_back({{"image", options.images[i]}, {"class", info.class_names[best]}, {"probabilities", all}});
      continue;
    }
    std::cout << options.images[i] << ": " << info.class_names[best] << '\n';
    for (taut::index_t c = 0; c < probabilities.size(); ++c) {
      std::cout << "  " << std::left << std::setw(10) << info.class_names[c] << std::right << std::fixed << std::setprecision(2)
                << std::setw(7) << 100 * probabilities[c] << " %\n";
    }
  }
  if (options.json) std::cout << answers.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace emotion
