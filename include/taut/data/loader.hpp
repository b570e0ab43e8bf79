/// Loader: an epoch's batches in a seeded order, assembled by a background thread while the last one is being used.
#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/error.hpp"
#include "taut/core/random.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/preparation.hpp"
#include "taut/data/random_streams.hpp"

namespace taut {

/// What a loader hands out; the memory is the loader's.
struct LoadedBatch {
  const float* images = nullptr;         ///< (rows, height, width, 1)
  const std::int32_t* labels = nullptr;  ///< (rows)
  index_t rows = 0;
};

struct LoaderOptions {
  index_t batch = 64;
  bool shuffle = true;
  std::uint64_t seed = 0;
  /// Called on the background thread for every picture when it is otherwise ready: a place for changes of your own.
  std::function<void(RandomKey key, std::span<float> pixels)> transform{};
};

/// What the batches hold is a function of (dataset, options, seed, epoch) alone, so training may resume at any batch of any epoch.
/// The last batch of an epoch holds what is left. The dataset must outlive the loader and stay as it is.
class Loader {
 public:
  Loader(const ImageDataset& dataset, LoaderOptions options, Normalization normalization, Augmentation augmentation = {})
      : dataset_(dataset),
        options_(std::move(options)),
        preparation_(dataset.height(), dataset.width(), normalization, augmentation),
        order_(dataset.size()) {
    if (options_.batch == 0) fail("expected a batch of at least one picture but got 0");
    if (dataset.empty()) fail("expected a dataset with at least one picture but it is empty");
    for (Slot& slot : slots_) {
      slot.images = Arena<float>(options_.batch * dataset.pixels());
      slot.labels = Arena<std::int32_t>(options_.batch);
    }
  }

  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  index_t batches() const { return (dataset_.size() + options_.batch - 1) / options_.batch; }  ///< of one epoch

  index_t size() const { return dataset_.size(); }      ///< pictures of one epoch
  index_t pixels() const { return dataset_.pixels(); }  ///< of one picture

  /// Begins an epoch at one of its batches. What was begun before is dropped.
  void start(std::uint64_t epoch, index_t first_batch = 0) {
    if (first_batch > batches()) fail("expected a first batch of at most ", batches(), " but got ", first_batch);
    worker_ = {};
    epoch_ = epoch;
    std::iota(order_.begin(), order_.end(), 0U);
    if (options_.shuffle) Random(data_stream(options_.seed, DataUse::shuffle, epoch)).shuffle(std::span{order_});
    problem_ = nullptr;
    assembled_ = taken_ = released_ = first_batch;
    worker_ = std::jthread([this, first_batch](std::stop_token stop) { assemble_from(first_batch, stop); });
  }

  /// The next batch, valid until the next call; nothing at the end of the epoch. What the background thread threw is thrown here.
  std::optional<LoadedBatch> next() {
    std::unique_lock lock(mutex_);
    released_ = taken_;
    changed_.notify_all();
    if (taken_ == batches() || !worker_.joinable()) return std::nullopt;
    changed_.wait(lock, [&] { return assembled_ > taken_ || problem_; });
    if (assembled_ == taken_) std::rethrow_exception(problem_);
    const index_t batch = taken_++;
    const Slot& slot = slots_[batch % slots_.size()];
    return LoadedBatch{slot.images.data(), slot.labels.data(), rows_of(batch)};
  }

 private:
  struct Slot {
    Arena<float> images;         // (batch, height, width, 1)
    Arena<std::int32_t> labels;  // (batch)
  };

  index_t rows_of(index_t batch) const { return std::min(options_.batch, dataset_.size() - batch * options_.batch); }

  void assemble_from(index_t first_batch, const std::stop_token& stop) {
    try {
      for (index_t batch = first_batch; batch < batches(); ++batch) {
        {
          std::unique_lock lock(mutex_);
          if (!changed_.wait(lock, stop, [&] { return batch < released_ + slots_.size(); })) return;
        }
        assemble(batch, slots_[batch % slots_.size()]);
        const std::lock_guard lock(mutex_);
        assembled_ = batch + 1;
        changed_.notify_all();
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      problem_ = std::current_exception();
      changed_.notify_all();
    }
  }

  void assemble(index_t batch, Slot& slot) const {
    for (index_t row = 0; row < rows_of(batch); ++row) {
      const std::uint32_t index = order_[batch * options_.batch + row];
      float* const pixels = slot.images.data() + row * dataset_.pixels();
      const auto key = [&](DataUse use) { return data_stream(options_.seed, use, epoch_, index); };
      preparation_.augmented(dataset_.image(index).data(), key(DataUse::augmentation), pixels);
      if (options_.transform) options_.transform(key(DataUse::transform), {pixels, dataset_.pixels()});
      slot.labels.data()[row] = dataset_.label(index);
    }
  }

  const ImageDataset& dataset_;
  LoaderOptions options_;
  Preparation preparation_;
  std::vector<std::uint32_t> order_;  // of the epoch's pictures
  std::uint64_t epoch_ = 0;

  std::array<Slot, 3> slots_;  // one in use, one ready, one being filled
  std::mutex mutex_;
  std::condition_variable_any changed_;
  index_t assembled_ = 0, taken_ = 0, released_ = 0;  // batches so far; a slot is free again once its batch is released
  std::exception_ptr problem_;
  std::jthread worker_;  // last, so that it ends before what it works on
};

}  // namespace taut
