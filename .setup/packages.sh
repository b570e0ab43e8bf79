#!/usr/bin/env bash
# Installs what is missing to build Taut: packages.sh [example|tests|all], each with what the one before it has.
# Whatever is there already, from a package or not, is left alone; with nothing missing no package manager is called.
set -euo pipefail

level=${1:-tests}
case $level in
  example | tests | all) ;;
  *)
    echo "packages.sh: expected example, tests or all, found '$level'" >&2
    exit 2
    ;;
esac

missing=()
has_header() { [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ]; }

# needs PACKAGE command NAME | needs PACKAGE header FILE | needs PACKAGE file PATH
needs() {
  case $2 in
    command) command -v "$3" >/dev/null 2>&1 || missing+=("$1") ;;
    header) has_header "$3" || missing+=("$1") ;;
    file) [ -e "$3" ] || missing+=("$1") ;;
  esac
}

needs g++ command g++
needs cmake command cmake
needs ninja-build command ninja
needs libxsimd-dev header xsimd/xsimd.hpp
needs libstb-dev header stb/stb_image.h
needs nlohmann-json3-dev header nlohmann/json.hpp
needs libcli11-dev header CLI/CLI.hpp
if [ "$level" != example ]; then
  needs libeigen3-dev header eigen3/Eigen/Core
  needs doctest-dev header doctest/doctest.h
  needs zlib1g-dev header zlib.h
  needs libbenchmark-dev header benchmark/benchmark.h
fi
if [ "$level" = all ]; then
  needs clang-16 command clang++-16
  needs clang-19 command clang++-19
  needs libclang-rt-16-dev file "/usr/lib/llvm-16/lib/clang/16/lib/linux/libclang_rt.fuzzer-$(uname -m).a"
  needs doxygen command doxygen
  needs time command /usr/bin/time
  needs dataset-fashion-mnist file /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz
  needs g++-aarch64-linux-gnu command aarch64-linux-gnu-g++
  needs qemu-user command qemu-aarch64
fi

[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Taut needs what Debian calls: ${missing[*]}" >&2
  echo "There is no apt-get here to install it with: please install it, then run this again." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Taut needs ${missing[*]}: as root, run  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing what is missing: ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
