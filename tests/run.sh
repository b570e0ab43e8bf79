#!/usr/bin/env bash
# Sets the machine up, builds everything and runs the tests; from any folder, again and again, without network once set up.
#   tests/run.sh          g++, release: tests, examples, benchmarks
#   tests/run.sh --all    adds the longer tests, AddressSanitizer and UndefinedBehaviorSanitizer, ThreadSanitizer, clang, compile time,
#                         CUDA's tests by nvcc, where there is one,
#                         and other instruction sets: all with SSE2 alone, the kernels on NEON under qemu-user and for AVX-512, which is
#                         compiled everywhere and run where the processor has it; and a minute of fuzzing for each reader of files
#   tests/run.sh PART…    some of what --all does: release asan tsan clang-16 clang-19 sse2 neon avx512 cuda fuzz compile-time
# The last line counts the tests of all builds; a build that breaks counts as one failed test.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
all_parts="release asan tsan clang-16 clang-19 sse2 neon avx512 cuda fuzz compile-time"
case "$*" in
  "") parts="quick" ;;
  --all) parts=$all_parts ;;
  *)
    for part; do
      if ! [[ " $all_parts " == *" $part "* ]]; then
        echo "tests/run.sh: expected nothing, --all or parts of it ($all_parts), found '$part'" >&2
        exit 2
      fi
    done
    parts=$*
    ;;
esac

everything="-DTAUT_TESTS=ON -DTAUT_EXAMPLES=ON -DTAUT_BENCHMARKS=ON -DTAUT_WERROR=ON"
passed=0 failed=0 skipped=0
close() {
  echo
  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" -eq 0 ]
  exit
}

say() { printf '\n== %s\n' "$1"; }

# The number behind NAME=" in the first line of a JUnit report.
count() { sed -n "/<testsuite /,/>/s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

# build_and_test TITLE PRESET FOLDER "cmake options" "ctest options" [a command before ctest]
build_and_test() {
  local title=$1 preset=$2 folder=$3 options=$4 selection=$5 before=${6:-}
  local report=$PWD/$folder/junit.xml
  say "$title"
  rm -f "$report"
  # shellcheck disable=SC2086  # both are lists of words
  if ! .setup/build.sh "$preset" "$folder" $options; then
    echo "$title: the build failed; the tests that were built run all the same"
    failed=$((failed + 1))
  fi
  # shellcheck disable=SC2086
  $before ctest --test-dir "$folder" --output-on-failure --parallel "$(nproc)" --timeout 900 --output-junit "$report" $selection
  local status=$? tests failures disabled left_out
  if [ ! -s "$report" ] || [ "$(count tests "$report")" = 0 ]; then
    echo "$title: ctest ran nothing"
    failed=$((failed + 1))
    return
  fi
  tests=$(count tests "$report") failures=$(count failures "$report")
  disabled=$(count disabled "$report") left_out=$(count skipped "$report")
  passed=$((passed + tests - failures - disabled - left_out))
  failed=$((failed + failures))
  skipped=$((skipped + disabled + left_out))
  if [ "$status" -ne 0 ] && [ "$failures" -eq 0 ]; then
    echo "$title: ctest failed without naming a test (status $status)"
    failed=$((failed + 1))
  fi
}

# check TITLE command…: a command that is one test.
check() {
  say "$1"
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# ThreadSanitizer can't map its shadow where the kernel randomises more of the address than it knows.
fixed_addresses=
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses="setarch $(uname -m) -R"; fi

# What differs between instruction sets is in the kernels; these two programs run all of them.
kernel_programs="-- test_kernels test_ops" kernel_tests="-R ^(kernels|ops)[.]"

run_part() {
  case $1 in
    quick) build_and_test "g++, release" release build "$everything" "-LE long" ;;
    release) build_and_test "g++, release" release build "$everything" "" ;;
    # Compiling alone (label compile) says the same under a sanitizer.
    asan) build_and_test "AddressSanitizer and UndefinedBehaviorSanitizer" asan build-asan "" "-LE compile|long" ;;
    tsan) build_and_test "ThreadSanitizer" tsan build-tsan "" "-LE compile|long" "$fixed_addresses" ;;
    clang-*) build_and_test "${1/-/ }" clang "build-$1" "-DCMAKE_CXX_COMPILER=clang++-${1#clang-}" "-LE long" ;;
    sse2) build_and_test "SSE2 alone" sse2 build-sse2 "" "-LE compile|long" ;;
    neon) build_and_test "NEON, under qemu-user" neon build-neon "$kernel_programs" "$kernel_tests --timeout 3600" ;;
    avx512)
      if grep -qw avx512vl /proc/cpuinfo; then
        build_and_test "AVX-512" avx512 build-avx512 "$kernel_programs" "$kernel_tests"
      else
        # shellcheck disable=SC2086  # a list of words
        check "AVX-512, compiled alone: this processor doesn't have it" .setup/build.sh avx512 build-avx512 $kernel_programs
      fi
      ;;
    cuda)
      if command -v nvcc >/dev/null; then
        build_and_test "CUDA, by nvcc" release build-cuda "-DTAUT_CUDA=ON -- cuda_device_tests emotion bench_gpu" "-L cuda_device"
      else
        echo "CUDA, by nvcc: there is no nvcc here; its kernels ran under emulation"
      fi
      ;;
    fuzz) build_and_test "Fuzzing" fuzz build-fuzz "-- fuzzers" "-R ^fuzz[.].*[.]minute$" ;;
    compile-time) check "Compile time" bench/compile_time.sh --check ;;
  esac
}

say "Packages"
if [ "$parts" = quick ]; then packages=tests; else packages=all; fi
.setup/packages.sh $packages || { failed=1; close; }
for part in $parts; do run_part "$part"; done
close
