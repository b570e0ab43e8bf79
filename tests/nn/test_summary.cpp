/// summary: the table and the memory plan, to the character.
#include "taut/nn/summary.hpp"

#include <doctest/doctest.h>

#include "taut/nn.hpp"

using namespace taut;

namespace {

using Net = Sequential<Shape{1, 28, 28}, Conv2d<8, 3, Padding{1}>, ReLU, MaxPool2d<2>, Flatten, Linear<10>>;

}  // namespace

TEST_CASE("a summary lists layers, totals and memory") {
  CHECK(summary<Net>() ==
        "#   Layer                         Output shape        Parameters   Multiply-adds  Step\n"
        "------------------------------------------------------------------------------------\n"
        "    input                         1x28x28\n"
        "0   Conv2d<8,3,Padding{1}>        8x28x28                     80          56,448     1\n"
        "1   ReLU                          8x28x28                      0               0     1\n"
        "2   MaxPool2d<2>                  8x14x14                      0               0     2\n"
        "3   Flatten                       1568                         0               0     3\n"
        "4   Linear<10>                    10                      15,690          15,680     3\n"
        "------------------------------------------------------------------------------------\n"
        "total                                                     15,770          72,128\n"
        "\n"
        "Memory for batches of up to 64 rows\n"
        "parameters                  0.06 MiB   15,770 numbers; gradients and each optimizer moment as much again\n"
        "buffers                     0.00 MiB   running statistics\n"
        "training activations        3.92 MiB   with their gradients, packed by lifetime\n"
        "inference activations       1.91 MiB   packed by lifetime\n");
}

TEST_CASE("layer rows say which layers execute as one") {
  const std::vector<LayerRow> rows = layer_rows<Net>();
  REQUIRE(rows.size() == 5);
  CHECK(rows[1].step == 0);
  CHECK(rows[2].step == 1);
  CHECK(rows[4].step == 2);
  CHECK(rows[4].name == "Linear<10>");
  CHECK(rows[4].output_shape == "10");
  CHECK(rows[4].parameters == 15690);
}
