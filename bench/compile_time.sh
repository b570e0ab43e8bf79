#!/usr/bin/env bash
# Seconds and peak memory of compiling: the emotion program's files at -O3, a file that includes taut/nn.hpp and checks the network, and
# networks of more and more layers: their check, and the largest one's training.
#   bench/compile_time.sh [--check] [COMPILER]      --check: exit 1 where one is above its limit. The best of three runs counts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

check=false
if [ "${1:-}" = --check ]; then
  check=true
  shift
fi
compiler=${1:-g++}
if ! command -v "$compiler" >/dev/null 2>&1; then
  echo "compile_time.sh: no compiler '$compiler'; expected nothing, --check, or a compiler's name" >&2
  exit 2
fi
if [ ! -x /usr/bin/time ]; then
  echo "compile_time.sh: needs GNU time: apt-get install time" >&2
  exit 1
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
flags=(-std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -I include -I examples -isystem /usr/include/eigen3)
above=0

# measure FILE LIMIT_SECONDS LIMIT_MB flags…
measure() {
  local file=$1 seconds_limit=$2 memory_limit=$3
  shift 3
  local best='' memory=0
  for _ in 1 2 3; do
    if ! /usr/bin/time -f '%e %M' -o "$folder/time" "$compiler" "${flags[@]}" "$@" -c "$file" -o "$folder/object.o"; then
      echo "$file doesn't compile" >&2
      exit 1
    fi
    local seconds kilobytes
    read -r seconds kilobytes <"$folder/time"
    if [ -z "$best" ] || awk "BEGIN { exit !($seconds < $best) }"; then best=$seconds; fi
    memory=$((kilobytes / 1024))
  done
  local verdict=ok
  if awk "BEGIN { exit !($best > $seconds_limit || $memory > $memory_limit) }"; then
    verdict="above $seconds_limit s or $memory_limit MB"
    above=1
  fi
  printf '%-36s %-10s %8.2f s %8d MB   %s\n' "$file" "${*: -1}" "$best" "$memory" "$verdict"
}

printf '%s\n' "$("$compiler" --version | head -n 1)"
for file in examples/emotion/*.cpp; do measure "$file" 20 1536 -march=native -O3; done
measure bench/network_check.cpp 1 512 -O0
for layers in 29 53 101 203; do measure bench/deep_network.cpp 2 512 -DLAYERS=$layers; done
measure bench/deep_network.cpp 60 1536 -march=native -O3 -DMODEL -DLAYERS=203
if $check; then exit $above; fi
