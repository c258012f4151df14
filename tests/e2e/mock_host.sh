# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A host for the agent: the PCI functions of a recorded board, and a verifier
# that behaves as it is told.  Sourced, after tap.sh.

# pci_tree BOARD.INI ROOT: the kernel's list of the board's functions.
pci_tree() {
	mkdir -p "$2/sys/bus/pci/devices"
	sed -n 's/^\(pci-[a-z-]*\) = /\1 /p' "$1" | while read -r key value; do
		case $key in
		pci-address)
			at=$2/sys/bus/pci/devices/$value
			mkdir -p "$at"
			;;
		pci-vendor) echo "$value" >"$at/vendor" ;;
		pci-device) echo "$value" >"$at/device" ;;
		pci-class) echo "$value" >"$at/class" ;;
		esac
	done
}

# accept_any: a verifier that takes everything; its port is in $work/port.
# shellcheck disable=SC2154 # tap.sh made the folder
accept_any() {
	: >"$work/port"
	"$ASSAY_TEST_BIN/hostile-verifier" accept-any >"$work/port" &
	pids="$pids $!"
	tries=0
	while [ ! -s "$work/port" ] && [ "$tries" -lt 500 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
}
