#!/bin/sh
# Each umbrella as a single header, and all of them as one: single_header.sh FOLDER COMPILER FLAGS…
# It compiles, includes nothing of Taut, and has exactly the headers that the compiler reads for the umbrellas, each once.
set -eu
script=$(dirname "$0")/../../.setup/single_header.sh
folder=$1
shift
single=$folder/taut.hpp
bad=0

# check "UMBRELLA…" COMPILER FLAGS…
check() {
  umbrellas=$1
  shift
  # shellcheck disable=SC2086  # a list of words
  "$script" "$single" $umbrellas
  if grep -n '# *include *"' "$single"; then
    echo "$umbrellas: the single header includes another one"
    bad=1
  fi
  sed -n 's|^// ==== ||p' "$single" | sort >"$folder/written"
  for umbrella in $umbrellas; do printf '#include "taut/%s.hpp"\n' "$umbrella"; done | "$@" -x c++ -M - | tr ' ' '\n' |
    sed -n 's|.*/include/\(taut/.*[.]hpp\)$|\1|p' | sort >"$folder/read"
  if ! diff "$folder/read" "$folder/written"; then
    echo "$umbrellas: the headers that the compiler reads (<) and those in the single header (>) differ"
    bad=1
  fi
  printf '#include "%s"\n' "$single" | "$@" -fsyntax-only -x c++ - || bad=1
}

all=
for umbrella in "$(dirname "$0")"/../../include/taut/*.hpp; do
  umbrella=$(basename "$umbrella" .hpp)
  check "$umbrella" "$@"
  all="$all $umbrella"
done
check "${all# }" "$@"
exit $bad
