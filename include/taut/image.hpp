/// taut/image.hpp: reads JPEG and PNG pictures, alone or in folders, and opens any data set. Needs stb_image.h.
#pragma once

#include "taut/data/gray_image.hpp"
#include "taut/data/image_file.hpp"
#include "taut/data/image_folder.hpp"
#include "taut/data/open.hpp"
