#!/usr/bin/env bash
# Installs what bench/compare.sh compares Taut with, as far as it can be had; what can't is named and left out.
#   Debian's packages: PyTorch, oneDNN, OpenBLAS, BLIS, dlib, tiny-dnn with the headers it includes. Needs root or sudo.
#   build/peers, a virtual environment of 6 GB: the current PyTorch, ONNX Runtime and ncnn, with NumPy and onnx.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
environment=${TAUT_COMPARE_BUILD:-$root/build}/peers
failed=()

if command -v apt-get >/dev/null 2>&1; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -q || true
  # One by one: a missing package must not keep the others away. dlib and PyTorch multiply by the BLAS that is installed: OpenBLAS.
  for package in libopenblas0-pthread libopenblas0-openmp libopenblas-pthread-dev libblis4-openmp python3-torch libdnnl-dev libdlib-dev \
    tiny-dnn libcereal-dev libgemmlowp-dev libstb-dev; do
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" || failed+=("$package")
  done
else
  failed+=("Debian's packages: there is no apt-get here")
fi

python3 -m venv "$environment"
for package in numpy torch onnx onnxruntime ncnn; do
  "$environment/bin/pip" install --quiet --upgrade "$package" || failed+=("$package")
done

if [ ${#failed[@]} -gt 0 ]; then
  printf 'peers.sh: could not install %s\n' "${failed[@]}" >&2
fi
