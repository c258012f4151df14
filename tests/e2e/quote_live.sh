#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# "assay check quote" on quotes made now: by a software TPM through tpm2-tools,
# then on attestations of other kinds by the same key, on weak keys, on a TPM
# that goes back, and on forgeries; the last beside tpm2_checkquote.
# Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

for tool in swtpm tpm2_quote tpm2_checkquote; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
unpack=$ASSAY_TEST_BIN/unpack
forge=$ASSAY_TEST_BIN/forge-quote
TPM2TOOLS_TCTI=swtpm:path=$work/tpm.sock
export TPM2TOOLS_TCTI
swtpm_pid=

# start HOW: swtpm, with the TPM2_Startup that is wanted.
start() {
	rm -f "$work/tpm.sock" "$work/tpm.sock.ctrl"
	swtpm socket --tpm2 --tpmstate "dir=$work/tpm" \
		--server "type=unixio,path=$work/tpm.sock" \
		--ctrl "type=unixio,path=$work/tpm.sock.ctrl" \
		--flags "not-need-init,startup-$1" \
		>"$work/swtpm.log" 2>&1 &
	swtpm_pid=$!
	pids=$swtpm_pid
	tries=0
	while [ ! -S "$work/tpm.sock.ctrl" ] && [ "$tries" -lt 500 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
}

# tpm TOOL ARGUMENT...: one tool; leaves no transient object behind.
tpm() {
	tool=$1
	shift
	"tpm2_$tool" "$@" >"$work/out" 2>"$work/err"
	status=$?
	tpm2_flushcontext -t >"$work/flush" 2>&1
	return $status
}

# must TOOL ARGUMENT...: one that the rest stands upon.
must() {
	tpm "$@" && return
	check 1 "tpm2_$*"
	plan
}

cd "$work" || exit 1
mkdir tpm
start clear
ek=0x81010001
must createek -G ecc -c $ek -u ek.pub -f tss
for bank in sha1 sha256 sha384; do
	for pcr in 0 3 7 8 15 16 23; do
		must pcrextend "$pcr:$bank=$(printf %04d $pcr |
			"${bank}sum" | cut -d ' ' -f 1)"
	done
done
nonce=$(printf '%s' "asked just now" | sha256sum | cut -d ' ' -f 1)

# --- Every kind of key, every number of PCRs.

# key NAME ALGORITHM HASH SCHEME
key() {
	tpm createak -C $ek -c "$1.ctx" -G "$2" -g "$3" -s "$4" \
		-u "$1.pub" -f tss
}

# quote KEY HASH SCHEME PCRS: writes msg, sig, pcrs.
quote() {
	tpm quote -c "$1" -g "$2" --scheme "$3" -l "$4" -q "$nonce" \
		-m msg -s sig -o pcrs
}

eight=0,1,2,3,4,5,6,7
sixteen=$eight,8,9,10,11,12,13,14,15
all=$sixteen,16,17,18,19,20,21,22,23
while read -r name alg hash scheme; do
	if ! key "$name" "$alg" "$hash" "$scheme"; then
		skip "$name" "the TPM does not make such keys"
		continue
	fi
	for pcrs in sha256:7 sha256:$eight sha256:$sixteen sha256:$all \
		sha1:$all+sha256:$all sha384:$eight+sha256:$sixteen; do
		quote "$name.ctx" "$hash" "$scheme" "$pcrs"
		check $? "$name: a quote of $pcrs"
		run check quote --ak "$name.pub" --attest msg \
			--signature sig --nonce "$nonce" --pcrs pcrs \
			--ek-pub ek.pub --select "$pcrs" --json
		[ $status -eq 0 ] && ! said QUALIFIED_SIGNER &&
			! said PCR_VALUES && ! said FRESHNESS &&
			! said PCR_SELECTION
		check $? "$name: it holds"
	done
	tpm print -t TPM2B_PUBLIC -f pem "$name.pub" && mv out "$name.pem"
	expect 0 AK_ATTRIBUTES "$name: by PEM, which has no attributes" \
		check quote --ak "$name.pem" --attest msg --signature sig \
		--nonce "$nonce" --pcrs pcrs
done <<END
p256 ecc sha256 ecdsa
p384 ecc384 sha384 ecdsa
rsa2048 rsa sha256 rsassa
rsa2048-pss rsa sha256 rsapss
rsa3072 rsa3072 sha256 rsassa
rsa3072-pss rsa3072 sha256 rsapss
END

# --- One quote, and everything around it wrong.

ak=0x81010002
must evictcontrol -c p256.ctx $ak
must quote -c $ak -g sha256 -l sha256:$sixteen -q "$nonce" -m msg -s sig \
	-o pcrs

# refused STATUS CODE NAME OPTION...: with good files but for the options.
refused() {
	r_status=$1
	r_code=$2
	r_name=$3
	shift 3
	expect "$r_status" "$r_code" "$r_name" check quote --ak p256.pub \
		--attest msg --signature sig "$@"
}
refused 0 - "the quote that is bent from here on" --nonce "$nonce"
for part in msg sig; do
	size=$(stat -c %s $part)
	bad=0
	at=0
	while [ $at -lt "$size" ]; do
		"$unpack" flip $part bent $((8 * at + at % 8))
		cp msg bent.msg
		cp sig bent.sig
		mv bent bent.$part
		run check quote --ak p256.pub --attest bent.msg \
			--signature bent.sig --nonce "$nonce" --pcrs pcrs
		case $status in
		1 | 65) ;;
		*)
			bad=$((bad + 1))
			echo "# byte $at of $part: exit $status"
			;;
		esac
		at=$((at + 1))
	done
	[ $bad -eq 0 ]
	check $? "N12: a bit flipped in each of $size bytes of $part"
done

refused 1 QUOTE_NONCE_MISMATCH "N20: an answer to another nonce" \
	--nonce "$(printf '%s' "$nonce" | sha256sum | cut -d ' ' -f 1)"
refused 1 QUOTE_NONCE_MISMATCH "N21: no nonce was asked" --nonce ""
refused 1 QUOTE_NONCE_MISMATCH "N22: nonce cut by a byte" \
	--nonce "${nonce%??}"
refused 1 QUOTE_NONCE_MISMATCH "N22: nonce extended by a byte" \
	--nonce "${nonce}00"
refused 1 QUOTE_NONCE_MISMATCH "N22: nonce longer than any" \
	--nonce "$nonce$nonce$nonce$nonce$nonce"
refused 64 USAGE "N23: a nonce in base64 has no second reading" \
	--nonce "YXNrZWQganVzdCBub3c="
refused 64 USAGE "the nonce has to be said" --pcrs pcrs
refused 64 USAGE "and once" --nonce "$nonce" --nonce "$nonce"
refused 64 USAGE "a selection is said once, too" --nonce "$nonce" \
	--select sha256:0 --select sha256:1

# PCR values as text, from the TPM itself.
text_pcrs() {
	for pcr in $(echo "$2" | tr , ' '); do
		printf '%s:%s=' "$1" "$pcr"
		tpm pcrread "$1:$pcr" && sed -n 's/.*: *0x//p' out
	done
}
text_pcrs sha256 $sixteen >values
refused 0 - "PCR values as text" --nonce "$nonce" --pcrs values
tr 'A-F' 'a-f' <values >lower
refused 0 - "in lower case" --nonce "$nonce" --pcrs lower
text_pcrs sha256 16 >further
cat values further >values.more
refused 1 PCR_SELECTION_MISMATCH "N29: a PCR that was not quoted" \
	--nonce "$nonce" --pcrs values.more
text_pcrs sha1 0 >other
cat values other >values.other
refused 1 PCR_SELECTION_MISMATCH "N29: a bank that was not quoted" \
	--nonce "$nonce" --pcrs values.other
sed 's/^sha256/sha1/;s/=\(.\{40\}\).*/=\1/' values >values.sha1
refused 1 PCR_SELECTION_MISMATCH "N43: the bank swapped" \
	--nonce "$nonce" --pcrs values.sha1
sed 1d values >fewer
refused 1 PCR_SELECTION_MISMATCH "a PCR left out" \
	--nonce "$nonce" --pcrs fewer
cat values values >values.twice
refused 65 PCR_FILE_MALFORMED "PCRs given twice" \
	--nonce "$nonce" --pcrs values.twice
refused 1 PCR_NOT_QUOTED "a PCR asked for and not quoted" \
	--nonce "$nonce" --select sha256:0,16
refused 1 PCR_NOT_QUOTED "N30: a bank asked for and not quoted" \
	--nonce "$nonce" --select sha256:0+sha384:0
must quote -c $ak -g sha256 -l sha256:0,7+sha384:0,7 -q "$nonce" -m msg \
	-s sig -o pcrs
text_pcrs sha256 0,7 >one
refused 1 PCR_SELECTION_MISMATCH "N30: a bank quoted and not given" \
	--nonce "$nonce" --pcrs one
must createek -G ecc384 -c other.ctx -u other.pub -f tss
refused 1 QUALIFIED_SIGNER_MISMATCH "N69: not the parent" \
	--nonce "$nonce" --ek-pub other.pub
refused 1 QUALIFIED_SIGNER_MISMATCH "N69: a key is not its own parent" \
	--nonce "$nonce" --ek-pub p256.pub

# --- Attestations by the same key that are no quotes (N44).

# alien NAME: with what was just made.
alien() {
	expect 1 ATTEST_TYPE "N44: $1" check quote --ak p256.pub \
		--attest msg --signature sig --nonce "$nonce"
	tpm2_checkquote -u p256.pem -m msg -s sig -q "$nonce" >"$work/out" 2>&1
	case $? in
	0) echo "# $1: assay ATTEST_TYPE, tpm2_checkquote accepts" ;;
	*) echo "# $1: assay ATTEST_TYPE, tpm2_checkquote refuses" ;;
	esac
}
must createprimary -C o -G ecc -c prim.ctx -d creation -t ticket
must evictcontrol -c prim.ctx 0x81010003
must certify -c 0x81010003 -C $ak -g sha256 --scheme ecdsa -o msg -s sig
alien "TPM2_Certify"
must nvdefine 0x1500010 -s 32 -a "ownerread|ownerwrite|authread|authwrite"
head -c 32 /dev/zero >nv
must nvwrite 0x1500010 -C o -i nv
must nvcertify -C $ak -g sha256 -s ecdsa -o sig --attestation msg -c o \
	-q "$nonce" 0x1500010
alien "TPM2_NV_Certify"
must createprimary -C o -G ecc -c prim.ctx -d creation -t ticket
must certifycreation -C $ak -c prim.ctx -d creation -t ticket -g sha256 \
	-s ecdsa -o sig --attestation msg -q "$nonce"
alien "TPM2_CertifyCreation"
must gettime -c $ak -g sha256 -s ecdsa -o sig --attestation msg -q "$nonce"
alien "TPM2_GetTime"

# --- Keys that could sign what no TPM has seen (N61).

fixed='fixedtpm|fixedparent'
born='sensitivedataorigin|userwithauth'
while read -r code alg hash attributes name; do
	if ! tpm create -C 0x81010003 -G "$alg" -g "$hash" -a "$attributes" \
		-u weak.pub -r weak.priv ||
		! tpm load -C 0x81010003 -u weak.pub -r weak.priv \
			-c weak.ctx ||
		! tpm quote -c weak.ctx -g sha256 --scheme ecdsa \
			-l sha256:0 -q "$nonce" -m msg -s sig -o pcrs; then
		skip "N61: $name" "the TPM does not make such keys"
		continue
	fi
	want=1
	[ "$code" != - ] || want=0
	expect $want "$code" "N61: $name" check quote --ak weak.pub \
		--attest msg --signature sig --nonce "$nonce" --pcrs pcrs
done <<END
- ecc:ecdsa-sha256:null sha256 $fixed|$born|restricted|sign a sound key
AK_ATTRIBUTES ecc:ecdsa-sha256:null sha256 $fixed|$born|sign unrestricted
AK_ATTRIBUTES ecc:ecdsa-sha256:null sha256 $born|restricted|sign not fixed
AK_ATTRIBUTES ecc:null:null sha256 $fixed|$born|sign|decrypt decrypts, too
AK_ATTRIBUTES ecc:null:null sha256 $fixed|$born|sign without a scheme
AK_NAME_ALG ecc:ecdsa-sha256:null sha1 $fixed|$born|restricted|sign SHA-1 name
END

# --- A TPM that goes back (N57, N68, N70).

# again NAME: a quote as NAME.msg, NAME.sig, and its state as NAME.state.
again() {
	must quote -c $ak -g sha256 -l sha256:0 -q "$nonce" -m "$1.msg" \
		-s "$1.sig" -o "$1.pcrs"
	"$unpack" state "$1.msg" >"$1.state"
}

# since STATUS CODE NAME QUOTE STATE
since() {
	expect "$1" "$2" "$3" check quote --ak p256.pub --attest "$4.msg" \
		--signature "$4.sig" --nonce "$nonce" --state "$5"
}
again one
sleep 0.1
again two
since 0 - "the clock moved on" two one.state
since 0 - "the same quote, its own state" two two.state
since 1 CLOCK_BACK "N70: the clock is behind" one two.state
echo "reset-count=4294967295" >far.state
since 1 RESET_COUNT_BACK "resetCount is behind" one far.state
sed 's/^firmware=.*/firmware=00000000deadbeef/' one.state >firmware.state
since 1 TPM_FIRMWARE_CHANGED "another firmware" two firmware.state
echo "clock=-1" >bad.state
since 65 STATE_MALFORMED "a state that is none" two bad.state

must shutdown -c
finish "$swtpm_pid"
start clear
again three
since 0 - "after a reset" three two.state
since 1 RESET_COUNT_BACK "N57: from before the reset" two three.state
must shutdown
finish "$swtpm_pid"
start state
again four
since 0 - "after a restart" four three.state
grep -v clock four.state >counters.state
since 1 RESTART_COUNT_BACK "N57: from before the restart" three counters.state
kill -9 "$swtpm_pid"
finish "$swtpm_pid"
start clear
again five
# Some TPMs call their clock safe again by then.
if "$assay" check quote --ak p256.pub --attest five.msg --signature five.sig \
	--nonce "$nonce" | grep -q CLOCK_UNSAFE; then
	since 2 CLOCK_UNSAFE "N68: safe = 0 after a power cut" five three.state
else
	skip "N68: safe = 0 after a power cut" "the clock is safe again"
fi

# --- Forgeries, beside what tpm2-tools says.

version=$(tpm2_checkquote --version | sed 's/.*version="\([^"]*\)".*/\1/')
nonce=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
mkdir forged
cd forged || exit 1
: >../accepted
while read -r name want code; do
	"$forge" "$name" . 2>../err || echo "# $name cannot be forged"
	expect "$want" "$code" "forged: $name" check quote --ak ak.pub \
		--attest msg --signature sig --nonce "$nonce" --pcrs pcrs \
		--ek-pub ek.pub --select sha256:7
	verdict=refuses
	if tpm2_checkquote -u ak.pem -m msg -s sig -q "$nonce" -f pcrs \
		-g sha256 >../checked 2>&1; then
		verdict=accepts
		echo "$name" >>../accepted
	fi
	[ "$code" != - ] || code=holds
	echo "# $name: assay $code, tpm2_checkquote $version $verdict"
done <<END
$("$forge" list)
END
cd ..

for name in n42-magic-zero n43-swapped-bank n67-trailing-bytes n68-safe-2; do
	if [ "$version" != 5.4 ]; then
		skip "$name passes tpm2_checkquote 5.4" "this is $version"
		continue
	fi
	grep -qx $name accepted
	check $? "$name passes tpm2_checkquote 5.4"
done
grep -qx honest accepted
check $? "an honest forgery passes both"

plan
