/// Deep network: LAYERS layers in residual blocks of six; bench/compile_time.sh times its check, and with MODEL all that a training needs.
#include <utility>

#include "taut/nn.hpp"

using Branch = taut::Block<taut::Conv2d<16, 3, taut::Padding{1}>, taut::BatchNorm2d, taut::ReLU, taut::Conv2d<16, 3, taut::Padding{1}>,
                           taut::BatchNorm2d>;

template <std::size_t>
using ResidualBlock = taut::Residual<Branch, taut::ReLU>;

/// Two layers before the blocks, three behind them.
template <std::size_t... I>
auto network(std::index_sequence<I...>)
    -> taut::Sequential<taut::Shape{3, 32, 32}, taut::Conv2d<16, 3, taut::Padding{1}>, taut::ReLU, ResidualBlock<I>...,
                        taut::GlobalAvgPool2d, taut::Flatten, taut::Linear<10>>;

using Net = decltype(network(std::make_index_sequence<(LAYERS - 5) / 6>{}));
static_assert(Net::output_shape == taut::Shape{10});

#ifdef MODEL
#include "taut/taut.hpp"
template class taut::Model<Net, float, taut::Cpu<>, 64>;
#endif
