#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The probe's kernels are assembled for every chip that they are meant for,
# and no multiplication that is counted gets lost on the way.  Prints TAP;
# skipped where there is no ptxas.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

ptxas=$(command -v ptxas || echo /usr/local/cuda/bin/ptxas)
[ -x "$ptxas" ] || skip_all "no ptxas"
cd "$work" || exit 1

# products CUBIN: how many instructions of the kernel multiply matrices.  An
# instruction is 16 bytes; the lowest 12 bits are what it does: 0x23c HMMA,
# 0x237 IMMA, 0x27a QMMA.
products() {
	readelf -SW "$1" 2>/dev/null |
		sed -n 's/^.*\.text\.burst  *PROGBITS  *[0-9a-f]* //p' |
		while read -r offset size rest; do
			od -An -v -w16 -tx8 -j "0x$offset" \
				-N "$((0x$size))" "$1"
		done | awk '{ op = substr($1, 14) }
			op == "23c" || op == "237" || op == "27a" { n++ }
			END { print n + 0 }'
}

"$ASSAY_TEST_BIN/probe-text" >list
while read -r n target steps; do
	"$ASSAY_TEST_BIN/probe-text" "$n" >burst.ptx
	for arch in 80 89 90 100 120; do
		name="burst $n for sm_$arch"
		[ "$arch" -ge "${target#sm_}" ] || continue
		"$ptxas" -arch="sm_$arch" burst.ptx -o burst.cubin >out 2>err
		status=$?
		if [ $status -ne 0 ] && grep -Eq \
			"'sm_$arch' is not def|Unsupported .version" out err
		then
			skip "$name" "this ptxas does not know chip or version"
			continue
		fi
		check $status "$name is assembled"
		found=$(products burst.cubin)
		if [ "$found" -eq 0 ]; then
			skip "$name" "instructions of another encoding"
			continue
		fi
		[ "$found" -ge "$steps" ]
		check $? "$name keeps its $steps products (has $found)"
	done
done <list
[ "$count" -gt 0 ]
check $? "there are kernels"
plan
