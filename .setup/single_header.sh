#!/bin/sh
# Writes Taut as one header: single_header.sh FILE [UMBRELLA…]: taut, nn, tensor, eigen, idx, image, io; taut where none is named.
#   .setup/single_header.sh third_party/taut/taut.hpp            what <taut/taut.hpp> includes
#   .setup/single_header.sh third_party/taut/taut.hpp taut io    and what <taut/io.hpp> does
# Every header of Taut that the umbrellas reach stands in it once, behind those that it includes. A program has one such file: two of them,
# or one beside include/taut, would define everything twice.
set -eu

if [ $# -eq 0 ]; then
  echo "single_header.sh: expected FILE [UMBRELLA…]: the file to write, and what to put into it" >&2
  exit 2
fi
file=$1
shift
[ $# -gt 0 ] || set -- taut

root=$(cd "$(dirname "$0")/.." && pwd)
for umbrella; do
  if [ ! -f "$root/include/taut/$umbrella.hpp" ]; then
    echo "single_header.sh: there is no umbrella taut/$umbrella.hpp" >&2
    exit 2
  fi
done
version=$(sed -n 's/.* version = "\(.*\)";/\1/p' "$root/include/taut/core/version.hpp")

mkdir -p "$(dirname "$file")"
{
  printf '/// Taut %s in one header: what' "$version"
  for umbrella; do printf ' taut/%s.hpp' "$umbrella"; done
  printf ' includes. Written by .setup/single_header.sh from the headers\n/// named below: changes belong there.\n//\n'
  sed 's|^|// |; s| *$||' "$root/LICENSE"
  printf '#pragma once\n'
  awk -v folder="$root/include/" '
    # A path of Taut between quotes, or nothing.
    function own(line) {
      return line ~ /^#include "/ ? substr(line, 11, length(line) - 11) : ""
    }

    # Prints a header behind those that it includes, without the lines that it shares with others.
    function print_header(header,   line, path, lines, count, i, depth, before, status) {
      if (header in printed) return
      printed[header] = 1
      while ((status = (getline line < (folder header))) > 0) {
        path = own(line)
        if (path != "") print_header(path)
        else if (line !~ /^#pragma once/ && line !~ /^#pragma GCC system_header/) lines[++count] = line
      }
      if (status < 0) {
        print "single_header.sh: cannot read " folder header >"/dev/stderr"
        exit bad = 1
      }
      close(folder header)

      printf "\n// ==== %s\n\n", header
      for (i = 1; i <= count; ++i) {
        line = lines[i]
        if (line ~ /^#if/) ++depth
        if (line ~ /^#endif/) --depth
        # Under a condition an include may not be reached, so that it counts for that place alone.
        if (line ~ /^#include/ && depth == 0 && line in included) continue
        if (line ~ /^#include/ && depth == 0) included[line] = 1
        if (line != "" || before != "") print line
        before = line
      }
    }

    BEGIN {
      for (i = 1; i < ARGC; ++i) print_header("taut/" ARGV[i] ".hpp")
      exit bad
    }
  ' "$@"
} >"$file.new"
mv "$file.new" "$file"
