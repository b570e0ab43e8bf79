/// PickleValue: what the pickle of a PyTorch checkpoint may consist of.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "taut/io/dtype.hpp"

namespace taut::detail {

/// A value's number in the machine that made it.
using PickleReference = std::uint32_t;

/// The names that a pickle may speak of; there is no way to call any other.
struct PickleGlobal {
  enum class Kind { ordered_dictionary, rebuild_tensor, rebuild_parameter, storage } kind;
  Dtype dtype = Dtype::f32;  ///< of a storage
};

struct PickleTuple {
  std::vector<PickleReference> items;
};

struct PickleList {
  std::vector<PickleReference> items;
};

struct PickleDictionary {
  std::vector<std::pair<PickleReference, PickleReference>> items;
};

/// An entry of the archive, of which tensors are views.
struct PickleStorage {
  Dtype dtype;
  std::string_view key;
  std::int64_t elements;
};

/// Element (i, j, …) is the storage's number offset + i · stride[0] + j · stride[1] + …
struct PickleTensor {
  PickleReference storage;
  std::int64_t offset;
  std::vector<std::int64_t> size, stride;
};

struct PickleNone {};

using PickleValue = std::variant<PickleNone, bool, std::int64_t, double, std::string_view, PickleGlobal, PickleTuple, PickleList,
                                 PickleDictionary, PickleStorage, PickleTensor>;

}  // namespace taut::detail
