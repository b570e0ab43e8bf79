/// Layer table: the op table's rows of average-pooling, group normalisation, reshaping and upsampling; for tests and benchmarks.
#pragma once

#include <array>
#include <sstream>
#include <string>

#include "ops/op_table.hpp"

namespace ops {

/// A linear map of each row, without parameters. Rows that stand in a network are what the benchmarks measure, at their own batch.
template <class Geometry>
struct MapRow {
  Geometry geometry;
  index_t rows;
  bool network = false;
};

using AveragePoolRow = MapRow<taut::AveragePoolGeometry>;
using ReshapeRow = MapRow<taut::ReshapeGeometry>;
using UpsampleRow = MapRow<taut::UpsampleGeometry>;

// Geometry {channels, height, width, vertical, horizontal, counts_padding}; Window{kernel, stride, padding}.
inline constexpr std::array average_pools{
    AveragePoolRow{{1, 1, 1, {1, 1}, {1, 1}}, 1},
    AveragePoolRow{{3, 5, 7, {2, 2}, {2, 2}}, 3},                   // the last line and column are in no window
    AveragePoolRow{{17, 7, 5, {3, 2, 1}, {3, 2, 1}}, 3},
    AveragePoolRow{{17, 7, 5, {3, 2, 1}, {3, 2, 1}, false}, 3},
    AveragePoolRow{{5, 9, 4, {3, 1, 1}, {2, 1}}, 64},               // overlapping
    AveragePoolRow{{8, 4, 9, {2, 3}, {3, 1, 1}, false}, 1},         // gaps
    AveragePoolRow{{33, 6, 6, {5, 1, 2}, {4, 3, 2}, false}, 3},
    AveragePoolRow{{34, 6, 5, {6, 6}, {5, 5}}, 64},                 // the whole image
    AveragePoolRow{{33, 24, 20, {3, 1, 1}, {3, 2, 1}, false}, 16},  // enough work for many tasks
    AveragePoolRow{{64, 24, 24, {2, 2}, {2, 2}}, 3, true},
    AveragePoolRow{{256, 6, 6, {6, 6}, {6, 6}}, 3, true},
};

// Geometry {size, channels before, channels behind}.
inline constexpr std::array reshapes{
    ReshapeRow{{1, 1, 1}, 1},       ReshapeRow{{60, 1, 1}, 3},      ReshapeRow{{60, 3, 1}, 64},
    ReshapeRow{{60, 1, 5}, 1},      ReshapeRow{{60, 3, 5}, 3},      ReshapeRow{{561, 17, 33}, 3},
    ReshapeRow{{561, 17, 1}, 64},   ReshapeRow{{561, 1, 33}, 64},   ReshapeRow{{2310, 70, 1}, 100},  // enough work for many tasks
    ReshapeRow{{2310, 1, 66}, 100}, ReshapeRow{{2310, 66, 5}, 100}, ReshapeRow{{2304, 1, 256}, 3, true},
};

// Geometry {channels, height, width, vertical factor, horizontal factor, bilinear}.
inline constexpr std::array upsamples{
    UpsampleRow{{1, 1, 1, 1, 1}, 1},
    UpsampleRow{{3, 5, 7, 2, 2}, 3},
    UpsampleRow{{17, 4, 3, 1, 3}, 64},
    UpsampleRow{{1, 1, 1, 1, 1, true}, 1},
    UpsampleRow{{8, 1, 1, 4, 5, true}, 3},        // nothing to be between
    UpsampleRow{{5, 4, 3, 3, 1, true}, 1},
    UpsampleRow{{17, 5, 4, 2, 2, true}, 64},
    UpsampleRow{{3, 2, 9, 5, 4, true}, 3},
    UpsampleRow{{33, 6, 6, 2, 3}, 64},            // enough work for many tasks
    UpsampleRow{{33, 6, 6, 2, 3, true}, 64},
    UpsampleRow{{64, 12, 12, 2, 2}, 3, true},
    UpsampleRow{{64, 12, 12, 2, 2, true}, 3, true},
};

struct GroupNormRow {
  taut::GroupNormGeometry geometry;
  index_t rows;
  bool network = false;
};

// Geometry {channels, pixels, groups}; a layer norm is one group of one pixel.
inline constexpr std::array group_norms{
    GroupNormRow{{1, 1, 1}, 1},        // a variance of zero
    GroupNormRow{{3, 1, 1}, 3},
    GroupNormRow{{17, 1, 1}, 64},
    GroupNormRow{{33, 1, 3}, 3},
    GroupNormRow{{1000, 1, 1}, 1},
    GroupNormRow{{10'007, 1, 1}, 17},  // enough work for many tasks
    GroupNormRow{{5, 35, 5}, 3},       // each channel by itself
    GroupNormRow{{6, 35, 2}, 1},
    GroupNormRow{{8, 36, 1}, 64},
    GroupNormRow{{33, 36, 11}, 3},
    GroupNormRow{{70, 36, 2}, 64},
    GroupNormRow{{512, 1, 1}, 64, true},
    GroupNormRow{{64, 144, 8}, 3, true},
};

inline std::string map_name(const AveragePoolRow& row, index_t batch) {
  std::ostringstream text;
  const auto& g = row.geometry;
  text << "average pool " << g.vertical.kernel << "/" << g.vertical.stride << " x " << g.horizontal.kernel << "/" << g.horizontal.stride
       << " of " << batch << "x" << g.in_height << "x" << g.in_width << "x" << g.channels;
  return text.str();
}
inline std::string map_name(const ReshapeRow& row, index_t batch) {
  std::ostringstream text;
  text << "reshape of " << batch << "x" << row.geometry.size << " from " << row.geometry.from_channels << " to "
       << row.geometry.to_channels << " channels";
  return text.str();
}
inline std::string map_name(const UpsampleRow& row, index_t batch) {
  std::ostringstream text;
  const auto& g = row.geometry;
  text << (g.bilinear ? "bilinear" : "nearest") << " upsampling by " << g.vertical << "x" << g.horizontal << " of " << batch << "x"
       << g.in_height << "x" << g.in_width << "x" << g.channels;
  return text.str();
}
inline std::string group_norm_name(const GroupNormRow& row, index_t batch) {
  std::ostringstream text;
  text << "norm of " << row.geometry.groups << " groups of " << batch << "x" << row.geometry.pixels << "x" << row.geometry.channels;
  return text.str();
}

}  // namespace ops
