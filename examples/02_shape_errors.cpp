/// 02_shape_errors: what the compiler says about networks that don't fit. Compile with -DMISTAKE=1 … 5 to read it.
#include <cstdint>
#include <iostream>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/summary.hpp"

using namespace taut;

#ifndef MISTAKE
#define MISTAKE 0
#endif

#if MISTAKE == 1  // Linear<2304,512> expects 2304 inputs but got 256x3x3 (layer 2, after ReLU; 2304 = 256x3x3: insert Flatten)
using Net = Sequential<Shape{128, 3, 3}, Conv2d<256, 3, Padding{1}>, ReLU, Linear<2304, 512>, Linear<7>>;
#elif MISTAKE == 2  // Conv2d<32,64,3> expects 32 channels but got 16x46x46 (layer 1, after Conv2d<16,3>)
using Net = Sequential<Shape{1, 48, 48}, Conv2d<16, 3>, Conv2d<32, 64, 3>, Flatten, Linear<7>>;
#elif MISTAKE == 3  // MaxPool2d<2> expects whole 2x2 windows but got 8x7x7 (layer 1, after Conv2d<8,2>; RoundDown{} drops the rest)
using Net = Sequential<Shape{1, 8, 8}, Conv2d<8, 2>, MaxPool2d<2>, Flatten, Linear<7>>;
#else
using Net = Sequential<Shape{1, 8, 8}, Conv2d<8, 3, Padding{1}>, ReLU, MaxPool2d<2>, Flatten, Linear<7>>;
#endif

// Every constant of a network that fits may be asked for; a misfit has none.
static_assert(Net::output_shape == Shape{7});

int main() {
  std::cout << summary<Net, 4>();

  Model<Net, float, Reference, 4> model{seed(42)};
#if MISTAKE == 4  // the model expects batches of at most 4 rows but got one of up to 5 (the fourth argument of Model)
  Batch<float, Net::input_shape, 5> images;
#else
  Batch<float, Net::input_shape, 4> images;
#endif
#if MISTAKE == 5  // CrossEntropy<8> expects 8 logits but got 7 (the output shape of the network)
  const CrossEntropy<8> loss;
#else
  const CrossEntropy<7> loss;
#endif
  const std::vector<std::int32_t> labels(images.rows());
  const LossSums sums = model.forward_backward(images, labels, loss);
  std::cout << "\nloss before any training: " << sums.loss / sums.weight << "\n";
}

/* Prints:
#   Layer                         Output shape        Parameters   Multiply-adds  Step
------------------------------------------------------------------------------------
    input                         1x8x8
0   Conv2d<8,3,Padding{1}>        8x8x8                       80           4,608     1
1   ReLU                          8x8x8                        0               0     1
2   MaxPool2d<2>                  8x4x4                        0               0     2
3   Flatten                       128                          0               0     3
4   Linear<7>                     7                          903             896     3
------------------------------------------------------------------------------------
total                                                        983           5,504

Memory for batches of up to 4 rows
parameters                  0.00 MiB   983 numbers; gradients and each optimizer moment as much again
buffers                     0.00 MiB   running statistics
training activations        0.02 MiB   with their gradients, packed by lifetime
inference activations       0.01 MiB   packed by lifetime

loss before any training: 1.76503
*/
