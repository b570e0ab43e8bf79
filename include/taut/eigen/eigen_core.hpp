/// eigen_core: Eigen's matrices, without the warnings that g++ 12 has about them.
#pragma once

// Eigen's products inline AVX-512 intrinsics of which g++ 12 believes that they read an uninitialised operand (its bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <Eigen/Core>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
