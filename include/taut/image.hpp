/// taut/image.hpp: reads JPEG and PNG pictures, alone or in folders, opens any data set, and writes PNG. Needs stb's headers.
#pragma once

#include "taut/data/encode_png.hpp"
#include "taut/data/gray_image.hpp"
#include "taut/data/image_file.hpp"
#include "taut/data/image_folder.hpp"
#include "taut/data/make_grid.hpp"
#include "taut/data/open.hpp"
