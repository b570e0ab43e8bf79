#!/bin/sh
# Does an example print what its source says? check.sh SOURCE PROGRAM: the source ends with the output in a comment, between the lines
# "/* Prints:" and "*/"; behind "/* Prints, but for the shares:" percentages may differ.
set -eu
said=$(mktemp)
printed=$(mktemp)
trap 'rm -f "$said" "$printed"' EXIT

sed -n '/^\/\* Prints\(, but for the shares\)\{0,1\}:$/,/^\*\/$/p' "$1" | sed '1d;$d' >"$said"
if [ ! -s "$said" ]; then
  echo "$1: expected its output between the lines '/* Prints:' and '*/'"
  exit 1
fi
"$2" >"$printed"
if grep -q '^/\* Prints, but for the shares:$' "$1"; then
  sed -i 's/[0-9]*%/N%/g' "$said" "$printed"
fi
diff -u "$said" "$printed"
