#!/bin/sh
# Does an example that trains on Fashion-MNIST learn? check_training.sh PROGRAM: one epoch, after which most garments are told apart.
set -eu
folder=/usr/share/datasets/fashion-mnist
if [ ! -e "$folder" ]; then
  echo "skipped: $folder isn't there (Debian: dataset-fashion-mnist)"
  exit 0
fi
printed=$("$1" "$folder" 1)
accuracy=$(printf '%s\n' "$printed" | sed -n 's/^Test accuracy: \([0-9]*\)[.].*/\1/p')
if [ -z "$accuracy" ] || [ "$accuracy" -lt 80 ]; then
  printf '%s\n' "$printed" "expected a test accuracy of at least 80% after an epoch"
  exit 1
fi
