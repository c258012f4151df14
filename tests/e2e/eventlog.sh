#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# "assay check eventlog", "assay check ima" and "assay policy learn" on the
# logs of real and of emulated machines.  Prints TAP.  ASSAY_SAMPLES names the
# samples.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

samples=${ASSAY_SAMPLES:-}
logs=$samples/tpm/eventlogs
boot=$samples/boot

# --- What needs no samples.

printf 'not a log\n' >"$work/text"
: >"$work/empty"
expect 65 EVENTLOG_MALFORMED "a text is no log" check eventlog "$work/text"
expect 65 FILE_EMPTY "nothing is no log" check eventlog "$work/empty"
expect 65 IMA_MALFORMED "a text is no list of files" check ima "$work/text"
expect 65 FILE_EMPTY "nothing is no list of files" check ima "$work/empty"
expect 65 EVENTLOG_MALFORMED "nothing is learned from a text" \
	policy learn "$work/text"
grep -q "$work/text" "$work/err"
check $? "the error names the file"
expect 64 USAGE "no log" check eventlog
expect 64 USAGE "two logs" check eventlog "$work/text" "$work/text"
expect 64 USAGE "no list" check ima
expect 64 USAGE "a list has no event policy" \
	check ima --policy "$work/text" "$work/text"
expect 64 USAGE "no logs to learn from" policy learn
expect 64 USAGE "a bank of no hash" policy learn --bank md5 "$work/text"
expect 64 POLICY_MALFORMED "a policy that is none" \
	check eventlog --policy "$work/text" "$work/text"
grep -q 'line 1' "$work/err"
check $? "the error names the line"

[ -d "$boot" ] || {
	echo "# no samples: the rest is left out"
	plan
}

# --- Every log, its PCRs from the log itself and from elsewhere.

# pcrs_of FILE: what "check eventlog" prints as PCR values.
pcrs_of() {
	"$assay" check eventlog "$1" | sed -n '/^sha[0-9]*:[0-9]*=/p'
}

for log in "$logs"/* "$samples"/tpm/ima/*bios*; do
	[ -f "$log" ] || continue
	case ${log##*/} in
	ek-template-default.bin)
		expect 65 EVENTLOG_MALFORMED "${log##*/} is no log" \
			check eventlog "$log"
		continue
		;;
	esac
	expect 3 NOT_VERIFIED "${log##*/} is shown" check eventlog "$log"
	expect 3 NOT_VERIFIED "${log##*/} is shown as JSON" \
		check eventlog --json "$log"
	grep -q '^  "pcrs": {' "$work/out" &&
		grep -q '^  "events": \[' "$work/out"
	check $? "${log##*/}: pcrs and events"
done

for name in a_sboff b_cmdline c_ima d_sbon_direct g_gpu g_gpu8_efirom; do
	log=$boot/$name/binary_bios_measurements
	expect 0 LATER_PCRS "$name leads to its PCRs in every bank" \
		check eventlog --pcrs "$boot/$name/pcrs.txt" "$log"
done
log=$boot/a_sboff/binary_bios_measurements

# N54: one digit; N55: a bank that the log has not.
pcrs_of "$log" >"$work/pcrs"
expect 0 affirming "values as lines" check eventlog --pcrs "$work/pcrs" "$log"
sed '/^sha256:4=/{s/0$/x/;s/[1-9a-f]$/0/;s/x$/1/}' "$work/pcrs" \
	>"$work/nibble"
expect 1 EVENTLOG_MISMATCH "N54 a PCR changed in a digit" \
	check eventlog --pcrs "$work/nibble" "$log"
pcrs_of "$logs/debian-10.bin" >"$work/sha1"
grep '^sha256' "$work/pcrs" >"$work/sha256"
expect 1 EVENTLOG_BANK_MISSING "N55 a bank that is not in the log" \
	check eventlog --pcrs "$work/sha256" "$logs/debian-10.bin"
expect 1 EVENTLOG_MISMATCH "the PCRs of another machine" \
	check eventlog --pcrs "$work/sha1" "$log"
expect 65 PCR_FILE_MALFORMED "PCRs that are none" \
	check eventlog --pcrs "$work/text" "$log"

# N56: PCRs that hold nothing agree with a log that says nothing.
head -c 77 "$log" >"$work/short"
zeros=0000000000000000000000000000000000000000000000000000000000000000
echo "sha256:0=$zeros" >"$work/zero"
expect 1 EVENTLOG_UNEXTENDED "N56 a bank that firmware left alone" \
	check eventlog --pcrs "$work/zero" "$work/short"

# --- A policy learned from one boot; the next differs in its command line.

"$assay" policy learn "$log" >"$work/policy" 2>"$work/err"
check $? "a policy is learned"
expect 0 affirming "its own log keeps it" check eventlog \
	--policy "$work/policy" --pcrs "$boot/a_sboff/pcrs.txt" "$log"
expect 1 EVENT_MISMATCH "another command line is refused" check eventlog \
	--policy "$work/policy" "$boot/b_cmdline/binary_bios_measurements"
[ "$(grep -c '^ *EVENT_' "$work/out")" -eq 1 ] &&
	grep -q 'event 21, PCR 9, EV_EVENT_TAG.*LoadOptions' "$work/out"
check $? "by exactly the event of the command line"
"$assay" policy learn "$log" "$boot/b_cmdline/binary_bios_measurements" \
	"$boot/g_gpu8_efirom/binary_bios_measurements" >"$work/three"
for name in a_sboff b_cmdline g_gpu8_efirom; do
	expect 0 affirming "$name keeps what was learned from three" \
		check eventlog --policy "$work/three" \
		"$boot/$name/binary_bios_measurements"
done
expect 1 EVENT_MISMATCH "a fourth does not" check eventlog \
	--policy "$work/three" "$boot/c_ima/binary_bios_measurements"
grep -q '^optional EV_EFI_BOOT_SERVICES_DRIVER' "$work/three"
check $? "option ROMs of one are optional"
grep '^sha384' "$work/pcrs" >"$work/sha384"
expect 3 EVENT_POLICY_UNCOVERED "values of another bank prove nothing" \
	check eventlog --policy "$work/policy" --pcrs "$work/sha384" "$log"

# The same command line as a text.
cat >"$work/cmdline" <<'END'
assay-event-policy 1
bank sha256
pcr 9
event EV_EVENT_TAG text "console=ttyS0 panic=-1 doprobe initrd=initrd"
event EV_EVENT_TAG any
END
expect 0 affirming "a command line as a text" \
	check eventlog --policy "$work/cmdline" "$log"
expect 1 EVENT_MISMATCH "another one is refused" check eventlog \
	--policy "$work/cmdline" "$boot/b_cmdline/binary_bios_measurements"

# Secure boot on, and a kernel started past the check.
printf 'assay-event-policy 1\nbank sha256\nsecure-boot required\n' \
	>"$work/secure"
expect 1 SECURE_BOOT_UNPROVED "SecureBoot = 1 alone is not enough" \
	check eventlog --policy "$work/secure" \
	"$boot/d_sbon_direct/binary_bios_measurements"
expect 1 SECURE_BOOT_OFF "secure boot is off" \
	check eventlog --policy "$work/secure" "$log"
expect 0 affirming "secure boot that was used" \
	check eventlog --policy "$work/secure" "$logs/cos-101-amd-sev.bin"

# --- Files that a kernel measured.

list=$boot/c_ima/ima_binary.bin
expect 3 NOT_VERIFIED "a list is shown" check ima --json "$list"
grep -q '"path": "/mnt/bin/script.sh"' "$work/out"
check $? "with the names of files"
expect 0 affirming "a list leads to PCR 10 in four banks" \
	check ima --pcrs "$boot/c_ima/pcrs_after_ima.txt" "$list"
grep -q 'boot_aggregate  *PCR 0 to 9' "$work/out"
check $? "its aggregate is over PCR 0 to 9"
expect 0 affirming "a list that is longer than the quote" \
	check ima --pcrs "$boot/c_ima/pcrs.txt" "$list"
grep -q 'after_the_quote  *3' "$work/out"
check $? "three records follow"
expect 1 IMA_MISMATCH "the PCRs of another machine" \
	check ima --pcrs "$boot/a_sboff/pcrs.txt" "$list"
grep -v ' 10 ' "$boot/c_ima/pcrs.txt" >"$work/no10"
expect 1 PCR_NOT_QUOTED "no PCR 10" check ima --pcrs "$work/no10" "$list"
sed 's/^\(sha256 9 \).\(.*\)/\10\2/;s/^\(sha256 9 0\)0/\11/' \
	"$boot/c_ima/pcrs_after_ima.txt" | grep '^sha256' >"$work/other9"
expect 1 IMA_BOOT_AGGREGATE "a list of another boot" \
	check ima --pcrs "$work/other9" "$list"
plan
