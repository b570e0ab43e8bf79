// EXPECT: a Flatten needs a Linear somewhere behind it: an image's features lie channels last
#include "taut/nn.hpp"

#if defined(FIXED)
using Net = taut::Sequential<taut::Shape{3, 8, 8}, taut::Flatten, taut::ReLU, taut::Linear<10>>;
#else
using Net = taut::Sequential<taut::Shape{3, 8, 8}, taut::Flatten, taut::ReLU>;
#endif
static_assert(Net::output_shape.rank() == 1);
