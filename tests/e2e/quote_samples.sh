#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# "assay check quote" on real quotes: cloud machines, confidential virtual
# machines, software TPMs.  Prints TAP.  ASSAY_SAMPLES names the samples.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

quotes=${ASSAY_SAMPLES:-}/tpm/quotes
[ -d "$quotes" ] || skip_all "no samples"
unpack=$ASSAY_TEST_BIN/unpack

# Check the quote in the files $1.msg, $1.sig: holds NAME BASE OPTION...
holds() {
	h_name=$1
	h_base=$2
	shift 2
	expect 0 - "$h_name" check quote --attest "$h_base.msg" \
		--signature "$h_base.sig" "$@"
}

# One hexadecimal digit of a file of lines KEY=HEX changed: nibble FILE NEW
nibble() {
	sed '1s/0$/x/;1s/[1-9a-f]$/0/;1s/x$/1/' "$1" >"$2"
}

# Everything that may not hold once one thing is changed:
# refuse NAME BASE NONCE BANK PCRS OPTION...
refuse() {
	r_name=$1
	r_base=$2
	r_nonce=$3
	r_bank=$4
	r_pcrs=$5
	shift 5
	set -- check quote --attest "$r_base.msg" --signature "$r_base.sig" "$@"
	if [ -n "$r_nonce" ]; then
		expect 1 QUOTE_NONCE_MISMATCH "$r_name: nonce cut by a byte" \
			"$@" --nonce "${r_nonce%??}" --pcrs "$r_pcrs"
	fi
	expect 1 QUOTE_NONCE_MISMATCH "$r_name: nonce extended by a byte" \
		"$@" --nonce "${r_nonce}00" --pcrs "$r_pcrs"
	nibble "$r_pcrs" "$work/nibble"
	expect 1 PCR_DIGEST_MISMATCH "$r_name: a PCR changed in a nibble" \
		"$@" --nonce "$r_nonce" --pcrs "$work/nibble"
	expect 1 PCR_NOT_QUOTED "$r_name: another bank is asked for" \
		"$@" --nonce "$r_nonce" --pcrs "$r_pcrs" --select "$r_bank:0"
	sed 1d "$r_pcrs" >"$work/fewer"
	expect 1 PCR_SELECTION_MISMATCH "$r_name: a PCR left out" \
		"$@" --nonce "$r_nonce" --pcrs "$work/fewer"
}

# --- Machines in a public cloud: three banks, and the boot log.

for nonce in "" 9009; do
	name=cos-85${nonce:+-$nonce}
	file=$quotes/attestations-pb/gce-cos-85-nonce$nonce.pb
	[ -n "$nonce" ] || file=$quotes/attestations-pb/gce-cos-85-no-nonce.pb
	mkdir "$work/$name"
	"$unpack" protobuf "$file" "$work/$name" 2>"$work/err"
	check $? "$name is unpacked"
	for n in 0 1 2; do
		base=$work/$name/$n
		set -- --ak "$work/$name/ak.pub" --nonce "$nonce"
		bank=$(sed 's/:.*//;q' "$base.pcrs")
		all="$bank:$(seq -s , 0 23)"
		holds "$name $bank" "$base" "$@" --pcrs "$base.pcrs" \
			--select "$all"
		holds "$name $bank with its boot log" "$base" "$@" \
			--pcrs "$base.pcrs" --eventlog "$work/$name/eventlog"
	done
	refuse "$name" "$work/$name/1" "$nonce" sha384 "$work/$name/1.pcrs" \
		--ak "$work/$name/ak.pub"
	expect 1 PCR_SELECTION_MISMATCH "$name: values of another bank" \
		check quote --attest "$work/$name/1.msg" \
		--signature "$work/$name/1.sig" --nonce "$nonce" \
		--ak "$work/$name/ak.pub" --pcrs "$work/$name/2.pcrs"
	dd if="$work/$name/eventlog" of="$work/log" bs=1 count=20000 \
		2>"$work/err"
	expect 65 EVENTLOG_MALFORMED "$name: a boot log cut short" \
		check quote --attest "$work/$name/1.msg" \
		--signature "$work/$name/1.sig" --nonce "$nonce" \
		--ak "$work/$name/ak.pub" --pcrs "$work/$name/1.pcrs" \
		--eventlog "$work/log"
done
other=$quotes/../eventlogs/ubuntu-2104-no-dbx.bin
expect 1 EVENTLOG_MISMATCH "the boot log of another machine" check quote \
	--attest "$work/cos-85/1.msg" --signature "$work/cos-85/1.sig" \
	--nonce "" --ak "$work/cos-85/ak.pub" --pcrs "$work/cos-85/1.pcrs" \
	--eventlog "$other"

# --- Confidential virtual machines: raw RSA signatures, keys as JWK.

coco=$quotes/coco-az-snp-vtpm
challenge=6368616c6c656e6765
mkdir "$work/hcl"
"$unpack" hcl "$coco/hcl-report.bin" "$work/hcl" 2>"$work/err"
check $? "the key of an HCL report"

# json NAME DIGITS NONCE: one JSON form, with the digits of its nonce, which
# is NONCE unless that is "-"; the key of the HCL report if it names none.
json() {
	mkdir "$work/$1"
	"$unpack" json "$coco/$1.json" "$work/$1" 2>"$work/err"
	check $? "$1 is unpacked"
	mv "$work/$1/msg" "$work/$1/q.msg"
	mv "$work/$1/sig" "$work/$1/q.sig"
	[ -s "$work/$1/ak.pem" ] || cp "$work/hcl/ak.pem" "$work/$1/ak.pem"
	nonce=$("$unpack" nonce "$work/$1/q.msg")
	[ "${#nonce}" -eq "$2" ]
	check $? "$1: nonce of $(($2 / 2)) bytes"
	[ "$3" = - ] || [ "$3" = "$nonce" ]
	check $? "$1: the nonce it was asked for"
	holds "$1" "$work/$1/q" --ak "$work/$1/ak.pem" --nonce "$nonce" \
		--pcrs "$work/$1/pcrs" --select "sha256:$(seq -s , 0 23)"
	refuse "$1" "$work/$1/q" "$nonce" sha1 "$work/$1/pcrs" \
		--ak "$work/$1/ak.pem"
}
json evidence-genoa 96 -
json evidence-v0 18 $challenge
json evidence-v1 18 $challenge
json evidence-v2 96 -
json tpm-quote-v1 18 $challenge
json tpm_evidence 128 -

# --- Software TPMs, by TPM2B_PUBLIC and by PEM, both orders of PCR files.

for key in p256 p384 rsa2048; do
	base=$quotes/swtpm-$key
	nonce=$("$unpack" nonce "$base.msg")
	"$unpack" swap "$base.pcrs" "$work/swapped" 2>"$work/err" &&
		! cmp -s "$base.pcrs" "$work/swapped"
	check $? "$key: PCR file in the other byte order"
	for ak in pub pem; do
		set -- --ak "$base-ak.$ak" --nonce "$nonce"
		holds "$key by .$ak" "$base" "$@" --pcrs "$base.pcrs"
		holds "$key by .$ak, PCR file swapped" "$base" "$@" \
			--pcrs "$work/swapped"
	done
	expect 1 QUOTE_NONCE_MISMATCH "$key: nonce cut by a byte" check quote \
		--attest "$base.msg" --signature "$base.sig" \
		--ak "$base-ak.pub" --nonce "${nonce%??}"
	expect 1 QUOTE_NONCE_MISMATCH "$key: nonce extended by a byte" \
		check quote --attest "$base.msg" --signature "$base.sig" \
		--ak "$base-ak.pub" --nonce "${nonce}00"
done

# --- A quote whose key is not in this collection.

lost=$coco/tpm-quote
for ak in "$work"/*/ak.pem "$work"/*/ak.pub "$quotes"/swtpm-*-ak.p*; do
	case $ak in
	# On a curve 256 bytes can be no signature at all.
	*-p256-* | *-p384-*) code='SIGNATURE_[A-Z]*' ;;
	*) code=SIGNATURE_INVALID ;;
	esac
	run check quote --attest "$lost.msg" --signature "$lost.sig" \
		--ak "$ak" --nonce $challenge
	[ "$status" -ne 0 ] && said "$code"
	ak=${ak#"$work"/}
	check $? "the key of another: ${ak#"$quotes"/}"
done

plan
