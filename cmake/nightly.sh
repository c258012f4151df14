#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is too long for every change: every preset, an hour of each fuzzer,
# clang-tidy, coverage, the benchmark.  Its output goes into release notes.
#
#	FUZZ_SECONDS=600 sh cmake/nightly.sh
set -eu
cd "$(dirname "$0")/.."

sh cmake/test.sh debug clang asan ubsan
FUZZ_SECONDS=${FUZZ_SECONDS:-3600} sh cmake/test.sh fuzz

if command -v clang-tidy >/dev/null 2>&1; then
	cmake --preset analyze >/dev/null
	cmake --build --preset analyze
fi
if command -v gcovr >/dev/null 2>&1; then
	sh cmake/test.sh coverage
	gcovr --root . build/coverage --exclude tests --print-summary | tail -n 4
fi
sh cmake/bench.sh
