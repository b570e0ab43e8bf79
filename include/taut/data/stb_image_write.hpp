/// stb_image_write, whose PNG encoder we use: the only header that includes it. Every translation unit gets its own copy of the functions.
#pragma once

#if defined(INCLUDE_STB_IMAGE_WRITE_H)
#error "stb_image_write.h is included already: include taut/image.hpp before it, or in another translation unit"
#endif

#pragma GCC system_header  // the rest of this file is somebody else's code, whose warnings are not the user's

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#if __has_include(<stb/stb_image_write.h>)
#include <stb/stb_image_write.h>
#else  // as vcpkg and Conan install it
#include <stb_image_write.h>
#endif
#undef STB_IMAGE_WRITE_STATIC
#undef STB_IMAGE_WRITE_IMPLEMENTATION
#undef STBI_WRITE_NO_STDIO
