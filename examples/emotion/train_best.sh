#!/usr/bin/env bash
# Trains the weights of docs/emotion_weights.md: a teacher, its student, and the student in half precision, judged once on the test pictures.
#   examples/emotion/train_best.sh DATA OUT        DATA: fer2013.csv, or a folder with train/ and test/
# 50 epochs of the teacher and 90 of the student. Interrupted, the same command goes on where it was.
set -euo pipefail

if [[ $# -ne 2 ]]; then
  sed -n '2,4s/^# //p' "$0" >&2
  exit 2
fi
data=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
emotion=${EMOTION:-$here/../../build/examples/emotion}
if [[ ! -x $emotion ]]; then
  echo "train_best.sh: expected the program at $emotion: build it, or name it in EMOTION" >&2
  exit 1
fi
excluded=$here/excluded_folders.txt
if [[ $data == *.csv ]]; then excluded=$here/excluded_fer2013.txt; fi

train() {  # NAME OPTIONS…
  local run=$out/$1 resume=()
  shift
  if [[ -e $run/checkpoint.safetensors ]]; then resume=(--resume); fi
  "$emotion" train --recipe best --data "$data" --exclude "$excluded" --out "$run" --without-test "$@" "${resume[@]}"
}

train teacher --network large --epochs 50 --seed 0
train student --teacher "$out/teacher/best.safetensors" --seed 1
"$emotion" export --weights "$out/student/best.safetensors" --out "$out/emotion.safetensors"
"$emotion" eval --weights "$out/emotion.safetensors" --data "$data" --split val --json "$out/validation.json"
"$emotion" eval --weights "$out/emotion.safetensors" --data "$data" --split test --json "$out/test.json"
