#!/usr/bin/env bash
# Taut against what a user would pick instead, turn by turn in one run: compare.sh --help says how.
# Builds Taut's worker and those of the C++ peers that are installed. Peers come from Debian's packages and from build/peers, where
# peers.sh puts them; one that is missing is named and left out. TAUT_COMPARE_BUILD names another build folder.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${TAUT_COMPARE_BUILD:-$root/build}

for argument; do
  case $argument in -h | --help | --from) skip_build=yes ;; esac
done
if [ -z "${skip_build:-}" ]; then
  (cd "$root" && .setup/build.sh release "$build" -- compare_taut compare_peers) >&2
fi

exec python3 "$root/bench/compare" --build "$build" --torch-pythons /usr/bin/python3 "$build/peers/bin/python" "$@"
