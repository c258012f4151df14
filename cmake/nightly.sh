#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is too long for every change: every preset, an hour of each fuzzer,
# a thousand kills, clang-tidy, coverage, the benchmark.  Its output goes into release notes.
#
#	FUZZ_SECONDS=600 sh cmake/nightly.sh
set -eu
cd "$(dirname "$0")/.."

sh cmake/test.sh debug clang asan ubsan reproduce

# A million answers of a hostile verifier, and a thousand whole reports to it.
bin=$PWD/build/clang
ASSAY_CA=$PWD/tests/hostile-verifier/nobody.pem \
	"$bin/test-bin/hostile-replies" "${HOSTILE_ANSWERS:-1000000}" \
	"$(date +%Y%m%d)"
ASSAY_SOURCE=$PWD ASSAY_BIN=$bin/bin ASSAY_TEST_BIN=$bin/test-bin \
	ASSAY_HOSTILE_RUNS=${HOSTILE_REPORTS:-1000} sh tests/e2e/hostile.sh
ASSAY_SOURCE=$PWD ASSAY_BIN=$bin/bin ASSAY_TEST_BIN=$bin/test-bin \
	ASSAY_WORKLOAD_ROUNDS=${WORKLOAD_ROUNDS:-300} sh tests/e2e/workload.sh
FUZZ_SECONDS=${FUZZ_SECONDS:-3600} sh cmake/test.sh fuzz

# Every point at which agent or service can die, and most of them again.
ASSAY_KILLS=250 ASSAY_SOURCE=$PWD ASSAY_BIN=$PWD/build/debug/bin \
	ASSAY_TEST_BIN=$PWD/build/debug/test-bin sh tests/e2e/continuity.sh

if command -v clang-tidy >/dev/null 2>&1; then
	cmake --preset analyze >/dev/null
	cmake --build --preset analyze
fi
if command -v gcovr >/dev/null 2>&1; then
	sh cmake/test.sh coverage
	gcovr --root . build/coverage --exclude tests --print-summary | tail -n 4
fi
sh cmake/bench.sh
