# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the scripts around "assay" share: TAP, a folder that goes away, and
# runs of the tool with their exit status and output kept.  Sourced.
set -u

: "${ASSAY_BIN:?set it to the folder of assay}"
: "${ASSAY_TEST_BIN:?set it to the folder of the test programs}"
assay=$ASSAY_BIN/assay
work=$(mktemp -d) || exit 1
pids=
count=0
failed=0

# End PID and wait until it has gone.
finish() {
	[ -n "$1" ] || return 0
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# shellcheck disable=SC2317 # the trap calls it
cleanup() {
	for pid in $pids; do
		finish "$pid"
	done
	chmod -R u+rwX "$work" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# One result: check STATUS NAME.  What the tool said is shown on failure.
check() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
		echo "# exit ${status:-?}"
		sed 's/^/# /' "$work/out" "$work/err" 2>/dev/null
	fi
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# Nothing can be tested: end with the status that ctest knows.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 77
}

plan() {
	echo "1..$count"
	exit "$((failed > 0))"
}

# run ARGUMENT...: the tool, within 20 s; sets status, out and err.
run() {
	timeout -k 5 120 "$assay" "$@" >"$work/out" 2>"$work/err"
	status=$?
}

# Is CODE a reason, or the error, of the last run?
said() {
	grep -Eq "(^|[^A-Z_])$1([^A-Z_]|\$)" "$work/out" "$work/err"
}

# expect STATUS CODE NAME ARGUMENT...: CODE may be "-" for none.
# (POSIX functions have no names of their own, hence the prefix.)
expect() {
	e_want=$1
	e_code=$2
	e_name=$3
	shift 3
	run "$@"
	[ "$status" -eq "$e_want" ] && { [ "$e_code" = - ] || said "$e_code"; }
	check $? "$e_name"
}
