#!/usr/bin/env bash
# Taut against PyTorch on the emotion network, turn by turn in one run: compare.sh --help says how.
# Builds compare_taut in build/ unless it is there. PyTorch is taken from python3 or from the system's own python3, whichever has it.
# TAUT_COMPARE_PROGRAM and TAUT_COMPARE_PYTHON name another compare_taut and another python.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

program=${TAUT_COMPARE_PROGRAM:-}
if [ -z "$program" ]; then
  program=$root/build/bench/compare_taut
  (cd "$root" && .setup/build.sh release build -- compare_taut) >&2
fi
[ -x "$program" ] || { echo "compare.sh: expected a program at $program, found none" >&2; exit 1; }

torch_python=
for python in ${TAUT_COMPARE_PYTHON:-python3 /usr/bin/python3}; do
  if "$python" -c 'import torch' 2>/dev/null; then
    torch_python=$python
    break
  fi
done
[ -n "$torch_python" ] || echo "PyTorch is not installed (Debian: python3-torch): Taut runs alone" >&2

driver=${torch_python:-python3}
export TAUT_COMPARE_COMMAND="bench/compare.sh $*"
exec "$driver" "$root/bench/compare_peers.py" --taut "$program" ${torch_python:+--torch-python "$torch_python"} "$@"
