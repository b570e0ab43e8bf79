/// type_name: what the compiler calls a type, as a constant.
#pragma once

#include <string_view>

namespace taut {

/// "Garbage", "int": read from the compiler's own description of this function. For messages alone: compilers differ in the details.
template <class X>
constexpr auto type_name() {
#if defined(_MSC_VER) && !defined(__clang__)
  return std::string_view{"a class"};
#else
  std::string_view name = __PRETTY_FUNCTION__;  // g++: "… [with X = Garbage]", clang: "… [X = Garbage]"
  name.remove_prefix(name.find("X = ") + 4);
  name.remove_suffix(1);
  return name;
#endif
}

}  // namespace taut
