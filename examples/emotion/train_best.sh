#!/usr/bin/env bash
# Trains the weights of docs/emotion_weights.md: a teacher, its student, and the student in half precision, judged once on the test pictures.
#   examples/emotion/train_best.sh DATA OUT        DATA: fer2013.csv, or a folder with train/ and test/
# 50 epochs of the teacher and 240 of the student. Interrupted, the same command goes on where it was.
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
# A folder's validation pictures are drawn by the seed: the teacher must not learn from the student's.
excluded=$here/excluded_folders.txt teacher_seed=1
if [[ $data == *.csv ]]; then excluded=$here/excluded_fer2013.txt teacher_seed=0; fi

train() {  # NAME OPTIONS…
  local run=$out/$1 resume=()
  shift
  if [[ -e $run/checkpoint.safetensors ]]; then resume=(--resume); fi
  "$emotion" train --recipe best --data "$data" --exclude "$excluded" --out "$run" --without-test "$@" "${resume[@]}"
}

train teacher --network large --epochs 50 --seed $teacher_seed
train student --teacher "$out/teacher/best.safetensors" --epochs 240 --seed 1
"$emotion" export --weights "$out/student/best.safetensors" --out "$out/emotion.safetensors"
"$emotion" eval --weights "$out/emotion.safetensors" --data "$data" --exclude "$excluded" --split val --json "$out/validation.json"
"$emotion" eval --weights "$out/emotion.safetensors" --data "$data" --split test --json "$out/test.json"
