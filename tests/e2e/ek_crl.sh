#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Certificates of endorsement and attestation keys, and the revocation lists
# of who issued them: on the command line, and when a host enrols.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"
here=$(cd "$(dirname "$0")" && pwd)

for tool in swtpm swtpm_setup swtpm_localca tpm2_nvread openssl curl; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
certified_tpm "$work/tpm" || skip_all "swtpm_setup makes no certificates here"
start_tpm "$work/tpm"
cd "$work" || exit 1
# shellcheck source=tests/e2e/record.sh
. "$here/record.sh"
record_begin

# An authority that has lists, for the key that the TPM has.
tpm2_nvread 0x1c00002 -o own.crt >out 2>err
openssl x509 -inform der -in own.crt -pubkey -noout >ek.pem 2>err
cat >ca.conf <<'CONF'
[ca]
default_ca = lab
[lab]
database = index
crlnumber = number
default_md = sha256
[ek]
basicConstraints = critical,CA:FALSE
keyUsage = critical,keyEncipherment
extendedKeyUsage = 2.23.133.8.1
subjectAltName = critical,dirName:tpm
[iak]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = 2.23.133.8.3
subjectAltName = critical,dirName:tpm
[tpm]
x.2.23.133.2.1 = id:00001014
x.2.23.133.2.2 = swtpm
x.2.23.133.2.3 = id:20191023
CONF
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt \
		-subj '/CN=Lab with lists' -days 30 \
		-addext keyUsage=critical,keyCertSign,cRLSign
	openssl req -new -newkey rsa:2048 -nodes -keyout any.key \
		-subj '/CN=a TPM' -out any.csr
	openssl x509 -req -in any.csr -force_pubkey ek.pem -CA ca.crt \
		-CAkey ca.key -set_serial 7 -days 20 -extfile ca.conf \
		-extensions ek -outform der -out ek.crt
} >out 2>err || skip_all "openssl makes no such certificate here"
"$assay" anchors add --name "Lab with lists" --roots roots ca.crt >out 2>err

# list FILE [DAYS] < INDEX: what the authority says of the certificates there.
list() {
	cat >index
	echo 01 >number
	openssl ca -gencrl -config ca.conf -keyfile ca.key -cert ca.crt \
		-crldays "${2:-7}" -out "$1" 2>err
}
row=$(printf '07\tunknown\t/CN=a TPM')
printf 'R\t400101000000Z\t260101000000Z,keyCompromise\t%s\n' "$row" |
	list revoked.crl
list good.crl </dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout false.key -out false.crt \
	-subj '/CN=Lab with lists' -days 30 >out 2>err
{
	: >index
	openssl ca -gencrl -config ca.conf -keyfile false.key -cert false.crt \
		-crldays 7 -out forged.crl
} 2>err

# --- The auditor's tool.

expect 0 REVOCATION "without a list revocation is not checked" check ek \
	--roots roots ek.crt
expect 0 - "a list that does not have it" check ek --roots roots \
	--crl good.crl ek.crt
! said REVOCATION
check $? "and then it is checked"
expect 1 CHAIN_REVOKED "N62: a certificate that was revoked" check ek \
	--roots roots --crl revoked.crl ek.crt
said keyCompromise
check $? "N62: and why"
expect 1 CHAIN_REVOKED "N62: one list of two is enough" check ek \
	--roots roots --crl good.crl --crl revoked.crl ek.crt
expect 1 CHAIN_CRL_INVALID "N62: a list under a false key" check ek \
	--roots roots --crl forged.crl ek.crt
expect 3 CHAIN_CRL_EXPIRED "N62: a list of another time" check ek \
	--roots roots --crl good.crl \
	--at "$(date -u -d '+9 days' +%Y-%m-%dT%H:%M:%SZ)" ek.crt
expect 65 CRL_MALFORMED "a list that is none" check ek --roots roots \
	--crl ek.crt ek.crt
expect 65 OCSP_MALFORMED "a response that is none" check ek --roots roots \
	--ocsp ek.crt ek.crt
expect 74 FILE_MISSING "a list that is not there" check ek --roots roots \
	--crl absent.crl ek.crt

# --- A host that enrols.

mkdir lists
cp good.crl lists/lab.crl
serve --tpm-crls lists
[ -s port ]
check $? "the service runs"
api=$url/assay/v1/enrolment
timeout 60 "$ASSAY_BIN/assay-enroll" --config empty.conf --tpm "$tpm" \
	--request request.json --ek-cert ek.crt >out 2>err
check $? "a request is written"

# post: sets code; the answer is in body.
post() {
	code=$(curl -s -m 20 -o body -w '%{http_code}' \
		-H 'Content-Type: application/json' \
		--data-binary @request.json "$api")
}
post
[ "$code" = 201 ]
check $? "it is asked"
cp revoked.crl lists/lab.crl
post
[ "$code" = 403 ] && grep -q '"code":"CHAIN_REVOKED"' body &&
	grep -q keyCompromise body && grep -q CHAIN_REVOKED serve.err
check $? "N62: with another list at the same place it is refused, and why"
rm lists/lab.crl
post
[ "$code" = 201 ]
check $? "a list that has gone counts no more"
cp revoked.crl lists/lab.crl
enrol
[ "$status" -eq 0 ]
check $? "another authority's list is no hindrance"
echo nothing >lists/lab.crl
post
[ "$code" = 500 ] && grep -q 'CRL_MALFORMED' body
check $? "a list that is none: nobody enrols"
# --- Its attestation key, had its maker certified that one.

# iak PUBLIC-KEY-FILE OUT: a certificate with serial number 8.
iak() {
	openssl x509 -req -in any.csr -force_pubkey "$1" -CA ca.crt \
		-CAkey ca.key -set_serial 8 -days 20 -extfile ca.conf \
		-extensions iak -outform der -out "$2" >out 2>err
}
tpm2_readpublic -Q -c 0x81018000 -f tss -o ak.pub >out 2>err
tpm2_readpublic -Q -c 0x81018000 -f pem -o ak.pem >out 2>err
name=$(tpm2_readpublic -c 0x81018000 | sed -n 's/^name: *//p')
iak ak.pem iak.crt
expect 0 - "the certificate of an attestation key" check iak --ak ak.pub \
	--roots roots iak.crt
said "$name"
check $? "its name is told"
expect 0 AK_ATTRIBUTES "from a PEM nothing is known of its attributes" \
	check iak --ak ak.pem --roots roots iak.crt
expect 1 CHAIN_UNTRUSTED "N62: nobody vouches for it" check iak --ak ak.pub \
	iak.crt
printf 'R\t400101000000Z\t260101000000Z\t08\tunknown\t/CN=a TPM\n' |
	list revoked.crl
expect 1 CHAIN_REVOKED "N62: it was revoked" check iak --ak ak.pub \
	--roots roots --crl revoked.crl iak.crt
expect 1 EK_KEY_MISMATCH "N1: it is of another key" check iak \
	--ak ek.pem --roots roots iak.crt
expect 1 IAK_PURPOSE "N62: the certificate of an endorsement key" check iak \
	--ak ak.pub --roots roots ek.crt
expect 1 EK_USAGE "N62: is none of an endorsement key" check ek \
	--roots roots iak.crt
openssl x509 -in ca.crt -outform der -out ca.der
expect 1 EK_CA "N62: the certificate of an authority" check iak \
	--ak ak.pub --roots roots ca.der
tpm2_createprimary -Q -C e -G ecc -c weak.ctx \
	-a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign' \
	>out 2>err && tpm2_readpublic -Q -c weak.ctx -f tss -o weak.pub &&
	tpm2_readpublic -Q -c weak.ctx -f pem -o weak.pem
iak weak.pem weak.crt
expect 1 AK_ATTRIBUTES "N61: a key that signs anything" check iak \
	--ak weak.pub --roots roots weak.crt
expect 64 USAGE "without the key" check iak --roots roots iak.crt
expect 65 EK_MALFORMED "a certificate that is none" check iak --ak ak.pub \
	ak.pub
expect 65 PUBLIC_MALFORMED "a key that is none" check iak --ak iak.crt \
	--roots roots iak.crt

stop_service
serve --tpm-crls absent
[ ! -s port ] && grep -q 'absent' serve.err
check $? "a folder that is not there"
plan
