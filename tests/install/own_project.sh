#!/bin/sh
# Builds examples/03_own_project as somebody else would and holds what it prints to what its source says:
#   own_project.sh WAY PREFIX FOLDER COMPILER [SOURCE]
# WAY: find_package, add_subdirectory or single_header. PREFIX: an installed Taut. FOLDER is where all of it happens, without Taut's tree:
# copies of the project and of what the way needs, no variables of the caller's, nothing from a home directory. SOURCE: another example of
# one file, in the place of the project's own.
set -eu
way=$1 prefix=$2 folder=$3 compiler=$4 source=${5:-}
tests=$(cd "$(dirname "$0")/.." && pwd)
taut=$(dirname "$tests")

rm -rf "$folder"
mkdir -p "$folder/home"
cp -R "$taut/examples/03_own_project" "$folder/project"
[ -z "$source" ] || cp "$source" "$folder/project/main.cpp"
case $way in
  find_package) options="-DCMAKE_PREFIX_PATH=$prefix" ;;
  add_subdirectory)
    mkdir "$folder/taut"
    cp -R "$taut/CMakeLists.txt" "$taut/.cmake" "$taut/include" "$folder/taut"
    options="-DTAUT_FOLDER=$folder/taut"
    ;;
  single_header)
    "$taut/.setup/single_header.sh" "$folder/project/third_party/taut/taut.hpp"
    options=
    ;;
esac

cd "$folder/project"
clean() { env -i PATH="$PATH" HOME="$folder/home" "$@"; }
# Without optimisation: what is tested is how Taut is found, not how fast it is.
# shellcheck disable=SC2086  # nothing or one option
clean cmake -B build "-DTAUT=$way" $options "-DCMAKE_CXX_COMPILER=$compiler" -DCMAKE_BUILD_TYPE=Debug
clean cmake --build build

# Every header of Taut that the compiler read is one that belongs to this way.
case $way in
  find_package) expected=$prefix/include/taut/ ;;
  add_subdirectory) expected=$folder/taut/include/taut/ ;;
  single_header) expected=$folder/project/third_party/taut/taut.hpp ;;
esac
read_headers=$(find build -name 'main.cpp*.d' -exec cat {} + | tr ' ' '\n' | grep '/taut/.*[.]hpp$')
if printf '%s\n' "$read_headers" | grep -vF "$expected"; then
  echo "expected Taut's headers to be $expected alone"
  exit 1
fi

sh "$tests/examples/check.sh" main.cpp build/own_project
