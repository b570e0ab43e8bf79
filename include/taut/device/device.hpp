/// Device: who owns the kernels. What a device must offer, group by group; layers know nothing else about it.
///
/// A device is an object with member templates. Every pointer lies in the device's memory, images are channels last, `rows` is the
/// number of samples, and results never depend on the number of threads. Outputs are overwritten, never added to.
/// `workspace` holds at least as many elements as the matching `…_workspace` function of the same device says, and nothing between calls.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "taut/core/arena.hpp"
#include "taut/core/geometry.hpp"
#include "taut/core/random.hpp"

namespace taut {

/// What a loss leaves behind: sums, so that an average over several batches is exact.
struct LossSums {
  double loss = 0;    ///< Σ of weight × loss
  double weight = 0;  ///< Σ of what the mean counts: CrossEntropy's class weights of the rows; rows; or elements, where each has a loss
  std::uint64_t correct = 0;  ///< rows whose largest logit is their class; the first of equals counts. 0 where there are no classes
};

/// One step of Adam (Kingma and Ba, 2014) or AdamW (Loshchilov and Hutter, 2017), as PyTorch defines them.
struct AdamStep {
  double learning_rate = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
  bool decoupled = false;   ///< AdamW: the decay acts on the weights instead of joining the gradient
  std::uint64_t step = 1;   ///< counts from 1, for the bias corrections
};

/// One step of stochastic gradient descent, as PyTorch defines it.
struct SgdStep {
  double learning_rate = 1e-2, momentum = 0, dampening = 0, weight_decay = 0;
  bool nesterov = false;
  std::uint64_t step = 1;   ///< counts from 1: the first step copies the gradient into the momentum buffer
};

/// One step of RMSprop (Hinton, 2012), as PyTorch defines it.
struct RMSpropStep {
  double learning_rate = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0;
};

/// y (rows, out_height, out_width, out_channels) = activation(x * weight + bias); `bias` may be null.
/// backward writes dweight and dbias, Σ of dy over rows and pixels, and dx; each is null where nobody asks for it, dbias alone too.
template <class D, class T>
concept ConvolutionKernels = requires(D d, index_t rows, const T* in, T* out) {
  { d.template conv2d_workspace<Conv2dGeometry{}, T>(rows) } -> std::same_as<index_t>;
  d.template conv2d_forward<Conv2dGeometry{}, T>(rows, in /*x*/, in /*weight*/, in /*bias*/, Activation{}, out /*y*/, out /*workspace*/);
  d.template conv2d_backward<Conv2dGeometry{}, T>(rows, in /*x*/, in /*dy*/, in /*weight*/, out /*dweight*/, out /*dbias*/, out /*dx*/,
                                                  out /*workspace*/);
};

/// A convolution whose weight doesn't change: `conv2d_prepare` brings it once into whatever form the device reads fastest, and
/// `conv2d_forward_prepared` gives the bits that conv2d_forward would.
template <class D, class T>
concept PreparedConvolutionKernels = requires(D d, index_t rows, const T* in, T* out) {
  { D::template conv2d_prepared_size<Conv2dGeometry{}, T>() } -> std::same_as<index_t>;
  d.template conv2d_prepare<Conv2dGeometry{}, T>(in /*weight*/, out /*prepared*/);
  d.template conv2d_forward_prepared<Conv2dGeometry{}, T>(rows, in /*x*/, in /*prepared*/, in /*bias*/, Activation{}, out /*y*/,
                                                          out /*workspace*/);
};

/// y (rows, out) = activation(x (rows, in) · weight (in, out) + bias (out)); `bias` and `dbias` may be null.
template <class D, class T>
concept LinearKernels = requires(D d, index_t rows, const T* in, T* out) {
  { d.template linear_workspace<LinearGeometry{}, T>(rows) } -> std::same_as<index_t>;
  d.template linear_forward<LinearGeometry{}, T>(rows, in /*x*/, in /*weight*/, in /*bias*/, Activation{}, out /*y*/, out /*workspace*/);
  d.template linear_backward_input<LinearGeometry{}, T>(rows, in /*dy*/, in /*weight*/, out /*dx*/, out /*workspace*/);
  d.template linear_backward_weight<LinearGeometry{}, T>(rows, in /*x*/, in /*dy*/, out /*dweight*/, out /*dbias*/, out /*workspace*/);
};

/// A bias by itself, as a transposed convolution has it; and its gradient.
template <class D, class T>
concept BiasKernels = requires(D d, index_t pixels, index_t channels, const T* in, T* out) {
  // y (pixels, channels) = activation(y + bias); bias (channels) or null
  d.template add_bias<T>(pixels, channels, in /*bias*/, Activation{}, out /*y*/);
  { d.template column_sums_workspace<T>(pixels, channels) } -> std::same_as<index_t>;
  // sums (channels) = Σ over pixels of x (pixels, channels)
  d.template column_sums<T>(pixels, channels, in /*x*/, out /*sums*/, out /*workspace*/);
};

/// What batch normalisation needs besides its vectors.
struct BatchNormOptions {
  double eps = 1e-5, momentum = 0.1;
};

/// The vectors of one batch normalisation, each with one element a channel.
template <class T>
struct BatchNormVectors {
  const T* gamma = nullptr;
  const T* beta = nullptr;
  T* running_mean = nullptr;
  T* running_variance = nullptr;
  T* mean = nullptr;     ///< of this batch; what backward needs again
  T* inv_std = nullptr;  ///< 1 / sqrt(biased variance of this batch + eps); what backward needs again
  T* scale = nullptr;    ///< gamma · inv_std
  T* shift = nullptr;    ///< beta − mean · scale
};

/// Normalise → activate → max-pool. Argmax is one byte an output: the index of the chosen element in its window, row by row
/// (255: ReLU is flat there, no gradient passes); it is null where the geometry doesn't pool. A gated activation stands before the search
/// for the largest element, any other, being monotone, behind it: of elements that only rounding makes equal the larger input is chosen.
/// Where the geometry doesn't normalise, the batch norm's pointers are null.
/// Where it normalises and dgamma and dbeta are null, scale and shift are constants, as batch_norm_running leaves them: dx = scale · d.
template <class D, class T>
concept NormPoolKernels = requires(D d, index_t rows, const T* in, T* out, std::uint8_t* bytes, const std::uint8_t* const_bytes,
                                   BatchNormOptions options, BatchNormVectors<T> norm) {
  { d.template norm_pool_workspace<NormPoolGeometry{}, T>(rows) } -> std::same_as<index_t>;
  // mean, inv_std, scale and shift of this batch; moves the running statistics (unbiased variance) by momentum
  d.template batch_norm_statistics<NormPoolGeometry{}, T>(rows, in /*x*/, options, norm, out /*workspace*/);
  // scale and shift from the running statistics
  d.template batch_norm_running<NormPoolGeometry{}, T>(options, norm);
  // y = pool(activation(scale·x + shift)); argmax may be null
  d.template norm_pool_forward<NormPoolGeometry{}, T>(rows, in /*x*/, in /*scale*/, in /*shift*/, out /*y*/, bytes /*argmax*/);
  // through pool, activation and the batch's statistics
  d.template norm_pool_backward<NormPoolGeometry{}, T>(rows, in /*x*/, in /*dy*/, const_bytes /*argmax*/, norm, out /*dx*/,
                                                       out /*dgamma*/, out /*dbeta*/, out /*workspace*/);
};

/// An activation alone: y = activation(x), dx = dy · activation'(x). `saved` is x where the activation is gated, y elsewhere. Every
/// activation is the limit of finite numbers at ±infinity, and leaves a NaN one. y may be x, and dx dy.
template <class D, class T>
concept ActivationKernels = requires(D d, index_t count, const T* in, T* out) {
  d.template activation_forward<Activation{}, T>(count, in /*x*/, out /*y*/);
  d.template activation_backward<Activation{}, T>(count, in /*saved*/, in /*dy*/, out /*dx*/);
};

/// Softmax of each row of x (rows, classes), or its logarithm, the largest element taken out first; backward works from y.
template <class D, class T>
concept SoftmaxKernels = requires(D d, index_t rows, const T* in, T* out) {
  d.template softmax<T>(rows, index_t{} /*classes*/, in /*x*/, out /*y*/);
  d.template log_softmax<T>(rows, index_t{} /*classes*/, in /*x*/, out /*y*/);
  d.template softmax_backward<T>(rows, index_t{} /*classes*/, in /*y*/, in /*dy*/, out /*dx*/);
  d.template log_softmax_backward<T>(rows, index_t{} /*classes*/, in /*y*/, in /*dy*/, out /*dx*/);
};

/// y (rows, out_height, out_width, channels) = the mean of each window; backward writes dx from dy.
template <class D, class T>
concept AveragePoolKernels = requires(D d, index_t rows, const T* in, T* out) {
  d.template average_pool_forward<AveragePoolGeometry{}, T>(rows, in /*x*/, out /*y*/);
  d.template average_pool_backward<AveragePoolGeometry{}, T>(rows, in /*dy*/, out /*dx*/);
};

/// y = (x − mean) / √(variance + eps) · weight + bias, mean and biased variance those of the element's group in its row, weight and bias
/// (channels). backward writes dx, null where nobody asks for it, and dweight and dbias.
template <class D, class T>
concept GroupNormKernels = requires(D d, index_t rows, const T* in, T* out) {
  { d.template group_norm_workspace<GroupNormGeometry{}, T>(rows) } -> std::same_as<index_t>;
  d.template group_norm_forward<GroupNormGeometry{}, T>(rows, in /*x*/, in /*weight*/, in /*bias*/, double{} /*eps*/, out /*y*/);
  d.template group_norm_backward<GroupNormGeometry{}, T>(rows, in /*x*/, in /*dy*/, in /*weight*/, double{} /*eps*/, out /*dx*/,
                                                         out /*dweight*/, out /*dbias*/, out /*workspace*/);
};

/// Moves the numbers of each row from one image's place to another's; the gradient goes back by the same with the geometry's back().
template <class D, class T>
concept ReshapeKernels = requires(D d, index_t rows, const T* in, T* out) {
  d.template reshape<ReshapeGeometry{}, T>(rows, in /*x*/, out /*y*/);
};

/// y (rows, out_height, out_width, channels) from x (rows, in_height, in_width, channels); backward is its adjoint.
template <class D, class T>
concept UpsampleKernels = requires(D d, index_t rows, const T* in, T* out) {
  d.template upsample_forward<UpsampleGeometry{}, T>(rows, in /*x*/, out /*y*/);
  d.template upsample_backward<UpsampleGeometry{}, T>(rows, in /*dy*/, out /*dx*/);
};

/// y = mask · x / (1 − percent/100), the mask a function of (key, position) alone: the backward pass calls the same on dy.
/// Element i is kept where word i % 4 of philox(key, i / 4), as a number in [0, 1), is at least percent/100.
template <class D, class T>
concept DropoutKernels = requires(D d, index_t count, const T* in, T* out, RandomKey key) {
  d.template dropout<T>(count, in /*x*/, out /*y*/, index_t{} /*percent*/, key);
};

/// Cross entropy of softmax(logits (rows, classes)) against labels, log-softmax computed stably, classes weighted and labels smoothed
/// as PyTorch's CrossEntropyLoss does; dlogits (rows, classes) is the gradient of the weighted mean, or null.
template <class D, class T>
concept LossKernels = requires(D d, index_t rows, const T* in, T* out, const std::int32_t* labels) {
  { d.template cross_entropy<T>(rows, index_t{} /*classes*/, in /*logits*/, labels, in /*class_weights or null*/, double{} /*smoothing*/,
                                out /*dlogits*/) } -> std::same_as<LossSums>;
  d.template softmax<T>(rows, index_t{} /*classes*/, in /*logits*/, out /*probabilities*/);
};

/// Losses whose targets are numbers, one an output. Each writes the gradient of the mean, or nothing where that pointer is null, and
/// returns sums; the last three count elements. With d = y − target and z a logit:
/// soft_cross_entropy: −Σ w·t·log p over a row's classes, targets smoothed as labels are; the mean divides by the rows;
/// mse: d²; huber: d²/2 where |d| ≤ delta, else delta·(|d| − delta/2);
/// bce_with_logits: −(pos_weight·t·log σ(z) + (1 − t)·log(1 − σ(z))), finite for every finite z; one pos_weight a channel.
template <class D, class T>
concept DenseLossKernels = requires(D d, index_t count, const T* in, T* out) {
  { d.template soft_cross_entropy<T>(count /*rows*/, count /*classes*/, in /*logits*/, in /*targets*/, in /*class_weights or null*/,
                                     double{} /*smoothing*/, out /*dlogits*/) } -> std::same_as<LossSums>;
  { d.template mse<T>(count, in /*y*/, in /*targets*/, out /*dy*/) } -> std::same_as<LossSums>;
  { d.template huber<T>(count, in /*y*/, in /*targets*/, double{} /*delta*/, out /*dy*/) } -> std::same_as<LossSums>;
  { d.template bce_with_logits<T>(count, count /*channels*/, in /*logits*/, in /*targets*/, in /*pos_weight (channels)*/,
                                  out /*dlogits*/) } -> std::same_as<LossSums>;
};

/// Where branches end. An element of `gradients` is null where nobody asks for it.
template <class D, class T>
concept BranchKernels =
    requires(D d, index_t count, const T* in, T* out, const T* const* branches, T* const* gradients, const index_t* channels) {
      // y (count) = activation(Σ of branches (count))
      d.template add<T>(count, index_t{} /*branches*/, branches, Activation{}, out /*y*/);
      // each gradient (count) = dy · activation'; y is the output, of an activation that isn't gated
      d.template add_backward<T>(count, index_t{} /*branches*/, in /*y*/, in /*dy*/, Activation{}, gradients);
      // y (pixels, Σ channels) = the branches (pixels, channels[b]), one behind the other
      d.template concatenate<T>(count /*pixels*/, index_t{} /*branches*/, channels, branches, out /*y*/);
      // the other way
      d.template split<T>(count /*pixels*/, index_t{} /*branches*/, channels, in /*dy*/, gradients);
    };

/// Sweeps over flat spans of parameters.
template <class D, class T>
concept OptimizerKernels = requires(D d, index_t count, const T* in, T* out) {
  d.template adam_step<T>(count, out /*parameters*/, in /*gradients*/, out /*first moments*/, out /*second moments*/, AdamStep{});
  d.template sgd_step<T>(count, out /*parameters*/, in /*gradients*/, out /*momentum, null where it is 0*/, SgdStep{});
  d.template rmsprop_step<T>(count, out /*parameters*/, in /*gradients*/, out /*mean squares*/, out /*means, null unless centered*/,
                             out /*momentum, null where it is 0*/, RMSpropStep{});
  { d.template sum_of_squares<T>(count, in) } -> std::same_as<double>;
  d.template scale<T>(count, T{} /*factor*/, out);
  d.template lerp<T>(count, out /*average*/, in /*values*/, double{} /*weight*/);  // average += weight · (values − average)
};

/// Calls task(0) … task(tasks − 1), each once, on whatever threads the device has: for the kernels of layers of one's own.
template <class D>
concept TaskRunner = requires(D d, index_t tasks, void (*task)(index_t)) { d.run(tasks, task); };

/// A device with every group: what a model needs to be trained on it.
template <class D, class T>
concept Device = TaskRunner<D> && ConvolutionKernels<D, T> && LinearKernels<D, T> && BiasKernels<D, T> && NormPoolKernels<D, T> &&
                 ActivationKernels<D, T> && SoftmaxKernels<D, T> && AveragePoolKernels<D, T> && GroupNormKernels<D, T> &&
                 ReshapeKernels<D, T> && UpsampleKernels<D, T> && DropoutKernels<D, T> && BranchKernels<D, T> && LossKernels<D, T> &&
                 DenseLossKernels<D, T> && OptimizerKernels<D, T>;

/// Whether more than the name of a device is known.
template <class D>
concept DefinedDevice = requires { sizeof(D); };

/// A model's arrays as its device sees them. Gradients may be constants to whoever has them.
template <class T, class Gradient = T>
struct DeviceArrays {
  std::span<T> parameters;
  std::span<Gradient> gradients;
  std::span<T> buffers;
};

/// Where the arrays of a model on this device lie: where D::memory() says; a device that has no memory of its own uses the heap.
/// Whatever it is, host code can read and write it once the device has been waited for.
template <class D>
constexpr MemorySource memory_of() {
  if constexpr (requires { D::memory(); }) return D::memory();
  return host_memory;
}

/// Where a few numbers lie that the host writes again and again for the device to read.
template <class D>
constexpr MemorySource exchange_memory_of() {
  if constexpr (requires { D::exchange_memory(); }) return D::exchange_memory();
  return memory_of<D>();
}

/// Waits until a device that works by itself has done all it was given; others have nothing to wait for.
template <class D>
void synchronize(const D& device) {
  if constexpr (requires { device.synchronize(); }) device.synchronize();
}

/// Zeros, in turn with what the device does.
template <class D, class T>
void clear(D& device, T* data, index_t count) {
  if constexpr (requires { device.clear(data, count); }) {
    device.clear(data, count);
  } else {
    for (index_t i = 0; i < count; ++i) data[i] = T{};
  }
}

/// `count` elements of the host's where the device can read them, until the next call; a device without memory of its own reads them there.
template <class D, class T>
const T* staged(D& device, const T* data, index_t count) {
  if constexpr (requires { device.staged(data, count); }) return device.staged(data, count);
  return data;
}

}  // namespace taut
