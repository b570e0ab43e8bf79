/// View misfits: sentences about indices, values and shapes that a tensor doesn't take.
#pragma once

#include "taut/core/diagnostics.hpp"

namespace taut::diagnostics {

/// Common pieces: a sentence about a tensor of the shape `S`, of which `Got` came.
template <Shape S, Shape Got>
struct about_tensor {
  struct Layer;  // never defined: stands for the tensor where compilers print only types
  static constexpr Shape received = Got;
  static constexpr index_t index = 0;

  static constexpr TextBuilder who() {
    TextBuilder text;
    text << "a tensor of " << S;
    return text;
  }
  static constexpr TextBuilder advice() { return {}; }

  template <class... Parts>
  static constexpr TextBuilder say(const Parts&... parts) {
    TextBuilder text;
    (text << ... << parts);
    return text;
  }
};

template <Shape S, index_t Count>
struct index_misfit : about_tensor<S, Shape{Count}> {
  static constexpr TextBuilder wanted() {
    return index_misfit::say("expects ", static_cast<index_t>(S.rank()), S.rank() == 1 ? " index" : " indices");
  }
  static constexpr TextBuilder got() { return index_misfit::say("but got ", Count); }
  static constexpr TextBuilder where() { return index_misfit::say("one index an axis"); }
};

template <Shape S, Shape Got>
struct value_misfit : about_tensor<S, Got> {
  static constexpr TextBuilder wanted() { return value_misfit::say("expects ", S, " values"); }
  static constexpr TextBuilder got() { return value_misfit::say("but got ", Got); }
  static constexpr TextBuilder where() { return value_misfit::say("its initial values"); }
};

template <Shape S, Shape To>
struct reshape_misfit : about_tensor<S, To> {
  static constexpr TextBuilder wanted() { return reshape_misfit::say("expects a shape of ", S.size(), " elements"); }
  static constexpr TextBuilder got() { return reshape_misfit::say("but got ", To); }
  static constexpr TextBuilder where() { return reshape_misfit::say("reshape"); }
};

template <Shape S, Shape Got>
struct copy_misfit : about_tensor<S, Got> {
  static constexpr TextBuilder wanted() { return copy_misfit::say("expects values of ", S); }
  static constexpr TextBuilder got() { return copy_misfit::say("but got ", Got); }
  static constexpr TextBuilder where() { return copy_misfit::say("a copy between shapes"); }
};

}  // namespace taut::diagnostics
