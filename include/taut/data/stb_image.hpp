/// stb_image, limited to JPEG and PNG: the only header that includes it. Every translation unit gets its own copy of the functions.
#pragma once

#if defined(STBI_INCLUDE_STB_IMAGE_H)
#error "stb_image.h is included already: include taut/image.hpp before it, or in another translation unit"
#endif

#include <cstdlib>

#pragma GCC system_header  // the rest of this file is somebody else's code, whose warnings are not the user's

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
// Where a JPEG's scan ends early, the decoder hands out what its memory held before: here it held zeros.
#define STBI_MALLOC(bytes) std::calloc(1, bytes)
#define STBI_REALLOC(memory, bytes) std::realloc(memory, bytes)
#define STBI_FREE(memory) std::free(memory)
#if __has_include(<stb/stb_image.h>)
#include <stb/stb_image.h>
#else  // as vcpkg and Conan install it
#include <stb_image.h>
#endif
#undef STB_IMAGE_STATIC
#undef STB_IMAGE_IMPLEMENTATION
#undef STBI_ONLY_JPEG
#undef STBI_ONLY_PNG
#undef STBI_NO_STDIO
#undef STBI_NO_LINEAR
#undef STBI_NO_HDR
#undef STBI_MALLOC
#undef STBI_REALLOC
#undef STBI_FREE
