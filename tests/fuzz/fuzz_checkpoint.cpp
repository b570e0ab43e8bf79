/// Checkpoints of a training, which goes on from them or stays where it is.
#include <cstddef>
#include <cstdint>

#include "all_or_nothing.hpp"
#include "memory_file.hpp"
#include "taut/nn/cross_entropy.hpp"
#include "taut/train/checkpoint.hpp"
#include "taut/train/reduce_lr_on_plateau.hpp"
#include "taut/train/sgd.hpp"
#include "taut/train/trainer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(data, size);
  fuzz::all_or_nothing([&](fuzz::Model& model) {
    taut::Sgd optimizer(model, {.lr = 0.1, .momentum = 0.9});
    taut::ReduceLROnPlateau schedule(0.1);
    const taut::CrossEntropy<5> loss;
    taut::Trainer trainer(model, optimizer, schedule, loss, {.epochs = 3, .ema_decay = 0.9, .settings = {{"seed", "1"}}});
    trainer.restore(taut::load_checkpoint<float>(file.path()));
  });
  return 0;
}
