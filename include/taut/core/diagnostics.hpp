/// Diagnostics: never-defined templates whose *names* are the error message.
/// Before C++26 a static_assert message cannot hold a value; the name of an incomplete type can.
#pragma once

#include "taut/core/text.hpp"

namespace taut::diagnostics {

/// The sentence of a compile-time error; never defined.
template <Text... Sentence>
struct shape_error;

/// The same for compilers that print types but not strings: `layer<Linear<2304, 512>>::does_not_accept<Shape{256, 3, 3}>::at<16>`.
template <class Layer>
struct layer {
  template <Shape Got>
  struct does_not_accept {
    template <index_t Index>
    struct at;  // never defined
  };
};

/// Deriving from `stop<Explain>` ends the compilation with one error that says what `Explain` has to say in its pieces:
/// `who()`, `wanted()`, `got()`, `where()`, `advice()`, and `Layer`, `received` and `index` for compilers that print only types.
template <class Explain>
struct stop
#if defined(__CUDACC__) || (defined(__clang__) && __clang_major__ < 16)
    : layer<typename Explain::Layer>::template does_not_accept<Explain::received>::template at<Explain::index> {
};
#elif defined(__clang__)  // prints about 34 characters of each string: hence the pieces
    : shape_error<text_of<Explain::who>(), text_of<Explain::wanted>(), text_of<Explain::got>(), text_of<Explain::where>(),
                  text_of<Explain::advice>()> {
};
#else  // g++ prints the whole sentence
    : shape_error<text_of<[] {
        TextBuilder sentence;
        sentence << Explain::who().view() << " " << Explain::wanted().view() << " " << Explain::got().view() << " ("
                 << Explain::where().view();
        if (Explain::advice().length != 0) sentence << "; " << Explain::advice().view();
        sentence << ")";
        return sentence;
      }>()> {
};
#endif

/// Empty where the condition holds; elsewhere its name is the error.
template <bool Fits, class Explain>
struct require {};
template <class Explain>
struct require<false, Explain> : stop<Explain> {};

}  // namespace taut::diagnostics
