/// taut/idx.hpp: reads IDX files, plain or gzipped: Fashion-MNIST, MNIST and their kin. Needs zlib.
#pragma once

#include "taut/data/fashion_mnist.hpp"
#include "taut/data/idx.hpp"
