#!/bin/sh
# Reads the #include lines of all headers and says which go the wrong way: include_directions.sh INCLUDE_FOLDER
#   train, data, io -> nn -> device/device.hpp -> core        device/cpu -> kernels/cpu -> core
# Only headers that nvcc compiles (.cuh) include such; they see how CUDA is called (device/cuda/) from their kernels too.
# An umbrella (include/taut/*.hpp) may include anything, and nothing but another umbrella may include one.
set -eu
cd "$1"

find taut -name '*.hpp' -o -name '*.cuh' | LC_ALL=C sort | xargs awk '
  # What a header may include, as a regular expression over paths below taut/.
  function allowed(from,   device) {
    if (from !~ /\//) return from ~ /cuh$/ ? ".*" : "hpp$"
    if (from ~ /^device\/cuda\/.*cuh$/) return "^(device/cuda/.*cuh$|core/)"
    if (from == "device/cuda.cuh") return "^(kernels/cuda/|device/cuda/|device/(device|cuda).hpp$|core/)"
    if (from ~ /^kernels\/cuda\/.*cuh$/) return "^(kernels/cuda/|device/cuda/|device/device.hpp$|core/)"
    if (from ~ /^core\//) return "^core/"
    if (from == "device/device.hpp") return "^core/"
    if (from ~ /^nn\/.*cuh$/) return "^(nn/|device/device.hpp$|device/cuda/|core/)"
    if (from ~ /^nn\//) return "^(nn/|device/device.hpp$|core/)"
    if (from ~ /^device\//) {
      device = from
      sub(/^device\//, "", device)
      sub(/[._\/].*/, "", device)  # cpu.hpp: cpu, eigen_gemm.hpp: eigen
      return "^(kernels/" device "/|device/(device|threads).hpp$|core/)"
    }
    if (from ~ /^kernels\/eigen\//) return "^(kernels/(eigen|cpu)/|eigen/eigen_core.hpp$|device/device.hpp$|core/)"  # another GEMM for the same packed blocks
    if (from ~ /^kernels\//) {
      split(from, part, "/")
      return "^(kernels/" part[2] "/|device/device.hpp$|core/)"
    }
    if (from ~ /^train\/.*cuh$/) return "^(train/|nn/|device/device.hpp$|device/cuda/|kernels/cuda/|core/)"
    if (from ~ /^data\/.*cuh$/) return "^(data/|device/cuda/|core/)"
    if (from ~ /^train\//) return "^(train/|data/|io/|nn/|device/device.hpp$|core/)"
    if (from ~ /^data\//) return "^(data/|nn/|core/)"
    if (from ~ /^io\//) return "^(io/|nn/|core/)"
    if (from ~ /^report\//) return "^(report/|train/|data/|io/|nn/|core/)"
    if (from ~ /^eigen\//) return "^(eigen/|core/)"
    return "no such folder"
  }

  # The headers that may include a library, as a regular expression over paths below taut/.
  function includers(library) {
    if (library == "xsimd") return "^kernels/cpu/simd.hpp$"
    if (library == "Eigen") return "^eigen/eigen_core.hpp$"
    if (library == "stb") return "^data/stb_image(_write)?.hpp$"
    if (library == "nlohmann") return "^io/[a-z_]*.hpp$"
    if (library == "zlib.h") return "^data/gzip_file.hpp$"
    if (library == "sys") return ".*"
    return "none"
  }

  function wrong(why) {
    printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
    bad = 1
  }

  FNR == 1 && !/^\/\/\/ ./ { wrong("the first line is \"/// …\", what the header is for") }

  /^[ \t]*#[ \t]*include/ {
    ++seen
    from = FILENAME
    sub(/^taut\//, "", from)
    path = $0
    sub(/^[^"<]*["<]/, "", path)
    sub(/[">].*/, "", path)
    if ($0 ~ /</) {
      library = path
      if ((sub(/\/.*/, "", library) || library == "zlib.h") && from !~ includers(library)) wrong(library " is not to be included by " from)
    } else if (path !~ /^taut\//) {
      wrong("headers of Taut are included as \"taut/folder/name.hpp\"")
    } else {
      sub(/^taut\//, "", path)
      if (path !~ /\// && from ~ /\//) wrong("only umbrellas include umbrellas")
      else if (path !~ allowed(from)) wrong(from " may not include " path)
    }
  }

  END {
    if (!seen) { print "no #include line found: nothing was checked"; bad = 1 }
    exit bad
  }
'
