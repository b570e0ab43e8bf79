/// Options: what is told to a layer beside its sizes, as values of small structs in its template arguments. None has a base class: nvcc,
/// which writes such a value back into the host's code member by member, couldn't.
#pragma once

#include <concepts>
#include <type_traits>

#include "taut/core/shape.hpp"
#include "taut/core/text.hpp"

namespace taut {

namespace detail {

/// Of a height and a width, for which one number may stand.
constexpr void write_extents(TextBuilder& text, const char* name, index_t height, index_t width) {
  text << name << "{" << height;
  if (width != height) text << "," << width;
  text << "}";
}

}  // namespace detail

/// Kernel size, for kernels that aren't square: `Kernel{3, 5}` is 3 high and 5 wide.
struct Kernel {
  index_t height, width;
  constexpr explicit Kernel(index_t both) : height(both), width(both) {}
  constexpr Kernel(index_t h, index_t w) : height(h), width(w) {}
  constexpr void write(TextBuilder& text) const { detail::write_extents(text, "Kernel", height, width); }
};

/// Steps between windows.
struct Stride {
  index_t height, width;
  constexpr explicit Stride(index_t both) : height(both), width(both) {}
  constexpr Stride(index_t h, index_t w) : height(h), width(w) {}
  constexpr void write(TextBuilder& text) const { detail::write_extents(text, "Stride", height, width); }
};

/// Rows and columns added on each side: zeros for a convolution and a mean, −infinity for a max-pool.
struct Padding {
  index_t height, width;
  constexpr explicit Padding(index_t both) : height(both), width(both) {}
  constexpr Padding(index_t h, index_t w) : height(h), width(w) {}
  constexpr void write(TextBuilder& text) const { detail::write_extents(text, "Padding", height, width); }
};

/// Rows and columns added on one side of a transposed convolution's output.
struct OutputPadding {
  index_t height, width;
  constexpr explicit OutputPadding(index_t both) : height(both), width(both) {}
  constexpr OutputPadding(index_t h, index_t w) : height(h), width(w) {}
  constexpr void write(TextBuilder& text) const { detail::write_extents(text, "OutputPadding", height, width); }
};

/// Distance between the taps of a kernel.
struct Dilation {
  index_t height, width;
  constexpr explicit Dilation(index_t both) : height(both), width(both) {}
  constexpr Dilation(index_t h, index_t w) : height(h), width(w) {}
  constexpr void write(TextBuilder& text) const { detail::write_extents(text, "Dilation", height, width); }
};

/// Convolves the channels in this many independent groups.
struct Groups {
  index_t count;
  constexpr void write(TextBuilder& text) const { text << "Groups{" << count << "}"; }
};

/// Leaves the bias out.
struct NoBias {
  constexpr void write(TextBuilder& text) const { text << "NoBias{}"; }
};

/// Lets a pool ignore the last rows and columns that fill no window, as PyTorch does. Without it the window must divide the image.
struct RoundDown {
  constexpr void write(TextBuilder& text) const { text << "RoundDown{}"; }
};

/// Whether a mean counts the padding in its window, as zeros.
struct CountIncludePad {
  bool value;
  constexpr void write(TextBuilder& text) const { text << "CountIncludePad{" << (value ? "true" : "false") << "}"; }
};

/// How many times as high and as wide.
struct ScaleFactor {
  index_t height, width;
  constexpr explicit ScaleFactor(index_t both) : height(both), width(both) {}
  constexpr ScaleFactor(index_t h, index_t w) : height(h), width(w) {}
  constexpr void write(TextBuilder& text) const { detail::write_extents(text, "ScaleFactor", height, width); }
};

/// Upsamples between pixels by their distance instead of taking the nearest.
struct Bilinear {
  constexpr void write(TextBuilder& text) const { text << "Bilinear{}"; }
};

/// What is added to a variance before its square root.
struct Eps {
  double value;
  constexpr void write(TextBuilder& text) const { text << "Eps"; }
};

/// A LeakyReLU's slope below zero.
struct NegativeSlope {
  double value;
  constexpr void write(TextBuilder& text) const { text << "NegativeSlope"; }
};

/// GELU by its approximation with a tanh.
struct ApproximateTanh {
  constexpr void write(TextBuilder& text) const { text << "ApproximateTanh{}"; }
};

/// How far a running statistic moves towards the current batch's.
struct Momentum {
  double value;
  constexpr void write(TextBuilder& text) const { text << "Momentum"; }
};

namespace detail {

/// The argument of type `Option`, or the fallback where none was given.
template <class Option, auto... Arguments>
constexpr Option option_or(Option fallback) {
  [[maybe_unused]] auto take = [&](auto argument) {
    if constexpr (std::same_as<decltype(argument), Option>) fallback = argument;
  };
  (take(Arguments), ...);
  return fallback;
}

template <class Option, auto... Arguments>
inline constexpr bool has_option = (std::same_as<std::remove_cvref_t<decltype(Arguments)>, Option> || ...);

template <class T, class... Choices>
concept one_of = (std::same_as<std::remove_cvref_t<T>, Choices> || ...);

/// How many of the arguments are plain integers; they stand before the options.
template <auto... Arguments>
inline constexpr index_t integer_count = (index_t{0} + ... + index_t{std::integral<decltype(Arguments)>});

/// Whether all integers stand before the options, and none is below 1.
template <auto... Arguments>
constexpr bool positive_integers_first() {
  bool option_seen = false, in_order = true;
  [[maybe_unused]] auto visit = [&](auto argument) {
    if constexpr (std::integral<decltype(argument)>) {
      if (option_seen || argument < 1) in_order = false;
    } else {
      option_seen = true;
    }
  };
  (visit(Arguments), ...);
  return in_order;
}

/// The integer argument at `position`; 0 where there are fewer.
template <auto... Arguments>
constexpr index_t integer_at(index_t position) {
  index_t found = 0, seen = 0;
  [[maybe_unused]] auto take = [&](auto argument) {
    if constexpr (std::integral<decltype(argument)>) {
      if (seen++ == position) found = static_cast<index_t>(argument);
    }
  };
  (take(Arguments), ...);
  return found;
}

/// Writes the arguments as a person would: `64,3,Padding{1}`.
template <auto... Arguments>
constexpr void write_arguments(TextBuilder& text) {
  bool first = true;
  [[maybe_unused]] auto write = [&](auto argument) {
    if (!first) text << ",";
    first = false;
    if constexpr (std::integral<decltype(argument)>) {
      text << static_cast<index_t>(argument);
    } else {
      argument.write(text);
    }
  };
  (write(Arguments), ...);
}

/// A layer that may go without arguments: `GELU`, `GELU<ApproximateTanh{}>`.
template <auto... Arguments>
constexpr void write_name(TextBuilder& text, const char* name) {
  text << name;
  if (sizeof...(Arguments) == 0) return;
  text << "<";
  write_arguments<Arguments...>(text);
  text << ">";
}

}  // namespace detail
}  // namespace taut
