/// version: which Taut this is; a weights file remembers it.
#pragma once

namespace taut {

inline constexpr const char* version = "0.1.0";

}  // namespace taut
