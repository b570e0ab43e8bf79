// EXPECT: Conv2d takes <out, kernel, options...> or <in, out, kernel, options...>; Kernel{h, w} stands for the kernel's number
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<8, 3, Padding{1}>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<8, Padding{1}, 3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
