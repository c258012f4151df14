#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh SECONDS [NAME...]: every fuzzer, or those named, for SECONDS each;
# TAP.  ASSAY_TEST_BIN names the folder of the fuzzers (default: that of the
# preset fuzz), ASSAY_SAMPLES that of real inputs, ASSAY_FUZZ_KEEP one where
# inputs with findings are kept.
set -u
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
bin=${ASSAY_TEST_BIN:-$here/../../build/fuzz/test-bin}
samples=${ASSAY_SAMPLES:-$here/../../../shared/samples}
names='dcbor evidence verify tpm eventlog inflate spdm simulated policy
  quote_files spdm_exchange rim_xml reference nvidia http session board
  expression table inventory ima event_policy ocsp ek enrolment
  credential platform_cert'

case ${1:-} in
''|*[!0-9]*)
	echo "usage: run.sh SECONDS [NAME...]" >&2
	exit 64
	;;
esac
seconds=$1
shift
if [ $# -eq 0 ]; then
	# shellcheck disable=SC2086
	set -- $names
fi
if [ ! -x "$bin/assay-fuzz-seeds" ]; then
	echo "1..0 # SKIP no fuzzers in ASSAY_TEST_BIN; build preset fuzz"
	exit 77
fi

work=$(mktemp -d) || exit 74
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/corpus" "$work/found" || exit 74
if [ -d "$samples" ]; then
	"$bin/assay-fuzz-seeds" "$work/corpus" "$samples" || exit 70
else
	"$bin/assay-fuzz-seeds" "$work/corpus" || exit 70
fi

# What the fuzzer leaves when it finds something, as text.
show() {
	for input in "$work/found/$1-"*; do
		[ -f "$input" ] || continue
		echo "# ${input##*/}: $(wc -c <"$input") bytes"
		od -A d -t x1 -v "$input" | head -n 32 | sed 's/^/# /'
		if [ -n "${ASSAY_FUZZ_KEEP:-}" ]; then
			cp "$input" "$ASSAY_FUZZ_KEEP/"
		fi
	done
}

echo "1..$#"
n=0
bad=0
for name in "$@"; do
	n=$((n + 1))
	mkdir -p "$work/corpus/$name"
	if "$bin/fuzz_$name" -max_total_time="$seconds" -timeout=10 \
	    -rss_limit_mb=1024 -max_len=16384 -print_final_stats=1 \
	    -artifact_prefix="$work/found/$name-" "$work/corpus/$name" \
	    >"$work/log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
		    "$work/log")
		cover=$(grep -o 'cov: [0-9]*' "$work/log" | tail -n 1)
		echo "ok $n - $name: ${runs:-?} runs, ${cover:-cov: ?}"
	else
		bad=1
		echo "not ok $n - $name"
		grep -v '^#[0-9]' "$work/log" | tail -n 60 | sed 's/^/# /'
		show "$name"
	fi
done
exit $bad
