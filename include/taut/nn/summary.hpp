/// summary: a network as the table that PyTorch users know, and its memory plan.
#pragma once

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/for_each_index.hpp"
#include "taut/core/grouped_text.hpp"
#include "taut/nn/layer_name.hpp"
#include "taut/nn/layer_row.hpp"
#include "taut/nn/memory_plan.hpp"

namespace taut {

/// All layers of a network, in order; where branches begin and end there is a row too, but none between two.
template <class Net>
std::vector<LayerRow> layer_rows() {
  std::vector<LayerRow> rows;
  index_t step = 0, shown = 0;
  for_each_index<Net::depth>([&]<index_t I>() {
    const LayerPlan& layer = Net::plan.layers[I];
    if (layer.role != Role::next_branch) {
      rows.push_back({std::string(layer.path.view()), name_of<typename Net::template layer<I>>(), to_string(layer.output),
                      layer.tensors.parameter_count(), layer.multiply_adds, shown});
    }
    const StepSpan span = Net::plan.steps[step];
    if (I + 1 != span.first + span.count) return;
    ++step;
    shown += layer.role != Role::next_branch ? 1 : 0;
  });
  return rows;
}

namespace detail {

inline std::string megabytes(index_t bytes) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << static_cast<double>(bytes) / (1 << 20) << " MiB";
  return text.str();
}

}  // namespace detail

/// What the plan keeps in memory for a scalar T and up to `Batch` rows, in a line each.
template <class Net, index_t Batch, class T = float>
std::string memory_summary() {
  constexpr const auto& memory = Net::template memory<Batch>;
  std::ostringstream text;
  const auto line = [&](const char* what, index_t bytes, const std::string& why) {
    text << std::left << std::setw(24) << what << std::right << std::setw(12) << detail::megabytes(bytes) << "   " << why << '\n';
  };
  text << "Memory for batches of up to " << Batch << " rows\n";
  line("parameters", memory.parameters * sizeof(T),
       grouped_text(Net::parameter_count) + " numbers; gradients and each optimizer moment as much again");
  line("buffers", memory.buffers * sizeof(T), "running statistics");
  line("training activations", memory.training * sizeof(T) + memory.argmax_bytes + memory.vectors * sizeof(T),
       "with their gradients, packed by lifetime");
  line("inference activations", memory.inference * sizeof(T), "packed by lifetime");
  return text.str();
}

/// The table of layers, their totals, and the memory plan for batches of up to `Batch` rows.
template <class Net, index_t Batch = 64, class T = float>
std::string summary() {
  std::ostringstream text;
  const std::vector<LayerRow> rows = layer_rows<Net>();
  int place = 4, name = 30;
  for (const LayerRow& row : rows) {
    place = std::max(place, static_cast<int>(row.path.size()) + 2);
    name = std::max(name, static_cast<int>(row.name.size()) + 2);
  }
  const std::string rule(static_cast<std::size_t>(place + name) + 50, '-');
  text << std::left << std::setw(place) << "#" << std::setw(name) << "Layer" << std::setw(16) << "Output shape" << std::right
       << std::setw(14) << "Parameters" << std::setw(16) << "Multiply-adds"
       << "  Step\n"
       << rule << '\n'
       << std::left << std::setw(place) << "" << std::setw(name) << "input" << to_string(Net::input_shape) << '\n';
  for (const LayerRow& row : rows) {
    text << std::left << std::setw(place) << row.path << std::setw(name) << row.name << std::setw(16) << row.output_shape << std::right
         << std::setw(14) << grouped_text(row.parameters) << std::setw(16) << grouped_text(row.multiply_adds) << std::setw(6)
         << row.step + 1 << '\n';
  }
  text << rule << '\n'
       << std::left << std::setw(place + name + 16) << "total" << std::right << std::setw(14) << grouped_text(Net::parameter_count)
       << std::setw(16) << grouped_text(Net::multiply_adds) << "\n\n"
       << memory_summary<Net, Batch, T>();
  return text.str();
}

}  // namespace taut
