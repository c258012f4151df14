#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install what is missing, build, run the tests.
#
#	sh cmake/test.sh [PRESET]...
#
# Without presets: gcc with every warning, clang with AddressSanitizer, clang
# with UndefinedBehaviorSanitizer, the fuzzers for 15 seconds each, and two
# release builds that must be equal.  ASSAY_SAMPLES names the folder of real
# samples.
set -eu
cd "$(dirname "$0")/.."

sh cmake/dependencies.sh test
jobs=$(nproc)

run_preset() {
	echo "== $1"
	if [ "$1" = reproduce ]; then
		sh cmake/reproduce.sh
		return
	fi
	cmake --preset "$1" ${ASSAY_SAMPLES:+-DASSAY_SAMPLES="$ASSAY_SAMPLES"} \
		>/dev/null
	cmake --build --preset "$1" -- -j"$jobs" --quiet
	if [ "$1" = fuzz ]; then
		sh tests/fuzz/run.sh "${FUZZ_SECONDS:-15}"
	else
		ctest --preset "$1" -j"$jobs"
	fi
}

[ $# -gt 0 ] || set -- fuzz ubsan asan debug reproduce
for preset in "$@"; do
	run_preset "$preset"
done
