/// Other file: includes every umbrella, the opt-in ones too.
#include "taut/eigen.hpp"
#include "taut/idx.hpp"
#include "taut/image.hpp"
#include "taut/io.hpp"
#include "taut/taut.hpp"

std::size_t parameters_seen_from_other_file();

using Net = taut::Sequential<taut::Shape{1, 8, 8}, taut::Conv2d<4, 3, taut::Padding{1}>, taut::ReLU, taut::Flatten, taut::Linear<7>>;

std::size_t parameters_seen_from_other_file() { return Net::parameter_count; }
