/// SampleLoader: batches of anything that can be asked for its i-th sample, in a seeded order, assembled by a background thread.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <ranges>
#include <span>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/error.hpp"
#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/epoch_order.hpp"
#include "taut/data/random_streams.hpp"
#include "taut/data/sample_target.hpp"

namespace taut {

/// What a loader hands out; the memory is the loader's.
template <class Target>
struct LoadedBatch {
  const float* images = nullptr;   ///< (rows, height, width, channels) or (rows, features)
  const Target* labels = nullptr;  ///< (rows) or (rows, targets of a sample)
  index_t rows = 0;
};

struct LoaderOptions {
  index_t batch = 64;
  bool shuffle = true;
  std::uint64_t seed = 0;
  /// Called on the background thread for every sample when it is otherwise ready: a place for changes of your own.
  std::function<void(RandomKey key, std::span<float> values)> transform{};
};

/// sample(i, values) writes sample i and returns its label.
template <class S>
concept PlainSample = std::invocable<S&, index_t, std::span<float>>;

/// sample(i, values, key) likewise, and `key` is the sample's own sequence of random numbers in this epoch.
template <class S>
concept RandomSample = std::invocable<S&, index_t, std::span<float>, RandomKey>;

/// (values, label) in a std::pair or std::tuple; the values are numbers in a container.
template <class P>
concept LabelledSample = requires(const P& pair) {
  std::get<0>(pair).size();
  std::get<0>(pair)[0];
  std::get<1>(pair);
};

namespace detail {

template <class Sample>
auto ask_for(Sample& sample, index_t i, std::span<float> values, RandomKey key) {
  if constexpr (RandomSample<Sample>) {
    return sample(i, values, key);
  } else {
    return sample(i, values);
  }
}

template <class Sample>
using label_of = std::remove_cvref_t<decltype(ask_for(std::declval<Sample&>(), index_t{}, std::span<float>{}, RandomKey{}))>;

/// A container of (values, label) as a function of the index.
template <class View>
struct SampleOfContainer {
  View pairs;
  index_t values_of_sample;

  auto operator()(index_t i, std::span<float> values) const {
    const auto& pair = std::ranges::begin(pairs)[static_cast<std::ranges::range_difference_t<const View>>(i)];
    const auto& from = std::get<0>(pair);
    if (from.size() != values_of_sample) {
      fail("sample ", i, ": expected ", values_of_sample, " values, as the first sample has, but got ", from.size());
    }
    for (index_t v = 0; v < values_of_sample; ++v) values[v] = static_cast<float>(from[v]);
    return std::get<1>(pair);
  }
};

template <class Range>
SampleOfContainer(Range&&, index_t) -> SampleOfContainer<std::views::all_t<Range>>;

template <class Range>
using container_label = std::remove_cvref_t<decltype(std::get<1>(std::declval<std::ranges::range_reference_t<const Range>>()))>;

}  // namespace detail

/// What the batches hold is a function of (samples, options, seed, epoch) alone, so training may resume at any batch of any epoch. The last
/// batch of an epoch holds what is left. Target is int32_t for classes, float for numbers (see SampleTarget).
template <class Target>
class SampleLoader {
 public:
  /// `sample` writes the `values_of_sample` values of one of `samples`, channels last if it is a picture, and returns its label: an
  /// integer, a floating-point number, or a std::array of them. It runs on the background thread; what it throws ends the training.
  template <class Sample>
    requires PlainSample<Sample> || RandomSample<Sample>
  SampleLoader(index_t samples, index_t values_of_sample, LoaderOptions options, Sample sample)
      : values_of_sample_(values_of_sample),
        targets_of_sample_(SampleTarget<detail::label_of<Sample>>::count),
        options_(std::move(options)),
        sample_([sample = std::move(sample)](index_t i, std::span<float> values, RandomKey key, Target* targets) mutable {
          SampleTarget<detail::label_of<Sample>>::write(detail::ask_for(sample, i, values, key), targets, i);
        }),
        order_(accepted(samples)) {
    if (options_.batch == 0) fail("expected a batch of at least one sample but got 0");
    if (values_of_sample == 0) fail("expected samples of at least one value but got 0");
    for (Slot& slot : slots_) {
      slot.values = Arena<float>(options_.batch * values_of_sample_);
      slot.targets = Arena<Target>(options_.batch * targets_of_sample_);
    }
  }

  /// Pairs (values, label) in a container that outlives the loader; a temporary doesn't compile unless it is a view. A sample of another
  /// size than the first is an Error when its turn comes.
  template <std::ranges::random_access_range Container>
    requires LabelledSample<std::ranges::range_value_t<Container>> && std::copyable<std::views::all_t<Container>>
  explicit SampleLoader(Container&& pairs, LoaderOptions options = {})
      : SampleLoader(std::ranges::size(pairs), first_size(pairs), std::move(options),
                     detail::SampleOfContainer{std::views::all(pairs), first_size(pairs)}) {}

  SampleLoader(const SampleLoader&) = delete;
  SampleLoader& operator=(const SampleLoader&) = delete;

  index_t batches() const { return (size() + options_.batch - 1) / options_.batch; }  ///< of one epoch
  index_t size() const { return order_.size(); }                                      ///< samples of one epoch
  index_t pixels() const { return values_of_sample_; }                                ///< values of one sample

  /// Begins an epoch at one of its batches. What was begun before is dropped.
  void start(std::uint64_t epoch, index_t first_batch = 0) {
    if (first_batch > batches()) fail("expected a first batch of at most ", batches(), " but got ", first_batch);
    worker_ = {};
    epoch_ = epoch;
    set_epoch_order(order_, options_.shuffle, options_.seed, epoch);
    problem_ = nullptr;
    assembled_ = taken_ = released_ = first_batch;
    worker_ = std::jthread([this, first_batch](std::stop_token stop) { assemble_from(first_batch, stop); });
  }

  /// The next batch, valid until the next call; nothing at the end of the epoch. What the background thread threw is thrown here.
  std::optional<LoadedBatch<Target>> next() {
    std::unique_lock lock(mutex_);
    released_ = taken_;
    changed_.notify_all();
    if (taken_ == batches() || !worker_.joinable()) return std::nullopt;
    changed_.wait(lock, [&] { return assembled_ > taken_ || problem_; });
    if (assembled_ == taken_) std::rethrow_exception(problem_);
    const index_t batch = taken_++;
    const Slot& slot = slots_[batch % slots_.size()];
    return LoadedBatch<Target>{slot.values.data(), slot.targets.data(), rows_of(batch)};
  }

 private:
  struct Slot {
    Arena<float> values;    // (batch, values of a sample)
    Arena<Target> targets;  // (batch, targets of a sample)
  };

  static index_t accepted(index_t samples) {
    if (samples == 0) fail("expected a data set of at least one sample but it is empty");
    if (samples > std::numeric_limits<std::uint32_t>::max()) fail("expected fewer than 2^32 samples but got ", samples);
    return samples;
  }

  template <class Container>
  static index_t first_size(const Container& pairs) {
    return std::ranges::empty(pairs) ? 1 : std::get<0>(*std::ranges::begin(pairs)).size();
  }

  index_t rows_of(index_t batch) const { return std::min(options_.batch, size() - batch * options_.batch); }

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
      const std::span<float> values(slot.values.data() + row * values_of_sample_, values_of_sample_);
      const auto key = [&](DataUse use) { return data_stream(options_.seed, use, epoch_, index); };
      sample_(index, values, key(DataUse::augmentation), slot.targets.data() + row * targets_of_sample_);
      if (options_.transform) options_.transform(key(DataUse::transform), values);
    }
  }

  index_t values_of_sample_, targets_of_sample_;
  LoaderOptions options_;
  std::function<void(index_t, std::span<float>, RandomKey, Target*)> sample_;
  std::vector<std::uint32_t> order_;  // of the epoch's samples
  std::uint64_t epoch_ = 0;

  std::array<Slot, 3> slots_;  // one in use, one ready, one being filled
  std::mutex mutex_;
  std::condition_variable_any changed_;
  index_t assembled_ = 0, taken_ = 0, released_ = 0;  // batches so far; a slot is free again once its batch is released
  std::exception_ptr problem_;
  std::jthread worker_;  // last, so that it ends before what it works on
};

template <class Sample>
SampleLoader(index_t, index_t, LoaderOptions, Sample) -> SampleLoader<typename SampleTarget<detail::label_of<Sample>>::type>;

template <std::ranges::random_access_range Container>
SampleLoader(Container&&, LoaderOptions = {}) -> SampleLoader<typename SampleTarget<detail::container_label<Container>>::type>;

}  // namespace taut
