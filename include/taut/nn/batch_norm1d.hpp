/// BatchNorm1d: normalises each feature of a vector over the batch.
#pragma once

#include "taut/nn/batch_norm.hpp"

namespace taut {

/// y = (x − mean) / √(variance + eps) · weight + bias per feature, as
/// https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html defines it for (rows, features): in training the batch's own mean
/// and biased variance, in inference the running ones, which move by `momentum` towards the batch's mean and unbiased variance.
/// A training batch of a single row has no variance: PyTorch refuses it, here its output is the bias.
///
/// `BatchNorm1dWith<options…>` or, with the defaults Eps{1e-5} and Momentum{0.1}, `BatchNorm1d`. One integer states the features.
/// (N) → (N). Parameters: weight (N) = 1 and bias (N) = 0; buffers: running_mean (N) = 0 and running_var (N) = 1.
template <auto... Arguments>
struct BatchNorm1dWith : detail::BatchNorm<Arguments...> {
 private:
  using Norm = detail::BatchNorm<Arguments...>;
  static_assert(Norm::one_number_first, "BatchNorm1dWith takes <options...> or <features, options...>");
  static_assert(Norm::options_known, "BatchNorm1dWith's options are Eps and Momentum");

 public:
  static constexpr bool accepts(Shape in) { return in.rank() == 1 && (Norm::stated_channels == 0 || in.d0 == Norm::stated_channels); }

  static constexpr void name(TextBuilder& text) { detail::write_name<Arguments...>(text, "BatchNorm1d"); }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (in.rank() != 1) {
      text << "a vector";
    } else {
      text << Norm::stated_channels << " features";
    }
  }

  static constexpr void hint(Shape in, TextBuilder& text) {
    if (is_image(in)) text << "BatchNorm2d takes images";
  }
};

using BatchNorm1d = BatchNorm1dWith<>;

}  // namespace taut
