/// FaceSession: a trained network for one face at a time.
#include "emotion/face_session.hpp"

#include "emotion/load_classifier.hpp"
#include "taut/data/classify.hpp"
#include "taut/nn/session.hpp"

namespace emotion {

struct FaceSession::Parts {
  using Session = taut::Session<EmotionNet, float, taut::Cpu<>, 1>;

  Parts(const Classifier& classifier, taut::WeightsInfo about, unsigned threads)
      : info(std::move(about)),
        preparation(info.image_height, info.image_width, {info.mean, info.std}),
        session(classifier),
        workspace(taut::Cpu<>{threads}) {}

  taut::WeightsInfo info;
  taut::Preparation preparation;
  Session session;
  Session::Workspace workspace;
};

FaceSession::FaceSession(const std::filesystem::path& weights, unsigned threads) {
  Classifier classifier{taut::seed(0), taut::Cpu<>{threads}};
  taut::WeightsInfo info = load_classifier(weights, classifier);
  parts_ = std::make_unique<Parts>(classifier, std::move(info), threads);
}

FaceSession::~FaceSession() = default;

const taut::WeightsInfo& FaceSession::info() const { return parts_->info; }

std::vector<taut::RankedClass> FaceSession::classify(std::span<const std::uint8_t> face) {
  return taut::classify(parts_->session, parts_->workspace, parts_->preparation, face, EmotionNet::output_shape.size());
}

}  // namespace emotion
