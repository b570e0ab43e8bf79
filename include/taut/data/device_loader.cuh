/// DeviceLoader: a data set in the GPU's memory, handed out batch by batch as a Loader would.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/error.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/epoch_order.hpp"
#include "taut/data/prepare_pictures.cuh"
#include "taut/data/preparation.hpp"
#include "taut/data/random_streams.hpp"
#include "taut/data/sample_loader.hpp"
#include "taut/device/cuda/check.cuh"
#include "taut/device/cuda/memory.cuh"

namespace taut::cuda {

/// The pictures' bytes are copied to the GPU once. For each batch the host says which pictures come and what becomes of each, a few hundred
/// bytes a picture, and a kernel makes the network's floats of them: the bits of Loader (or of a SampleLoader with targets of one's own)
/// for the same options. The kernel runs on the stream of the device that trains, so that nobody waits; to read the pictures on the host,
/// synchronize first. Targets stay in the host's memory, where losses check them.
///
/// Target is int32_t for classes, float for numbers. The device must outlive the loader; the data set needn't.
template <class Target>
class DeviceLoader {
 public:
  /// Of pictures and their classes.
  template <class D>
    requires std::same_as<Target, std::int32_t>
  DeviceLoader(const D& device, const ImageDataset& dataset, LoaderOptions options, Normalization normalization,
               Augmentation augmentation = {})
      : DeviceLoader(device, dataset, std::vector<Target>(dataset.labels().begin(), dataset.labels().end()), std::move(options),
                     normalization, augmentation) {}

  /// Of pictures and numbers for each of them, e.g. probabilities.
  template <class D, std::size_t Count>
  DeviceLoader(const D& device, const ImageDataset& dataset, std::span<const std::array<Target, Count>> targets, LoaderOptions options,
               Normalization normalization, Augmentation augmentation = {})
      : DeviceLoader(device, dataset, flat(targets), std::move(options), normalization, augmentation) {
    if (targets.size() != dataset.size()) fail("expected targets for ", dataset.size(), " pictures but got ", targets.size());
  }

  DeviceLoader(const DeviceLoader&) = delete;
  DeviceLoader& operator=(const DeviceLoader&) = delete;
  /// What was launched reads the memory that is released here.
  ~DeviceLoader() { static_cast<void>(cudaStreamSynchronize(stream_)); }

  index_t batches() const { return (size() + options_.batch - 1) / options_.batch; }  ///< of one epoch
  index_t size() const { return order_.size(); }                                      ///< pictures of one epoch
  index_t pixels() const { return preparation_.pixels(); }                            ///< of one picture

  /// Begins an epoch at one of its batches. What was begun before is dropped.
  void start(std::uint64_t epoch, index_t first_batch = 0) {
    if (first_batch > batches()) fail("expected a first batch of at most ", batches(), " but got ", first_batch);
    set_epoch_order(order_, options_.shuffle, options_.seed, epoch);
    epoch_ = epoch;
    next_ = first_batch;
  }

  /// The next batch, pictures on the GPU and targets on the host, valid until the next call; nothing at the end of the epoch.
  std::optional<LoadedBatch<Target>> next() {
    check(cudaSetDevice(device_), "cudaSetDevice");
    check(cudaEventRecord(slots_[turn_ % slots_.size()].used, stream_), "cudaEventRecord");  // by whatever the last batch was for
    if (next_ == batches()) return std::nullopt;
    Slot& slot = slots_[++turn_ % slots_.size()];
    check(cudaEventSynchronize(slot.used), "cudaEventSynchronize");
    const index_t first = next_++ * options_.batch, rows = std::min(options_.batch, size() - first);
    auto* const orders = reinterpret_cast<PictureOrder*>(slot.orders.data());
    const index_t targets_of_picture = targets_.size() / size();
    for (index_t row = 0; row < rows; ++row) {
      const std::uint32_t picture = order_[first + row];
      const RandomKey key = data_stream(options_.seed, DataUse::augmentation, epoch_, picture);
      orders[row] = {picture, preparation_.change_of(draw_augmentation(preparation_.augmentation(), key), sums_[picture])};
      std::copy_n(targets_.data() + picture * targets_of_picture, targets_of_picture, slot.targets.data() + row * targets_of_picture);
    }
    check(cudaMemcpyAsync(orders_.data(), orders, rows * sizeof(PictureOrder), cudaMemcpyDefault, stream_), "cudaMemcpyAsync");
    prepare_pictures(stream_, source(), rows, height_, width_, preparation_.augmentation().fill, bytes_.data(),
                     reinterpret_cast<const PictureOrder*>(orders_.data()), table_.data(), pictures_.data());
    return LoadedBatch<Target>{pictures_.data(), slot.targets.data(), rows};
  }

  /// Waits until the last batch's pictures are there, for the host to read.
  void synchronize() const { check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

 private:
  /// What the host writes for one batch, while the GPU may still read another's.
  struct Slot {
    Arena<unsigned char> orders;  // (batch) PictureOrders
    Arena<Target> targets;        // (batch, targets of a picture)
    cudaEvent_t used = nullptr;

    Slot(index_t batch, index_t targets_of_picture)
        : orders(batch * sizeof(PictureOrder), pinned_memory), targets(batch * targets_of_picture, pinned_memory) {
      check(cudaEventCreate(&used), "cudaEventCreate");
    }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { static_cast<void>(cudaEventDestroy(used)); }
  };

  template <class D>
  DeviceLoader(const D& device, const ImageDataset& dataset, std::vector<Target> targets, LoaderOptions options,
               Normalization normalization, Augmentation augmentation)
      : stream_(device.stream()), device_(device.device()), options_(accepted(std::move(options), dataset)), height_(dataset.height()),
        width_(dataset.width()), preparation_(height_, width_, normalization, augmentation), targets_(std::move(targets)),
        order_(dataset.size()), bytes_(dataset.bytes().size(), managed_memory), table_(256, managed_memory),
        orders_(options_.batch * sizeof(PictureOrder), managed_memory), pictures_(options_.batch * pixels(), managed_memory),
        slots_{Slot{options_.batch, targets_.size() / size()}, Slot{options_.batch, targets_.size() / size()}} {
    for (index_t i = 0; i < dataset.size(); ++i) sums_.push_back(preparation_.sum_of(dataset.image(i).data()));
    check(cudaMemcpyAsync(bytes_.data(), dataset.bytes().data(), dataset.bytes().size(), cudaMemcpyDefault, stream_), "cudaMemcpyAsync");
    check(cudaMemcpyAsync(table_.data(), preparation_.table().data(), 256 * sizeof(float), cudaMemcpyDefault, stream_), "cudaMemcpyAsync");
    check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
    next_ = batches();  // nothing until an epoch is started
  }

  static LoaderOptions accepted(LoaderOptions options, const ImageDataset& dataset) {
    if (dataset.empty()) fail("expected a data set of at least one sample but it is empty");
    if (dataset.size() > std::numeric_limits<std::uint32_t>::max()) fail("expected fewer than 2^32 samples but got ", dataset.size());
    if (options.batch == 0) fail("expected a batch of at least one sample but got 0");
    if (options.transform) fail("DeviceLoader: expected no transform, which would run on the host: use a Loader for it");
    return options;
  }

  template <std::size_t Count>
  static std::vector<Target> flat(std::span<const std::array<Target, Count>> targets) {
    std::vector<Target> all;
    all.reserve(targets.size() * Count);
    for (const auto& each : targets) all.insert(all.end(), each.begin(), each.end());
    return all;
  }

  PictureSource source() const {
    if (!preparation_.augmentation().moves()) return PictureSource::itself;
    return preparation_.augmentation().interpolation == Interpolation::nearest ? PictureSource::nearest : PictureSource::bilinear;
  }

  cudaStream_t stream_;
  int device_;
  LoaderOptions options_;
  index_t height_, width_;
  Preparation preparation_;
  std::vector<Target> targets_;       // (pictures, targets of a picture)
  std::vector<std::uint64_t> sums_;   // of each picture's bytes
  std::vector<std::uint32_t> order_;  // of the epoch's pictures
  std::uint64_t epoch_ = 0;
  index_t next_ = 0;

  Arena<std::uint8_t> bytes_;     // (pictures, height, width)
  Arena<float> table_;            // (256)
  Arena<unsigned char> orders_;   // (batch) PictureOrders
  Arena<float> pictures_;         // (batch, height, width, 1)
  std::array<Slot, 2> slots_;
  std::size_t turn_ = 0;
};

template <class D>
DeviceLoader(const D&, const ImageDataset&, LoaderOptions, Normalization, Augmentation = {}) -> DeviceLoader<std::int32_t>;

template <class D, std::size_t Count>
DeviceLoader(const D&, const ImageDataset&, std::span<const std::array<float, Count>>, LoaderOptions, Normalization, Augmentation = {})
    -> DeviceLoader<float>;

}  // namespace taut::cuda
