#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Endorsement keys of a software TPM that a local authority certified: the
# certificates as its NV indices hold them, "assay check ek" and "assay
# anchors" on them; then secrets that "make-credential" wrapped, which only
# this TPM can open.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

for tool in swtpm swtpm_setup swtpm_localca tpm2_activatecredential; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
make_credential=$ASSAY_TEST_BIN/make-credential
TPM2TOOLS_TCTI=swtpm:path=$work/tpm.sock
export TPM2TOOLS_TCTI

# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"
certified_tpm "$work/tpm" || skip_all "swtpm_setup makes no certificates here"
start_tpm "$work/tpm"
cd "$work" || exit 1

# tpm TOOL ARGUMENT...: one tool; leaves no transient object behind.
tpm() {
	tool=$1
	shift
	"tpm2_$tool" "$@" >"$work/out" 2>"$work/err"
	status=$?
	tpm2_flushcontext -t >"$work/flush" 2>&1
	return $status
}

# --- The certificates.

mkdir roots
run anchors add --name "Lab CA" --roots roots tpm/ca/issuercert.pem
[ $status -eq 0 ] && [ -f roots/Lab-CA.pem ]
check $? "an authority of one's own is added by name"
run anchors add --name "Lab CA" --roots roots tpm/ca/issuercert.pem
[ $status -eq 64 ]
check $? "and never replaced"
run anchors check roots
[ $status -eq 0 ] && grep -q "Lab CA" out
check $? "it is known by that name"
mkdir strangers
cp tpm/ca/issuercert.pem strangers/
run anchors check --json strangers
[ $status -eq 2 ] && said ANCHOR_UNKNOWN
check $? "without one it is not"
echo nothing >strangers/bad.pem
run anchors check strangers
[ $status -eq 65 ] && grep -q bad.pem err
check $? "a file that is no certificate is named"
rm strangers/bad.pem
run anchors list --json
[ $status -eq 0 ] && [ "$(grep -c '"sha256"' out)" -gt 200 ]
check $? "the authorities that are built in are listed"

for kind in rsa:1c00002:81010001 ecc:1c00016:81010016; do
	name=${kind%%:*}
	rest=${kind#*:}
	tpm nvread "0x${rest%%:*}" -o "$name.crt"
	check $? "$name: its NV index has a certificate"
	tpm readpublic -c "0x${rest#*:}" -f tss -o "$name.pub" -n "$name.name"
	check $? "$name: the TPM has its key"
	expect 0 - "$name: it holds" check ek --roots roots \
		--ek-pub "$name.pub" "$name.crt"
	head -c 300 /dev/zero >zeros
	cat "$name.crt" zeros >padded
	expect 0 - "$name: padded with 00" check ek --roots roots padded
	tr '\0' '\377' <zeros >ones
	cat "$name.crt" ones >padded
	expect 0 - "$name: padded with FF" check ek --roots roots padded
	echo >>padded
	expect 65 EK_PADDING "$name: something else behind it" check ek \
		--roots roots padded
	expect 1 CHAIN_UNTRUSTED "N62: $name: nobody vouches for it" \
		check ek "$name.crt"
	expect 1 CHAIN_UNTRUSTED "$name: an authority nobody named" \
		check ek --roots strangers "$name.crt"
	expect 1 CHAIN_UNTRUSTED "$name: nor one that comes along" \
		check ek --chain tpm/ca/issuercert.pem "$name.crt"
	expect 1 CHAIN_EXPIRED "$name: before its time" check ek \
		--roots roots --at 2020-01-01 "$name.crt"
	openssl x509 -inform DER -in "$name.crt" -out "$name.pem" 2>openssl.err &&
		expect 0 - "$name: in PEM" check ek --roots roots "$name.pem"
done
expect 1 EK_KEY_MISMATCH "N1: the key of another certificate" check ek \
	--roots roots --ek-pub ecc.pub rsa.crt
expect 1 EK_CA "the authority's own certificate" check ek --roots roots \
	tpm/ca/issuercert.pem

# --- MakeCredential, against ActivateCredential of the TPM.

tpm createek -G ecc -c 0x81010002 -u p256.pub -f tss
check $? "an endorsement key on P-256"

# policy KIND: the session that authorises the endorsement key.
policy() {
	tpm2_flushcontext -s >flush 2>&1
	tpm2_startauthsession --policy-session -S session -g "$1" >out 2>err &&
		tpm2_policysecret -S session -c e >out 2>err
}

# opened EK CREDENTIAL: the secret, in "secret".
opened() {
	rm -f secret
	case $1 in
	0x81010016) auth= ;;
	*)
		policy sha256 || return 1
		auth=session:session
		;;
	esac
	tpm2_activatecredential -c ak.ctx -C "$1" -i "$2" -o secret \
		${auth:+-P "$auth"} >out 2>err
	status=$?
	tpm2_flushcontext -t >flush 2>&1
	tpm2_flushcontext -s >flush 2>&1
	return $status
}

for kind in rsa:0x81010001 p256:0x81010002 ecc:0x81010016; do
	name=${kind%%:*}
	handle=${kind#*:}
	[ "$name" != ecc ] || name=p384
	[ "$name" != p384 ] || cp ecc.pub p384.pub
	tpm createprimary -C e -G ecc:ecdsa-sha256:null -c ak.ctx -a \
		'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign'
	tpm readpublic -c ak.ctx -n ak.name -f tss -o ak.pub
	ak=$(od -An -v -tx1 ak.name | tr -d ' \n')
	"$make_credential" "$name.pub" "$ak" one.cred >one.secret
	check $? "$name: a secret is wrapped"
	opened "$handle" one.cred &&
		[ "$(od -An -v -tx1 secret | tr -d ' \n')" = \
			"$(cat one.secret)" ]
	check $? "$name: the TPM opens it"
	"$make_credential" "$name.pub" "$ak" two.cred >two.secret
	cmp -s one.cred two.cred
	[ $? -eq 1 ]
	check $? "N41: $name: no two are alike"
	other=$(printf '%s' "$ak" | sed 's/..$//')00
	"$make_credential" "$name.pub" "$other" bad.cred >bad.secret
	! opened "$handle" bad.cred && [ ! -s secret ]
	check $? "N2: $name: not beside a key of another name"
	cp one.cred bad.cred
	printf '\377' | dd of=bad.cred bs=1 seek=30 conv=notrunc 2>dd.err
	! opened "$handle" bad.cred && [ ! -s secret ]
	check $? "$name: not when a byte has changed"
done

plan
