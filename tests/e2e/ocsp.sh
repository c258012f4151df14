#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OCSP responses as a genuine responder (openssl ocsp) makes them, about the
# certificates of a made-up GPU.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

cd "$work" || exit 1
command -v openssl >/dev/null 2>&1 || skip_all "no openssl"
nonce=$(printf '%064d' 7)
usage=keyUsage=critical,keyCertSign,cRLSign

# --- A root, an authority, a device's own authority and its leaf.

cat >openssl.cnf <<'END'
[req]
distinguished_name = dn
[dn]
END
key() {
	openssl ecparam -name "${2:-secp384r1}" -genkey -noout -out "$1.key"
}

# certificate NAME SUBJECT ISSUER SERIAL EXTENSION...
certificate() {
	c_name=$1 c_subject=$2 c_issuer=$3 c_serial=$4
	shift 4
	printf '%s\n' "$@" >"$c_name.ext"
	openssl req -new -config openssl.cnf -key "$c_name.key" \
		-subj "$c_subject" -out "$c_name.csr" 2>err
	if [ "$c_issuer" = "$c_name" ]; then
		openssl x509 -req -in "$c_name.csr" -signkey "$c_name.key" \
			-sha384 -days 3650 -set_serial "$c_serial" \
			-extfile "$c_name.ext" -out "$c_name.pem" 2>err
	else
		openssl x509 -req -in "$c_name.csr" -CA "$c_issuer.pem" \
			-CAkey "$c_issuer.key" -sha384 -days 3650 \
			-set_serial "$c_serial" -extfile "$c_name.ext" \
			-out "$c_name.pem" 2>err
	fi
}
for name in root ica brom leaf other; do
	key $name
done
certificate root "/CN=Root" root 1 basicConstraints=critical,CA:TRUE $usage
certificate ica "/CN=ICA 1" root 0x1002 basicConstraints=critical,CA:TRUE \
	$usage
certificate brom "/CN=GH100 A01 GSP BROM/serialNumber=41AABBCCDD00112233" \
	ica 0x7f00000000000000000000000000000000000003 \
	basicConstraints=critical,CA:TRUE $usage
certificate leaf "/CN=GH100 A01 GSP FMC LF/serialNumber=04" brom 4 \
	basicConstraints=CA:FALSE keyUsage=digitalSignature
certificate other "/CN=Root" other 1 basicConstraints=critical,CA:TRUE $usage
cat leaf.pem brom.pem ica.pem root.pem >chain.pem

# --- Its report: a request, one measurement, a nonce, no opaque data.

signed=11e001ff${nonce}00 # request
signed=${signed}1160000001370000
signed=${signed}01013300013000$(printf '%096d' 1)
signed=${signed}$(printf '%064d' 2)0000
printf '%s' "$signed" | awk '{
	for (i = 1; i < length($0); i += 2) {
		h = index("0123456789abcdef", substr($0, i, 1)) - 1
		l = index("0123456789abcdef", substr($0, i + 1, 1)) - 1
		printf "\\%03o", h * 16 + l
	}
}' >octal
printf '%b' "$(sed 's/\\/\\0/g' octal)" >signed.bin
openssl dgst -sha384 -sign leaf.key -out sig.der signed.bin
openssl asn1parse -inform DER -in sig.der | awk -F: -v s="$signed" '
	/INTEGER/ { v = tolower($NF)
		while (length(v) < 96) v = "0" v
		sub(/^00/, "", v)
		while (length(v) < 96) v = "0" v
		s = s v }
	END { print s }' >report.hex

# gpu OPTION...: the tool about this device.
gpu() {
	run check gpu --report report.hex --chain chain.pem --nonce "$nonce" \
		--anchor root.pem "$@"
}

# gives STATUS CODE NAME OPTION...
gives() {
	g_want=$1 g_code=$2 g_name=$3
	shift 3
	gpu "$@"
	[ "$status" -eq "$g_want" ] && { [ "$g_code" = - ] || said "$g_code"; }
	check $? "$g_name"
}

gives 0 REVOCATION "a made-up device, nothing looked up"
grep -q 'no data about them were given' out
check $? "which is said"

# --- Answers.

# index NAME LINE...: what a responder knows, as openssl ca keeps it.
index() {
	i_name=$1
	shift
	: >"$i_name.index"
	printf 'unique_subject = no\n' >"$i_name.index.attr"
	for line in "$@"; do
		printf '%b\n' "$line" >>"$i_name.index"
	done
}
end=491231235959Z
serial=7F00000000000000000000000000000000000003
index ica "V\t$end\t\t$serial\tunknown\t/CN=BROM"
index root "V\t$end\t\t1002\tunknown\t/CN=ICA 1"
index revoked "R\t$end\t240102030405Z,keyCompromise\t$serial\tunknown\t/CN=B"
index held "R\t$end\t240102030405Z,certificateHold\t$serial\tunknown\t/CN=B"
index empty

# answer FILE ISSUER CERT INDEX SIGNER OPTION...
answer() {
	a_file=$1 a_issuer=$2 a_cert=$3 a_index=$4 a_signer=$5
	shift 5
	openssl ocsp -index "$a_index.index" -CA "$a_issuer.pem" \
		-rsigner "$a_signer.pem" -rkey "$a_signer.key" \
		-issuer "$a_issuer.pem" "$@" -cert "$a_cert.pem" \
		-respout "$a_file" -noverify >log 2>&1 || cat log
}
answer ica.ocsp root ica root root -ndays 7
answer brom.ocsp ica brom ica ica -ndays 7
gives 0 REVOCATION_IN_PART "good, as far as a responder serves" \
	--ocsp ica.ocsp --ocsp brom.ocsp
grep -q 'revocation_not_checked.*CN=GH100 A01 GSP FMC LF, serialNumber=04$' out
check $? "the leaf, and only that, is named as not served"
gives 0 REVOCATION_IN_PART "as JSON" --json \
	--ocsp ica.ocsp --ocsp brom.ocsp
answer leaf.ocsp brom leaf empty brom -ndays 7
gives 1 OCSP_UNKNOWN "a certificate that its responder does not know" \
	--ocsp leaf.ocsp
index brom "V\t$end\t\t04\tunknown\t/CN=leaf"
answer leaf.ocsp brom leaf brom brom -ndays 7
gives 0 - "good for every certificate" \
	--ocsp ica.ocsp --ocsp brom.ocsp --ocsp leaf.ocsp
said 'REVOCATION[A-Z_]*' && rc=1 || rc=0
check "$rc" "nothing about revocation is left unchecked"
gives 0 - "the same ten times over" --ocsp ica.ocsp --ocsp ica.ocsp \
	--ocsp brom.ocsp --ocsp brom.ocsp --ocsp leaf.ocsp --ocsp leaf.ocsp \
	--ocsp ica.ocsp --ocsp brom.ocsp --ocsp leaf.ocsp --ocsp leaf.ocsp
for alg in sha256 sha384 sha512; do
	answer $alg.ocsp ica brom ica ica -ndays 7 -$alg
	gives 0 REVOCATION_IN_PART "CertID by $alg" --ocsp $alg.ocsp
	answer $alg.ocsp ica brom ica ica -ndays 7 -rmd $alg -resp_key_id
	gives 0 REVOCATION_IN_PART "signed with $alg, responder by key" \
		--ocsp $alg.ocsp
done
answer nonce.ocsp ica brom ica ica -ndays 7 -nonce
gives 0 REVOCATION_IN_PART "a nonce does no harm" --ocsp nonce.ocsp

answer revoked.ocsp ica brom revoked ica -ndays 7
gives 1 CHAIN_REVOKED "revoked" --ocsp ica.ocsp --ocsp revoked.ocsp
grep -q '=41AABBCCDD00112233: revoked 2024-01-02T03:04:05Z, keyCompromise' out
check $? "which, when and why"
answer held.ocsp ica brom held ica -ndays 7
gives 1 CHAIN_REVOKED "on hold" --ocsp held.ocsp
grep -q 'certificateHold' out
check $? "is said to be on hold"
gives 1 CHAIN_REVOKED "good and revoked" \
	--ocsp brom.ocsp --ocsp revoked.ocsp

gives 3 OCSP_EXPIRED "after its time" --ocsp brom.ocsp \
	--at "$(($(date +%s) + 8 * 86400))"
gives 3 OCSP_EXPIRED "before its time" --ocsp brom.ocsp \
	--at "$(($(date +%s) - 3600))"
answer endless.ocsp ica brom ica ica
gives 3 OCSP_UNBOUNDED "without an end" --ocsp endless.ocsp

answer sha1.ocsp ica brom ica ica -ndays 7 -rmd sha1
gives 1 OCSP_ALGORITHM "signed with SHA-1" --ocsp sha1.ocsp
answer other.ocsp ica brom ica other -ndays 7
gives 1 OCSP_DELEGATION "signed by a stranger" --ocsp other.ocsp
answer other.ocsp ica brom ica other -ndays 7 -resp_no_certs
gives 1 OCSP_RESPONDER "whose certificate is left out" --ocsp other.ocsp
answer badsig.ocsp ica brom ica ica -ndays 7 -badsig
gives 1 OCSP_SIGNATURE "a damaged signature" --ocsp badsig.ocsp
answer wrong.ocsp root brom root root -ndays 7
gives 0 "REVOCATION" "an answer about another issuer's certificate" \
	--ocsp wrong.ocsp
answer wrong.ocsp ica leaf ica ica -ndays 7
gives 0 "REVOCATION" "an answer about another serial number" \
	--ocsp wrong.ocsp

# --- Delegated responders.

for name in responder p256 rsa plain late; do
	key $name
done
key p256 prime256v1
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key \
	2>err
purpose=extendedKeyUsage=OCSPSigning
certificate responder "/CN=Responder" ica 100 $purpose noCheck=ignored
certificate p256 "/CN=Responder P-256" ica 101 $purpose noCheck=ignored
certificate rsa "/CN=Responder RSA" ica 102 $purpose noCheck=ignored
certificate plain "/CN=Responder" ica 103 keyUsage=digitalSignature
certificate late "/CN=Responder" ica 104 $purpose
for name in responder p256 rsa; do
	answer $name.ocsp ica brom ica $name -ndays 7 -rmd sha256
	gives 0 REVOCATION_IN_PART "delegated: $name" --ocsp $name.ocsp
done
answer plain.ocsp ica brom ica plain -ndays 7
gives 1 OCSP_DELEGATION "delegated for another purpose" --ocsp plain.ocsp
answer late.ocsp ica brom ica late -ndays 7
gives 0 REVOCATION "a responder that may be revoked counts for nothing" \
	--ocsp late.ocsp
grep -q 'no data about them were given' out
check $? "as if it had not been given"

# --- A list beside it.

cat >ca.cnf <<END
[ca]
default_ca = ica
[ica]
database = $work/crl.index
default_md = sha384
default_crl_days = 7
crl_extensions = none
[none]
END
index crl
openssl ca -config ca.cnf -gencrl -keyfile ica.key -cert ica.pem \
	-out ica.crl 2>err
gives 0 REVOCATION_IN_PART "unless a list says that it is not" \
	--ocsp late.ocsp --crl ica.crl
index crl "R\t$end\t240102030405Z,superseded\t68\tunknown\t/CN=Responder"
openssl ca -config ca.cnf -gencrl -keyfile ica.key -cert ica.pem \
	-out late.crl 2>err
gives 1 OCSP_DELEGATION "or says that it is" --ocsp late.ocsp --crl late.crl
index crl "R\t$end\t240102030405Z,superseded\t$serial\tunknown\t/CN=BROM"
openssl ca -config ca.cnf -gencrl -keyfile ica.key -cert ica.pem \
	-out brom.crl 2>err
gives 1 CHAIN_REVOKED "revoked by a list, good in an answer" \
	--ocsp brom.ocsp --crl brom.crl
grep -q '=41AABBCCDD00112233: revoked 2024-01-02T03:04:05Z, superseded' out
check $? "which, when and why"

# --- Files that are no answers.

expect_file() {
	gpu --ocsp "$3"
	[ "$status" -eq "$1" ] && said "$2" && [ ! -s out ] &&
		[ "$(wc -l <err)" -eq 1 ] && grep -qF "$3" err
	check $? "$3: $2"
}
openssl ocsp -respin brom.ocsp -noverify -text >text 2>&1
{ cat brom.ocsp && printf '\0'; } >trailing
head -c 100 brom.ocsp >short
printf '\060\003\012\001\003' >later
printf '\060\003\012\001\006' >unauthorized
expect_file 65 OCSP_MALFORMED trailing
expect_file 65 OCSP_MALFORMED short
expect_file 65 OCSP_MALFORMED text
expect_file 65 OCSP_MALFORMED leaf.pem
expect_file 65 OCSP_UNSUCCESSFUL later
expect_file 65 OCSP_UNSUCCESSFUL unauthorized
expect_file 74 FILE_MISSING nowhere
plan
