#!/bin/sh
# Does include_directions.sh find what it is for? A good tree passes, and each wrong line added to it is named.
set -eu
check=$(dirname "$0")/include_directions.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

good() {
  rm -rf "$tree/taut"
  mkdir -p "$tree/taut/core" "$tree/taut/nn" "$tree/taut/kernels/cpu" "$tree/taut/device"
  printf '/// Shape: extents.\n#include <array>\n' >"$tree/taut/core/shape.hpp"
  printf '/// Linear: a layer.\n#include "taut/core/shape.hpp"\n' >"$tree/taut/nn/linear.hpp"
  printf '/// Cpu: a device.\n#include "taut/kernels/cpu/gemm.hpp"\n' >"$tree/taut/device/cpu.hpp"
  printf '/// Gemm: a kernel.\n#include "taut/core/shape.hpp"\n' >"$tree/taut/kernels/cpu/gemm.hpp"
  printf '/// Nn: an umbrella.\n#include "taut/nn/linear.hpp"\n' >"$tree/taut/nn.hpp"
}

# expect HEADER LINE WORDS: with LINE added to HEADER the check fails, and names the header and WORDS.
expect() {
  good
  printf '%s\n' "$2" >>"$tree/taut/$1"
  if found=$(sh "$check" "$tree"); then
    echo "not found: $2 in $1"
    exit 1
  fi
  case $found in
    taut/"$1":*"$3"*) ;;
    *)
      echo "expected a line that begins with taut/$1 and has '$3', found: $found"
      exit 1
      ;;
  esac
}

good
sh "$check" "$tree"
expect core/shape.hpp '#include "taut/nn/linear.hpp"' 'core/shape.hpp may not include nn/linear.hpp'
expect nn/linear.hpp '#include "taut/device/cpu.hpp"' 'nn/linear.hpp may not include device/cpu.hpp'
expect nn/linear.hpp '# include "taut/kernels/cpu/gemm.hpp"' 'nn/linear.hpp may not include kernels/cpu/gemm.hpp'
expect device/cpu.hpp '#include "taut/kernels/reference/gemm.hpp"' 'device/cpu.hpp may not include kernels/reference/gemm.hpp'
expect nn/linear.hpp '#include <xsimd/xsimd.hpp>' 'xsimd is not to be included by nn/linear.hpp'
expect core/shape.hpp '#include <zlib.h>' 'zlib.h is not to be included by core/shape.hpp'
expect core/shape.hpp '#include <boost/array.hpp>' 'boost is not to be included by core/shape.hpp'
expect core/shape.hpp '#include "shape.hpp"' 'are included as "taut/folder/name.hpp"'
expect core/shape.hpp '#include "taut/nn.hpp"' 'only umbrellas include umbrellas'
