/// pickle_global: the closed list of names that a checkpoint's pickle may speak of.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "taut/core/error.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/torch/pickle_value.hpp"

namespace taut::detail {

struct NamedPickleGlobal {
  std::string_view module, name;
  PickleGlobal global;
};

inline constexpr std::array pickle_globals{
    NamedPickleGlobal{"collections", "OrderedDict", {PickleGlobal::Kind::ordered_dictionary}},
    NamedPickleGlobal{"torch._utils", "_rebuild_tensor_v2", {PickleGlobal::Kind::rebuild_tensor}},
    NamedPickleGlobal{"torch._utils", "_rebuild_parameter", {PickleGlobal::Kind::rebuild_parameter}},
    NamedPickleGlobal{"torch", "FloatStorage", {PickleGlobal::Kind::storage, Dtype::f32}},
    NamedPickleGlobal{"torch", "DoubleStorage", {PickleGlobal::Kind::storage, Dtype::f64}},
    NamedPickleGlobal{"torch", "HalfStorage", {PickleGlobal::Kind::storage, Dtype::f16}},
    NamedPickleGlobal{"torch", "BFloat16Storage", {PickleGlobal::Kind::storage, Dtype::bf16}},
    NamedPickleGlobal{"torch", "LongStorage", {PickleGlobal::Kind::storage, Dtype::i64}},
    NamedPickleGlobal{"torch", "IntStorage", {PickleGlobal::Kind::storage, Dtype::i32}},
    NamedPickleGlobal{"torch", "ShortStorage", {PickleGlobal::Kind::storage, Dtype::i16}},
    NamedPickleGlobal{"torch", "CharStorage", {PickleGlobal::Kind::storage, Dtype::i8}},
    NamedPickleGlobal{"torch", "ByteStorage", {PickleGlobal::Kind::storage, Dtype::u8}},
    NamedPickleGlobal{"torch", "BoolStorage", {PickleGlobal::Kind::storage, Dtype::boolean}},
};

/// Throws an Error that names what isn't on the list.
inline PickleGlobal pickle_global(std::string_view module, std::string_view name, std::string_view origin) {
  for (const NamedPickleGlobal& known : pickle_globals) {
    if (known.module == module && known.name == name) return known.global;
  }
  const std::string full = quote(std::string(module) + "." + std::string(name));
  if (module.starts_with("torch.nn.") || module == "__main__") {
    fail(origin, ": holds a whole module of class ", full, "; save its state_dict() instead");
  }
  fail(origin, ": holds ", full, ", which no tensor needs; save a state_dict() alone");
}

}  // namespace taut::detail
