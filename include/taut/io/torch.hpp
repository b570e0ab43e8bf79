/// Torch: reading PyTorch's checkpoints, without PyTorch.
#pragma once

#include "taut/io/torch/torch_file.hpp"
#include "taut/io/torch/torch_weights.hpp"
