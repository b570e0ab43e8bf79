#!/bin/sh
# One mistake that must not compile: check.sh FILE COMPILER [flags…]
#   // EXPECT: sentence       the file's first line: g++'s first error line has it, whole
#   // EXPECT-CLANG: piece    any number of them: clang's first error, notes included, has each; without any, the words of the sentence
# The same file with -DFIXED must compile, so that none passes for the wrong reason.
set -u
file=$1
shift
LC_ALL=C
export LC_ALL

fail() {
  printf '%s: %s\n' "$file" "$1"
  [ $# -lt 2 ] || printf -- '---- the compiler said\n%s\n' "$2"
  exit 1
}

sentence=$(sed -n '1s|^// EXPECT: ||p' "$file")
[ -n "$sentence" ] || fail "expected '// EXPECT: sentence' in its first line"

said=$("$@" -fsyntax-only -DFIXED "$file" 2>&1) || fail "must compile with -DFIXED" "$said"
said=$("$@" -fsyntax-only "$file" 2>&1) && fail "must not compile"

has() {
  case $1 in *"$2"*) ;; *) return 1 ;; esac
}

if "$@" -dM -E -x c++ /dev/null | grep -q '__clang__'; then
  first=$(printf '%s\n' "$said" | awk '/: (fatal )?error: / && ++errors == 2 { exit } errors')
  pieces=$(sed -n 's|^// EXPECT-CLANG: ||p' "$file")
  [ -n "$pieces" ] || pieces=$(printf '%s\n' "$sentence" | tr -s ' ' '\n' | sed 's/^(//; s/[;,)]*$//')
  printf '%s\n' "$pieces" | {
    while IFS= read -r piece; do
      has "$first" "$piece" || fail "expected '$piece' in the first error" "$said"
    done
  } || exit 1
else
  first=$(printf '%s\n' "$said" | grep -m 1 -E ': (fatal )?error: ')
  has "$first" "$sentence" || fail "expected '$sentence' in the first error line" "$said"
fi
