/// eigen: tensors as Eigen's matrices and back. Needs Eigen's headers.
#pragma once

#include "taut/eigen/as_eigen.hpp"
