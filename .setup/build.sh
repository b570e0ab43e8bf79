#!/usr/bin/env bash
# Configures one preset and builds targets of it: build.sh PRESET FOLDER [cmake options…] [-- targets…].
# A folder that was configured before keeps its options, except those named here.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=$1 folder=$2
shift 2
options=() targets=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  options+=("$1")
  shift
done
[ $# -eq 0 ] || shift
for target; do targets+=(--target "$target"); done

# A checkout that was moved or copied with its build folder has a cache that names another place.
if [ -f "$folder/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt"; then
  rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
fi
cmake --preset "$preset" -B "$folder" "${options[@]}"
cmake --build "$folder" --parallel "$(nproc)" "${targets[@]}" -- -k 0  # all errors, not the first one alone
