#!/usr/bin/env bash
# Builds Taut's CUDA part, checks it on this machine's GPU and times it against PyTorch, in eight minutes: gpu.sh [options]
#   --check                builds and checks alone: op table, networks, compute-sanitizer
#   --torch-python PATH    the python3 whose PyTorch is compared with (default: python3, where it has PyTorch)
#   --data DATA            the faces of a whole training, for `emotion train --data` (default: synthetic:23327)
#   --minutes N            for all of it (default: 8); what doesn't fit is left out by name
#   --gpu N                the GPU's number (default: 0)
#   --build FOLDER         where to build (default: build-gpu)
#   --report FILE          writes FILE.txt and FILE.json (default: report, in the build folder)
# Needs nvcc, CMake and a C++ compiler; goes without anything else, and says what it goes without.
# Ends with 0 where all that ran went well, 1 where something failed, 77 where there is no GPU, after having built.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build-gpu report='' torch_python='' data=synthetic:23327 minutes=8 gpu=0 check_only=''
usage() { sed -n '2,/^set /{/^# /s/^# //p}' "${BASH_SOURCE[0]}"; }
say() { printf '%s\n' "$*" >&2; }
stop() {
  say "gpu.sh: $1"
  exit "${2:-1}"
}
whole_number() { [[ $2 =~ ^[0-9]+$ ]] || stop "$1 expects a whole number, found '$2'" 2; }

while [ $# -gt 0 ]; do
  case $1 in
    --check) check_only=yes ;;
    -h | --help) usage && exit 0 ;;
    --torch-python | --data | --minutes | --gpu | --build | --report)
      [ $# -gt 1 ] || stop "$1 expects a value" 2
      case $1 in
        --torch-python) torch_python=$(command -v "$2") || stop "--torch-python $2: there is no such program" 2 ;;
        --data) data=$2 ;;
        --minutes) whole_number "$1" "$2" && minutes=$2 ;;
        --gpu) whole_number "$1" "$2" && gpu=$2 ;;
        --build) build=$2 ;;
        --report) report=$2 ;;
      esac
      shift
      ;;
    *) stop "expected an option that --help lists, found '$1'" 2 ;;
  esac
  shift
done

mkdir -p "$build/network"
build=$(cd "$build" && pwd)
folder=$build/network worker=$build/bench/gpu/bench_gpu checks=$build/checks.txt
report=${report:-$build/report}
: >"$checks"
failed=''
timing_needs=$((15 * minutes))
[ -z "$check_only" ] || timing_needs=0
left() { echo $((60 * minutes - SECONDS)); }
# at_most SECONDS: as many, or what is left of all the time but for what the timing needs.
at_most() {
  local free
  free=$(($(left) - timing_needs))
  echo $((free < 1 ? 1 : $1 < free ? $1 : free))
}
# note WHAT HOW-IT-WENT: for the report.
note() {
  printf '%s: %s\n' "$1" "$2" >>"$checks"
  say "$1: $2"
}

# checked WHAT LIMIT COMMAND…: runs it for at most LIMIT seconds, its output into a file of the build folder; notes how it went.
checked() {
  local what=$1 limit log began=$SECONDS code=0
  limit=$(at_most "$2")
  log=$build/${what// /-}.log
  shift 2
  timeout -k 5 "$limit" "$@" >"$log" 2>&1 || code=$?
  case $code in
    0) note "$what" "passed in $((SECONDS - began)) s" ;;
    124 | 137) note "$what" "left out: not done after $limit s" ;;
    *)
      note "$what" "FAILED with exit code $code: $log"
      tail -n 40 "$log" >&2
      failed=yes
      ;;
  esac
  return "$code"
}

PATH=$PATH:${CUDA_HOME:-/usr/local/cuda}/bin
command -v nvcc >/dev/null || stop "there is no nvcc: put its folder into PATH, or set CUDA_HOME to CUDA's toolkit"
command -v cmake >/dev/null || stop "there is no cmake"
python=$(command -v python3 || echo "$torch_python")
if [ -z "$torch_python" ] && [ -n "$python" ] && "$python" -c 'import importlib.util as u; exit(u.find_spec("torch") is None)'; then
  torch_python=$python
fi

# While nvcc works, PyTorch's compiler fills its cache: it takes longer than all that is timed. Nothing else is on the GPU by then.
warming=''
if [ -z "$check_only" ] && [ -n "$torch_python" ] && command -v nvidia-smi >/dev/null; then
  (cd "$root/bench/gpu" && "$python" -c 'import groups; groups.print_compiled_tasks()') >"$build/compiled_tasks.txt"
  TORCHINDUCTOR_CACHE_DIR=$folder/inductor setsid "$torch_python" "$root/bench/gpu/torch_worker.py" "cuda:$gpu" "$folder" \
    <"$build/compiled_tasks.txt" >"$build/warming.log" 2>&1 &
  warming=$!
  trap '[ -z "$warming" ] || kill -- "-$warming" 2>/dev/null || true' EXIT
fi

say "Building, in $build"
architecture=$(nvidia-smi -i "$gpu" --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | tr -d '.') || architecture=90
options=(-S "$root" -B "$build" -DTAUT_CUDA=ON "-DCMAKE_CUDA_ARCHITECTURES=$architecture" "-DCMAKE_CUDA_COMPILER=$(command -v nvcc)"
  -DTAUT_BENCHMARKS=OFF -DTAUT_INSTALL=OFF)
if [ ! -f "$build/CMakeCache.txt" ] && command -v ninja >/dev/null; then options+=(-G Ninja); fi
configure() { cmake "${options[@]}" "-DTAUT_TESTS=$1" "-DTAUT_EXAMPLES=$2" >"$build/configure.log" 2>&1; }
missing() { grep -o "[^ ]* *isn't installed" "$build/configure.log" | head -n 1 || echo "see configure.log"; }
targets=(bench_gpu)
if [ -z "$check_only" ] && configure OFF ON; then
  targets+=(emotion) examples=ON
else
  [ -n "$check_only" ] || note "75 epochs of the seed recipe" "left out: emotion can't be built here ($(missing))"
  examples=OFF
fi
if configure ON $examples; then
  targets+=(cuda_device_tests)
else
  note "op table and networks" "left out: the tests can't be built here ($(missing))"
  configure OFF $examples || { cat "$build/configure.log" >&2 && stop "CMake failed"; }
fi
has_target() { [[ " ${targets[*]} " == *" $1 "* ]]; }
go_on=(-k)
if grep -q '^CMAKE_GENERATOR:INTERNAL=Ninja' "$build/CMakeCache.txt"; then go_on=(-k 0); fi
built=0
checked "build" $((30 * minutes)) cmake --build "$build" --parallel "$(nproc)" --target "${targets[@]}" -- "${go_on[@]}" || built=$?
if [ -n "$warming" ]; then
  kill -KILL -- "-$warming" 2>/dev/null || true
  wait "$warming" 2>/dev/null || true
  warming=''
fi
[ -x "$worker" ] || stop "Taut's worker isn't built; $build/build.log says why"

# Nothing to do, but with a GPU of this number.
if ! said=$("$worker" "$gpu" "$folder" </dev/null 2>&1); then
  say "gpu.sh: there is no GPU $gpu that CUDA can use, so nothing was checked or timed: ${said##*: }"
  exit $((${#failed} > 0 ? 1 : 77))
fi
note "GPU $gpu" "$(sed -n 's/.*"gpu": "\([^"]*\)".*/\1/p' <<<"$said")"

if has_target cuda_device_tests && [ $built -ge 124 ]; then
  note "op table and networks" "left out: not all of it was built"
elif has_target cuda_device_tests; then
  checked "op table and networks" $((12 * minutes)) ctest --test-dir "$build" -L cuda_device --output-on-failure || true
fi

# All that the network does, in each precision, on batches that fill no block.
for precision in fp32 tf32 bf16; do
  printf '%s\n' "train-$precision 9 3" "infer-$precision 3 1"
done >"$build/short_run.txt"
if sanitizer=$(command -v compute-sanitizer); then
  for tool in memcheck racecheck; do
    # shellcheck disable=SC2016  # the inner shell's
    checked "compute-sanitizer $tool" $((6 * minutes)) bash -c '"$1" --tool "$2" --error-exitcode 1 "$3" "$4" "$5" <"$6"' - \
      "$sanitizer" "$tool" "$worker" "$gpu" "$folder" "$build/short_run.txt" || true
  done
else
  note "compute-sanitizer" "left out: it isn't installed"
fi

# The seed recipe as a whole: 75 epochs, validation, weights, log and report.
if has_target emotion; then
  emotion=$build/examples/emotion
  if "$emotion" train --help 2>/dev/null | grep -q -- --device; then
    rm -rf "$build/run"
    visible=()
    [ "$gpu" -eq 0 ] || visible=(env "CUDA_VISIBLE_DEVICES=$gpu")  # the program takes the first one
    checked "75 epochs of the seed recipe" $((10 * minutes)) \
      "${visible[@]}" "$emotion" train --device cuda --recipe seed --data "$data" --out "$build/run" || true
  else
    note "75 epochs of the seed recipe" "left out: this program knows no --device"
  fi
fi

if [ -z "$python" ]; then
  note "timing" "left out: there is no python3"
  cp "$checks" "$report.txt"
  cat "$checks"
else
  timing=()
  if [ -z "$check_only" ] && [ "$(left)" -gt 40 ]; then
    timing=(--taut "$worker" --gpu "$gpu" --seconds $(($(left) - 15)))
    [ -z "$torch_python" ] || timing+=(--torch-python "$torch_python")
  elif [ -z "$check_only" ]; then
    note "timing" "left out: no time was left"
  fi
  "$python" "$root/bench/gpu" --folder "$folder" --checks "$checks" --report "$report" "${timing[@]}" || failed=yes
  say "$report.txt and $report.json have it, after $SECONDS s."
fi
[ -z "$failed" ] || exit 1
