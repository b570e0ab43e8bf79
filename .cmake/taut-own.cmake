# How Taut compiles its own tests, benchmarks and examples; nobody who uses Taut sees any of it.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "Taut needs g++ 12 or newer, found ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER})")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  message(FATAL_ERROR "Taut needs clang 16 or newer, found ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER})")
endif()

set(TAUT_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(TAUT_WERROR)
  list(APPEND TAUT_WARNINGS -Werror)
endif()

add_library(taut_own INTERFACE)
target_link_libraries(taut_own INTERFACE taut::taut)
target_compile_options(taut_own INTERFACE ${TAUT_WARNINGS})

# taut_need(package target-or-variable "Debian's name"): stops with one line that says what to install.
macro(taut_need package found debian)
  if(NOT TARGET ${found} AND NOT ${found})
    message(FATAL_ERROR "${package} isn't installed and Taut's own ${CMAKE_CURRENT_SOURCE_DIR} needs it: "
                        "install ${debian}, or run .setup/packages.sh")
  endif()
endmacro()
