/// Devices: how the ones under test are made, and the numbers of threads that must all give the same bits.
#pragma once

#include <array>

#include "taut/device/reference.hpp"

namespace ops {

/// The first is what is compared with the oracle, the others with the first.
template <class D>
inline constexpr std::array<unsigned, 4> thread_counts{1, 2, 3, 4};
template <>
inline constexpr std::array<unsigned, 1> thread_counts<taut::Reference>{1};

template <class D>
D make_device(unsigned threads) {
  if constexpr (requires { D{threads}; }) {
    return D{threads};
  } else {
    return D{};
  }
}

}  // namespace ops
