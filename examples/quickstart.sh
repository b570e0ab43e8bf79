#!/usr/bin/env bash
# From a bare Debian machine to a trained emotion classifier: installs what is missing, builds, trains on drawn faces (built in,
# no download), evaluates, classifies a picture, and says where the report is. Runs from any folder, again and again,
# and without network once set up.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$1"; }

out=build/quickstart
data=synthetic:8000
picture=examples/emotion/happy.png
emotion=build/examples/emotion

say "Packages"
.setup/packages.sh example

say "Building $emotion"
options=(-DTAUT_EXAMPLES=ON)
# In a new build folder the example alone: tests and benchmarks need packages of their own.
[ -f build/CMakeCache.txt ] || options+=(-DTAUT_TESTS=OFF -DTAUT_BENCHMARKS=OFF -DTAUT_WERROR=OFF)
.setup/build.sh release build "${options[@]}" -- emotion

say "Training on drawn faces"
rm -rf "$out"
"$emotion" train --data $data --epochs 12 --seed 42 --threads "$(nproc)" --out "$out"

say "Evaluating on faces it has never seen"
"$emotion" eval --weights "$out/best.safetensors" --data $data --split test

say "Classifying $picture"
"$emotion" predict --weights "$out/best.safetensors" "$picture"

say "Done"
echo "The report, with curves, confusion matrix and the network's drawing: $PWD/$out/report.html"
echo "Classify a picture of yours: $emotion predict --weights $out/best.safetensors PICTURE"
