#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install what is missing, build, run the tests.
#
#	sh cmake/test.sh [PRESET]...
#
# Without presets: gcc with every warning, clang with AddressSanitizer, clang
# with UndefinedBehaviorSanitizer, and the fuzzers for 30 seconds each.
# ASSAY_SAMPLES names the folder of real samples.
set -eu
cd "$(dirname "$0")/.."

sh cmake/dependencies.sh test
jobs=$(nproc)

run_preset() {
	echo "== $1"
	cmake --preset "$1" ${ASSAY_SAMPLES:+-DASSAY_SAMPLES="$ASSAY_SAMPLES"} \
		>/dev/null
	cmake --build --preset "$1" -- -j"$jobs" --quiet
	if [ "$1" = fuzz ]; then
		sh tests/fuzz/run.sh "${FUZZ_SECONDS:-30}"
	else
		ctest --preset "$1" -j"$jobs"
	fi
}

[ $# -gt 0 ] || set -- fuzz ubsan asan debug
for preset in "$@"; do
	run_preset "$preset"
done
