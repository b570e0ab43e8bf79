# What Taut's headers include, as targets. Read by Taut's own CMakeLists.txt and, installed, by taut-config.cmake.
#
#   taut::xsimd   beneath taut::taut; empty where xsimd isn't installed: taut/nn.hpp works, taut/taut.hpp doesn't
#   taut::eigen, taut::idx, taut::image, taut::io
#                 taut::taut and what the umbrella of that name needs; each only where its package is installed
#   taut::cuda    what taut/cuda.cuh needs: CUDA's runtime, and neither xsimd nor taut::taut's compile options, which nvcc doesn't know

set(TAUT_UMBRELLAS eigen idx image io)

find_package(Threads REQUIRED)

if(NOT TARGET taut::xsimd)
  add_library(taut::xsimd INTERFACE IMPORTED GLOBAL)
  find_package(xsimd CONFIG QUIET)
  if(TARGET xsimd)
    # Its include directory alone: Debian's xsimd 8.1 also asks the linker for xtl, which is headers only and not installed with it.
    get_target_property(TAUT_XSIMD_INCLUDE_DIR xsimd INTERFACE_INCLUDE_DIRECTORIES)
  else()
    find_path(TAUT_XSIMD_INCLUDE_DIR xsimd/xsimd.hpp)
  endif()
  if(TAUT_XSIMD_INCLUDE_DIR)
    target_include_directories(taut::xsimd SYSTEM INTERFACE ${TAUT_XSIMD_INCLUDE_DIR})
  else()
    message(STATUS "Taut: xsimd not found, so taut/nn.hpp works and taut/taut.hpp doesn't (Debian: libxsimd-dev)")
  endif()
endif()

# Adds taut::<umbrella> for each one named, or for all, where what it needs is installed. taut::taut must exist.
function(taut_add_umbrellas)
  foreach(umbrella IN ITEMS ${TAUT_UMBRELLAS})
    if(TARGET taut::${umbrella} OR (ARGN AND NOT umbrella IN_LIST ARGN))
      continue()
    endif()
    set(needs)
    set(libraries)
    if(umbrella STREQUAL "eigen")
      find_package(Eigen3 CONFIG QUIET)
      if(TARGET Eigen3::Eigen)
        get_target_property(needs Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
      endif()
    elseif(umbrella STREQUAL "idx")
      find_path(TAUT_ZLIB_INCLUDE_DIR zlib.h)
      find_library(TAUT_ZLIB_LIBRARY z)
      if(TAUT_ZLIB_INCLUDE_DIR)
        set(needs ${TAUT_ZLIB_INCLUDE_DIR})
        # Cross-compiled, the headers may be there without the library, which only a program that reads IDX files links.
        set(libraries $<IF:$<BOOL:${TAUT_ZLIB_LIBRARY}>,${TAUT_ZLIB_LIBRARY},z>)
      endif()
    elseif(umbrella STREQUAL "image")
      find_path(TAUT_STB_INCLUDE_DIR NAMES stb/stb_image.h stb_image.h)
      if(TAUT_STB_INCLUDE_DIR)
        set(needs ${TAUT_STB_INCLUDE_DIR})
      endif()
    elseif(umbrella STREQUAL "io")
      find_package(nlohmann_json CONFIG QUIET)
      if(TARGET nlohmann_json::nlohmann_json)
        get_target_property(needs nlohmann_json::nlohmann_json INTERFACE_INCLUDE_DIRECTORIES)
      endif()
    endif()
    if(needs)
      add_library(taut::${umbrella} INTERFACE IMPORTED GLOBAL)
      # Directories and files, not targets: a target found here would not be seen from another directory.
      target_include_directories(taut::${umbrella} SYSTEM INTERFACE ${needs})
      target_link_libraries(taut::${umbrella} INTERFACE taut::taut ${libraries})
    endif()
  endforeach()
endfunction()

# Adds taut::cuda where CUDA's toolkit is installed. taut::taut must exist.
function(taut_add_cuda)
  if(TARGET taut::cuda)
    return()
  endif()
  find_package(CUDAToolkit QUIET)
  if(NOT CUDAToolkit_FOUND)
    return()
  endif()
  add_library(taut::cuda INTERFACE IMPORTED GLOBAL)
  get_target_property(include_folders taut::taut INTERFACE_INCLUDE_DIRECTORIES)
  target_include_directories(taut::cuda INTERFACE ${include_folders} ${CUDAToolkit_INCLUDE_DIRS})
  target_link_libraries(taut::cuda INTERFACE ${CUDA_cudart_LIBRARY} Threads::Threads)
  # An option, because CMake 3.25 refuses CUDA_STANDARD 20 of newer compilers.
  target_compile_options(taut::cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
endfunction()

# One line where the compiler is left at its baseline on a machine that has AVX2: several times slower, and nothing else would say so.
function(taut_tell_when_simd_stays_off)
  if(TAUT_NATIVE OR CMAKE_CROSSCOMPILING OR NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    return()
  endif()
  string(TOUPPER "CMAKE_CXX_FLAGS_${CMAKE_BUILD_TYPE}" flags_of_build_type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${${flags_of_build_type}}")
  get_directory_property(options COMPILE_OPTIONS)
  list(FILTER options INCLUDE REGEX "^-m")
  set(macros ${CMAKE_CXX_COMPILER} ${flags} ${options} -x c++ -dM -E)
  execute_process(COMMAND ${macros} /dev/null OUTPUT_VARIABLE asked_for ERROR_QUIET)
  execute_process(COMMAND ${macros} -march=native /dev/null OUTPUT_VARIABLE possible ERROR_QUIET)
  if(possible MATCHES "__AVX2__" AND NOT asked_for MATCHES "__AVX2__")
    message(NOTICE "Taut: SIMD stays at the compiler's baseline, though this machine has AVX2. "
                   "Set TAUT_NATIVE=ON, or add -march=native (or -mavx2 -mfma) to CMAKE_CXX_FLAGS.")
  endif()
endfunction()
