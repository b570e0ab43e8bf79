/// eigen: tensors as Eigen's matrices and back, and Eigen's matrix product for the CPU device. Needs Eigen's headers.
#pragma once

#include "taut/device/eigen_gemm.hpp"
#include "taut/eigen/as_eigen.hpp"
