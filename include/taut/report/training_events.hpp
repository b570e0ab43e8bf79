/// Training events: what TensorBoard shows of an epoch.
#pragma once

#include "taut/core/shape.hpp"
#include "taut/nn/named_tensor.hpp"
#include "taut/report/summary_writer.hpp"
#include "taut/train/epoch_record.hpp"

namespace taut {

/// Losses and accuracies of training and validation, the learning rate, and how many pictures a second were trained on; at the epoch as
/// step.
inline void add_epoch(SummaryWriter& writer, const EpochRecord& record) {
  writer.add_scalar("loss/train", record.train_loss, record.epoch);
  writer.add_scalar("loss/validation", record.validation_loss, record.epoch);
  writer.add_scalar("accuracy/train", record.train_accuracy, record.epoch);
  writer.add_scalar("accuracy/validation", record.validation_accuracy, record.epoch);
  writer.add_scalar("learning_rate", record.learning_rate, record.epoch);
  writer.add_scalar("images_per_second", record.images_per_second, record.epoch);
}

/// Histograms of every parameter and running statistic, "weights/0.weight", and of the last step's gradients, "gradients/0.weight".
template <class Model>
void add_tensors(SummaryWriter& writer, const Model& model, index_t step) {
  for (const auto& tensor : model.export_tensors()) writer.add_histogram("weights/" + tensor.name, tensor.values, step);
  for (const auto& tensor : model.export_gradients()) writer.add_histogram("gradients/" + tensor.name, tensor.values, step);
}

}  // namespace taut
