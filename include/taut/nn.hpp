/// nn: shapes, layers and plans: everything about a network that the compiler knows. Needs the standard library alone.
#pragma once

#include "taut/nn/avg_pool2d.hpp"
#include "taut/nn/batch_norm1d.hpp"
#include "taut/nn/batch_norm2d.hpp"
#include "taut/nn/block.hpp"
#include "taut/nn/conv2d.hpp"
#include "taut/nn/dropout.hpp"
#include "taut/nn/flatten.hpp"
#include "taut/nn/global_avg_pool2d.hpp"
#include "taut/nn/group_norm.hpp"
#include "taut/nn/layer_norm.hpp"
#include "taut/nn/linear.hpp"
#include "taut/nn/max_pool2d.hpp"
#include "taut/nn/relu.hpp"
#include "taut/nn/reshape.hpp"
#include "taut/nn/sequential.hpp"
#include "taut/nn/upsample.hpp"
