#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# "assay check platform" on certificates of a made-up maker that
# "make-platform" wrote, and on what is none.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"

cd "$work" || exit 1
"$ASSAY_TEST_BIN/make-platform" . || skip_all "make-platform failed"

# platform STATUS CODE NAME ARGUMENT...: a run within everything's validity.
platform() {
	p_want=$1
	p_code=$2
	p_name=$3
	shift 3
	expect "$p_want" "$p_code" "$p_name" check platform \
		--at 2023-12-01 "$@"
}

# pem LABEL FILE
pem() {
	echo "-----BEGIN $1-----"
	base64 -w 64 "$2"
	echo "-----END $1-----"
}

# --- What holds.

platform 0 - "it is of this TPM and the maker's" --ek ek.der \
	--issuer issuer.der platform.der
grep -q 'accelerator, serial GPU-1, revision A1' out
check $? "its components are told"
grep -q PLATFORM_AUTHORITY out && grep -q PLATFORM_REVOCATION out &&
	grep -q PLATFORM_EK out && grep -q PLATFORM_PARTS out
check $? "and what was not checked"
platform 0 - "in JSON" --json --ek ek.der --issuer issuer.der platform.der
grep -q '"model": "Model T"' out && grep -q '"serial": "GPU-1"' out &&
	grep -q '"holder_serial": "7b076be4"' out
check $? "with the same facts"
pem "ATTRIBUTE CERTIFICATE" platform.der >platform.pem
pem CERTIFICATE ek.der >ek.pem
pem CERTIFICATE issuer.der >issuer.pem
platform 0 - "all in PEM" --ek ek.pem --issuer issuer.pem platform.pem
cat ek.der /dev/zero 2>/dev/null | head -c 2000 >padded.der
platform 0 - "the key's certificate padded as a TPM has it" \
	--ek padded.der --issuer issuer.der platform.der

# --- Whose it is, and who says so.

platform 1 PLATFORM_HOLDER_MISMATCH "it is of another TPM" \
	--ek other-ek.der --issuer issuer.der platform.der
platform 1 PLATFORM_HOLDER_MISMATCH "which shows without an issuer, too" \
	--ek other-ek.der platform.der
platform 1 EK_USAGE "the key is none that endorses" --ek issuer.der \
	--issuer issuer.der platform.der
printf '\060\003\002\001\001' >small.der
platform 65 EK_MALFORMED "the key's certificate is none" \
	--ek small.der --issuer issuer.der platform.der
grep -q 'small.der: .*endorsement key' err
check $? "and the file is named"
platform 3 PLATFORM_UNPROVED "no key to compare with" --issuer issuer.der \
	platform.der
grep -q PLATFORM_HOLDER out
check $? "is said"
platform 3 PLATFORM_UNPROVED "no issuer" --ek ek.der platform.der
grep -q PLATFORM_SIGNATURE out
check $? "is said"
platform 3 PLATFORM_UNPROVED "neither" platform.der
platform 1 PLATFORM_SIGNATURE "another key under the maker's name" \
	--ek ek.der --issuer imposter.der platform.der
platform 0 - "it is passed over for the one that signed" --ek ek.der \
	--issuer imposter.der --issuer issuer.der platform.der
platform 1 PLATFORM_ISSUER "another name" --ek ek.der --issuer root.der \
	platform.der
platform 1 PLATFORM_ISSUER_USAGE "a key for certificates alone" --ek ek.der \
	--issuer ca-only.der platform.der
n=17
while [ $((n -= 1)) -ge 0 ]; do
	cat issuer.der
done >many.der
platform 65 CHAIN_MALFORMED "more issuers than anybody has" --ek ek.der \
	--issuer many.der platform.der
platform 65 CHAIN_MALFORMED "an issuer that is no certificate" --ek ek.der \
	--issuer platform.der platform.der
platform 64 USAGE "issuers in two forms" --ek ek.der --issuer issuer.der \
	--issuer issuer.pem platform.der
platform 64 USAGE "two keys" --ek ek.der --ek ek.der platform.der
platform 1 PLATFORM_TYPE "a delta" --ek ek.der --issuer issuer.der delta.der
expect 1 PLATFORM_EXPIRED "too late" check platform --at 2150-01-01 \
	--ek ek.der --issuer issuer.der platform.der
said CHAIN_EXPIRED
check $? "for its issuer, too"

# --- Authorities and revocation.

mkdir roots strangers
run anchors add --name "Lab root" --roots roots root.der
platform 1 CHAIN_UNTRUSTED "nobody vouches for the TPM's maker" --roots roots \
	--ek ek.der --issuer issuer.der platform.der
grep -q 'in ek: ' out
check $? "which is told of the key"
platform 0 - "authorities vouch for both" --roots roots --ek ek.der \
	--issuer issuer.der --issuer tpm-maker.der platform.der
grep -q 'Lab root' out && ! grep -Eq 'PLATFORM_(AUTHORITY|EK)' out
check $? "and are named"
cp root.der tpm-maker.der strangers/
platform 1 CHAIN_UNTRUSTED "one that nobody named does not" \
	--roots strangers --ek ek.der --issuer issuer.der platform.der
cp tpm-maker.der roots/
platform 1 CHAIN_CRL_INVALID "a list that nobody can verify" \
	--crl revoked.der --ek ek.der --issuer issuer.der platform.der
platform 1 CHAIN_REVOKED "the issuer was revoked, says who issued it" \
	--crl revoked.der --ek ek.der --issuer issuer.der --issuer root.der \
	platform.der
platform 1 CHAIN_REVOKED "the issuer was revoked" --roots roots \
	--crl revoked.der --ek ek.der --issuer issuer.der platform.der
platform 0 - "it was not" --roots roots --crl unrevoked.der --ek ek.der \
	--issuer issuer.der platform.der
grep -q '^  REVOCATION_IN_PART ' out
check $? "and nothing is said of the TPM's maker's"

# --- What is no platform certificate.

: >empty
platform 65 FILE_EMPTY "an empty file" --ek ek.der --issuer issuer.der empty
platform 65 FILE_EMPTY "an empty file for the key" --ek empty \
	--issuer issuer.der platform.der
platform 65 FILE_EMPTY "an empty file for the issuer" --ek ek.der \
	--issuer empty platform.der
run check platform .
[ "$status" -ne 0 ] && [ "$(wc -l <err)" -eq 1 ]
check $? "a folder is one line of error"
run check platform nothing.der
[ "$status" -ne 0 ] && grep -q nothing.der err
check $? "so is a file that is not there"
platform 65 PLATFORM_MALFORMED "a certificate of a key" issuer.der
grep -q 'X.509' err
check $? "is called by its name"
platform 65 PLATFORM_MALFORMED "PEM of one" issuer.pem
grep -q 'neither DER nor PEM' err
check $? "likewise"
cat platform.pem platform.pem >two.pem
platform 65 PLATFORM_MALFORMED "two of them" --ek ek.der \
	--issuer issuer.der two.pem
sed 's/$/\r/' platform.pem >crlf.pem
platform 0 - "lines as another system ends them" --ek ek.der \
	--issuer issuer.der crlf.pem
platform 65 PLATFORM_MALFORMED "a revocation list" revoked.der
head -c 300 platform.der >short
platform 65 PLATFORM_MALFORMED "the first part alone" short
{ cat platform.der; echo; } >long
platform 65 PLATFORM_MALFORMED "a byte behind it" long
head -c 60000 /dev/zero >zeros
platform 65 PLATFORM_MALFORMED "zeros" zeros
head -c 200000 /dev/zero >zeros
run check platform zeros
[ "$status" -ne 0 ] && [ "$(wc -l <err)" -eq 1 ]
check $? "more than any certificate has"
printf '\060\204\377\377\377\377' >huge
platform 65 PLATFORM_MALFORMED "a length of 4 GiB" huge
printf '\060\200\000\000' >huge
platform 65 PLATFORM_MALFORMED "no length" huge
cp platform.der changed.der
at=$(grep -obaF accelerator platform.der | head -n 1 | cut -d : -f 1)
printf b | dd of=changed.der bs=1 seek="$at" conv=notrunc 2>dd.err
platform 1 PLATFORM_SIGNATURE "a component was renamed" --ek ek.der \
	--issuer issuer.der changed.der
grep -q 'bccelerator' out
check $? "and the name is shown as it is"
platform 0 - "text that moves cursors" --ek ek.der --issuer issuer.der \
	hostile.der
esc=$(printf '\033')
! grep -q "$esc" out && [ "$(grep -c '^platform certificate:' out)" -eq 1 ]
check $? "does not reach the terminal"

# --- A software TPM, whose certificates another program made.

for tool in swtpm swtpm_setup swtpm_localca tpm2_nvread openssl; do
	command -v $tool >/dev/null || lacking=$tool
done
if [ -n "${lacking:-}" ] || ! certified_tpm "$work/tpm"; then
	skip "a software TPM" "no ${lacking:-certificates here}"
	plan
fi
TPM2TOOLS_TCTI=swtpm:path=$work/tpm.sock
export TPM2TOOLS_TCTI
start_tpm "$work/tpm"
tpm2_nvread 0x1c00002 -o rsa.crt 2>tpm2.err &&
	tpm2_nvread 0x1c00016 -o ecc.crt 2>tpm2.err
check $? "it has two endorsement keys"
serial=$(openssl x509 -inform DER -in rsa.crt -noout -serial | cut -d = -f 2)
issuer=$(openssl x509 -inform DER -in rsa.crt -noout -issuer |
	sed 's/.*CN *= *//')
mkdir its
"$ASSAY_TEST_BIN/make-platform" its "$issuer" "$serial"
check $? "its machine has a certificate"
mkdir its/roots
run anchors add --name "TPM lab" --roots its/roots tpm/ca/issuercert.pem
run anchors add --name "Machine lab" --roots its/roots its/root.der
expect 0 - "it is of this TPM, and somebody vouches for all" check platform \
	--roots its/roots --ek rsa.crt --issuer its/issuer.der its/platform.der
expect 1 PLATFORM_HOLDER_MISMATCH "not of its other key" check platform \
	--roots its/roots --ek ecc.crt --issuer its/issuer.der its/platform.der
expect 1 PLATFORM_HOLDER_MISMATCH "that of another machine is refused" \
	check platform --roots its/roots --ek rsa.crt --issuer issuer.der \
	platform.der
run check platform --ek rsa.crt --issuer its/issuer.der rsa.crt
[ "$status" -eq 65 ] && said PLATFORM_MALFORMED
check $? "nor is the key's certificate that of its machine"
plan
