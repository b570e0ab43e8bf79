/// ModelMisfit: sentences about what is handed to a model and doesn't fit: samples, batches, losses, targets.
#pragma once

#include "taut/core/diagnostics.hpp"

namespace taut::diagnostics {

/// Common pieces: a sentence about a model, not about one of its layers.
struct about_model {
  static constexpr index_t index = 0;
  static constexpr TextBuilder advice() { return {}; }

  static constexpr TextBuilder say(const auto&... words) {
    TextBuilder text;
    (text << ... << words);
    return text;
  }
};

template <class Net, Shape Sample>
struct sample_misfit : about_model {
  using Layer = Net;
  static constexpr Shape received = Sample;
  static constexpr TextBuilder who() { return say("the model"); }
  static constexpr TextBuilder wanted() { return say("expects samples of ", Net::input_shape); }
  static constexpr TextBuilder got() { return say("but got samples of ", Sample); }
  static constexpr TextBuilder where() { return say("the input shape of the network"); }
};

template <class Net, index_t MaxBatch, index_t Rows>
struct batch_misfit : about_model {
  using Layer = Net;
  static constexpr Shape received{Rows};
  static constexpr TextBuilder who() { return say("the model"); }
  static constexpr TextBuilder wanted() { return say("expects batches of at most ", MaxBatch, " rows"); }
  static constexpr TextBuilder got() { return say("but got one of up to ", Rows); }
  static constexpr TextBuilder where() { return say("the fourth argument of Model"); }
};

template <class Net, class L>
struct loss_misfit : about_model {
  using Layer = Net;
  static constexpr Shape received = Net::output_shape;
  static constexpr TextBuilder who() {
    TextBuilder text;
    L::name(text);
    return text;
  }
  static constexpr TextBuilder wanted() {
    TextBuilder text;
    text << "expects ";
    L::expects(text);
    return text;
  }
  static constexpr TextBuilder got() { return say("but got ", Net::output_shape); }
  static constexpr TextBuilder where() { return say("the output shape of the network"); }
};

template <class Net, class L, Shape Sample>
struct target_misfit : about_model {
  using Layer = Net;
  static constexpr Shape received = Sample;
  static constexpr TextBuilder who() {
    TextBuilder text;
    L::name(text);
    return text;
  }
  static constexpr TextBuilder wanted() { return say("expects targets of ", Net::output_shape); }
  static constexpr TextBuilder got() { return say("but got targets of ", Sample); }
  static constexpr TextBuilder where() { return say("the output shape of the network"); }
};

}  // namespace taut::diagnostics
