/// tensor: tensors, their arithmetic, and how they print. Needs the standard library alone.
#pragma once

#include "taut/core/argmax.hpp"
#include "taut/core/arithmetic.hpp"
#include "taut/core/cast.hpp"
#include "taut/core/comparison.hpp"
#include "taut/core/concatenate.hpp"
#include "taut/core/functions.hpp"
#include "taut/core/matmul.hpp"
#include "taut/core/permute.hpp"
#include "taut/core/print.hpp"
#include "taut/core/reduce.hpp"
#include "taut/core/slice.hpp"
#include "taut/core/tensor.hpp"
