/// Consumer: a program of somebody else's, in two files that include the same headers.
#include "taut/nn.hpp"
#include "taut/taut.hpp"

std::size_t parameters_seen_from_other_file();

using Net = taut::Sequential<taut::Shape{1, 8, 8}, taut::Conv2d<4, 3, taut::Padding{1}>, taut::ReLU, taut::Flatten, taut::Linear<7>>;
static_assert(Net::output_shape == taut::Shape{7});

int main() { return Net::parameter_count == parameters_seen_from_other_file() ? 0 : 1; }
