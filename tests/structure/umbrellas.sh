#!/bin/sh
# What each umbrella reaches: nn.hpp and tensor.hpp the standard library alone, taut.hpp xsimd besides: umbrellas.sh COMPILER FLAGS…
# cuda.cuh is read with the emulated runtime.
set -eu
bad=0

# without UMBRELLA "FILE…" COMPILER FLAGS…: none of the files is reached from the umbrella.
without() {
  umbrella=$1 files=$2
  shift 2
  reached=$(printf '#include "taut/%s"\n' "$umbrella" | "$@" -x c++ -M -)
  for file in $files; do
    case $reached in
      *"$file"*)
        echo "taut/$umbrella reaches $file"
        bad=1
        ;;
    esac
  done
}

without nn.hpp "xsimd.hpp Eigen/Core stb_image nlohmann/json.hpp zlib.h taut/device/cpu taut/kernels/ taut/train/ taut/data/ taut/io/" "$@"
without tensor.hpp "xsimd.hpp Eigen/Core stb_image nlohmann/json.hpp zlib.h taut/device/ taut/kernels/ taut/nn/" "$@"
without taut.hpp "Eigen/Core stb_image nlohmann/json.hpp zlib.h" "$@"
without eigen.hpp "stb_image nlohmann/json.hpp zlib.h" "$@"
without idx.hpp "Eigen/Core stb_image nlohmann/json.hpp" "$@"
without image.hpp "Eigen/Core nlohmann/json.hpp zlib.h" "$@"
without io.hpp "Eigen/Core stb_image zlib.h" "$@"
without cuda.cuh "xsimd.hpp Eigen/Core stb_image nlohmann/json.hpp zlib.h taut/kernels/cpu/ taut/kernels/reference/" "$@" -I "$(dirname "$0")/../cuda/emulation"
exit $bad
