#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/negative-tests.md against the tests: each that it names is there, bears
# its number, and speaks of its code, which there is.  Prints TAP.
set -u
: "${ASSAY_SOURCE:?set it to the folder of the sources}"
cd "$ASSAY_SOURCE" || exit 74
count=0
failed=0

# ok STATUS NAME
ok() {
	count=$((count + 1))
	[ "$1" -eq 0 ] || { failed=1; printf 'not '; }
	echo "ok $count - $2"
}

# row NUMBER TEST FILE CODE: is it so?
row() {
	grep -qF -e "$2" "$3" || return 1
	letter=${1%"${1#?}"}
	digits=${1#?}
	printf '%s\n' "$2" | grep -Eiq \
		"(^|[^0-9])${letter}0?${digits#0}([^0-9]|\$)" || return 1
	[ "$4" = - ] && return 0
	grep -qF "STATUS($4," include/status.def include/status_verifier.def &&
		grep -qw "$4" "$3"
}

tab=$(printf '\t')
# shellcheck disable=SC2016 # the backquotes are those of the table
sed -n 's/^| \([NT][0-9]*\) | [^|]* | `\(.*\)` | \([^ |]*\) | `*\([A-Z_-]*\)`* |$/\1\t\2\t\3\t\4/p' \
	docs/negative-tests.md >"${TMPDIR:-/tmp}/negative.$$"
trap 'rm -f "${TMPDIR:-/tmp}/negative.$$"' EXIT
while IFS="$tab" read -r number test file code; do
	row "$number" "$test" "$file" "$code"
	ok $? "$number: $test in $file, $code"
done <"${TMPDIR:-/tmp}/negative.$$"

# Those that a release may not do without.
for n in 1 2 3 4 5 6 9 10 11 12 34 35 36 37 38 40 45 50 52 53 54 55 56 57 58 59 60 61 \
	62 70 71 72 73; do
	grep -q "^N$n$tab" "${TMPDIR:-/tmp}/negative.$$"
	ok $? "N$n has its row"
done
for n in 05 09 31 32 33 34 35 36 37; do
	grep -q "^T$n$tab" "${TMPDIR:-/tmp}/negative.$$"
	ok $? "T$n has its row"
done
[ "$(grep -c '^| [NT][0-9]' docs/negative-tests.md)" = \
	"$(wc -l <"${TMPDIR:-/tmp}/negative.$$")" ]
ok $? "every row was understood"
echo "1..$count"
exit $failed
