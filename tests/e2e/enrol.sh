#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A host with a certified software TPM enrols at a verifier, by the network
# and by files, with each kind of endorsement key; then reports.  And what
# must not work.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"

for tool in swtpm swtpm_setup swtpm_localca curl tpm2_evictcontrol; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
agent=$ASSAY_BIN/assay-agent
verifier=$ASSAY_BIN/assay-verifier
TPM2TOOLS_TCTI=swtpm:path=$work/tpm.sock
export TPM2TOOLS_TCTI
tpm=swtpm:path=$work/tpm.sock
board=${ASSAY_SOURCE:?}/tests/fixtures/board-h100

certified_tpm "$work/tpm" || skip_all "swtpm_setup makes no certificates here"
start_tpm "$work/tpm"
cd "$work" || exit 1
echo "# nothing is set" >empty.conf
mkdir roots
"$assay" anchors add --name "Lab CA" --roots roots tpm/ca/issuercert.pem >out

# serve OPTION...: the service; sets url and server_pid.
serve() {
	rm -f port
	"$verifier" serve --config empty.conf --listen 127.0.0.1:0 \
		--port-file port --store assay.db --key key.pem \
		--tpm-roots roots "$@" >serve.out 2>>serve.err &
	server_pid=$!
	pids="$pids $server_pid"
	tries=0
	while [ ! -s port ] && [ $tries -lt 500 ] &&
		kill -0 "$server_pid" 2>/dev/null; do
		sleep 0.02
		tries=$((tries + 1))
	done
	url=http://127.0.0.1:$(cat port)
	api=$url/assay/v1/enrolment
}

# agent COMMAND OPTION...: with this TPM; sets status, out, err.
agent() {
	command=$1
	shift
	timeout -k 5 60 "$agent" "$command" --config empty.conf --tpm "$tpm" \
		"$@" >out 2>err
	status=$?
}

# enroll OPTION...: the same for the program that enrols.
enroll() {
	timeout -k 5 60 "$ASSAY_BIN/assay-enroll" --config empty.conf \
		--tpm "$tpm" "$@" >out 2>err
	status=$?
}

# listed: what "enroll list" calls the one key.
listed() {
	# shellcheck disable=SC2094 # "list" is a word and a file
	"$verifier" enroll list --config empty.conf --store assay.db --json \
		>list 2>err
	sed -n 's/.*"state": "\([a-z ]*\)".*/\1/p' list
}
ak_name() {
	sed -n 's/.*"ak_name": "\([0-9a-f]*\)".*/\1/p' list | head -n 1
}

# post PATH BODY-FILE: sets code; the answer is in body.
post() {
	code=$(curl -s -m 20 -o body -w '%{http_code}' \
		-H 'Content-Type: application/json' --data-binary "@$2" "$1")
}
serve
[ -s port ]
check $? "the service runs"

agent enroll --request request.json
[ $status -eq 64 ] && grep -q 'assay-enroll' err && [ ! -e request.json ]
check $? "the program that stays does not enrol, and says which one does"

# --- By the network.

enroll --verifier "$url"
[ $status -eq 0 ]
check $? "the host enrols"
[ "$(listed)" = pending ]
check $? "and waits for an operator"
grep -q '"algorithm": "P-384"' list
check $? "with the first certificate of the TPM: P-384 before RSA"
[ "$(tpm2_getcap handles-persistent | grep -c 0x81018000)" = 1 ]
check $? "its attestation key stays in the TPM"
[ "$(tpm2_getcap handles-transient | wc -l)" = 0 ] &&
	[ "$(tpm2_getcap handles-loaded-session | wc -l)" = 0 ]
check $? "nothing else does"
ak=$(ak_name)

cat >policy <<'END'
[policy]
allow-software-tpm = yes
allow-simulated = yes
require-eventlog = no
require-device-signed = no
END
kill "$server_pid"
wait "$server_pid" 2>/dev/null
serve --policy policy
mkdir state

# verdict: what the last report came to, from the store.
report() {
	agent run --once --verifier "$url" --platform "recorded:$board" \
		--state state/chain --send-eventlog no
}
report
[ $status -eq 0 ]
check $? "a report before approval is taken"
listed >words
grep -q '"last_verdict": "warning"' list
check $? "with a warning"
"$verifier" enroll approve --config empty.conf --store assay.db \
	--ak-name "$ak" >out 2>err && [ "$(listed)" = enrolled ]
check $? "an operator approves"
report
"$verifier" export --config empty.conf --store assay.db --last -o bundle \
	2>err
sqlite_says() {
	python3 - "$1" 2>/dev/null <<'END' || true
import sqlite3, sys
print(sqlite3.connect("assay.db").execute(sys.argv[1]).fetchone()[0])
END
}
if [ -n "$(sqlite_says 'SELECT 1')" ]; then
	sqlite_says 'SELECT reasons FROM appraisals ORDER BY id DESC' >reasons
	! grep -q 'NOT_ENROLLED\|PINNED_BY_HAND' reasons &&
		grep -q TPM_SOFTWARE reasons
	check $? "from then on its identity is affirmed"
else
	skip "from then on its identity is affirmed" "no python3"
fi

enroll --verifier "$url"
[ $status -eq 0 ] && [ "$(listed)" = enrolled ]
check $? "enrolling once more changes nothing"

# --- By files, with the RSA key: another key for the same machine.

tpm2_nvread 0x1c00002 -o rsa.crt >out 2>err
enroll --request request.json --ek-cert rsa.crt
[ $status -eq 0 ] && [ -s request.json ]
check $? "a request is written"
enroll --request request.json
[ $status -eq 74 ]
check $? "and never replaced"
post "$api" request.json
[ "$code" = 403 ] && grep -q AK_TAKEN body
check $? "N16: a second endorsement key for one attestation key"

# A machine of its own for each of what follows.
fresh() {
	finish "$server_pid"
	rm -f assay.db assay.db-*
	serve --policy policy "$@"
}
fresh
post "$api" request.json
[ "$code" = 201 ]
check $? "the verifier answers with a credential"
cp body response.json
enroll --response response.json --ek-cert rsa.crt
cp out proof.json
[ $status -eq 0 ] && grep -q '^{"proof":"[0-9a-f]\{64\}"}$' proof.json
check $? "the TPM opens it: RSA, in a policy session"
id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' response.json)
sed 's/"proof":"../"proof":"00/' proof.json >bad.json
cmp -s bad.json proof.json && sed 's/"proof":"../"proof":"11/' proof.json >bad.json
post "$api" request.json
id2=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' body)
post "$api/$id2" bad.json
[ "$code" = 403 ] && grep -q PROOF_WRONG body
check $? "N14: a wrong answer"
[ "$(tr -d '\n' <body | grep -c "$(cut -c 11-40 proof.json)")" = 0 ]
check $? "N14: tells nothing of the right one"
post "$api/$id2" proof.json
[ "$code" = 400 ] && grep -q ENROLMENT_USED body
check $? "N14: and cannot be mended"
post "$api/$id" proof.json
[ "$code" = 200 ] && grep -q '"state":"pending"' body
check $? "the right one is taken"
post "$api/$id" proof.json
[ "$code" = 400 ] && grep -q ENROLMENT_USED body
check $? "once"
[ "$(listed)" = pending ]
check $? "there is one host"
enroll --response response.json
[ $status -eq 69 ] && grep -q TPM_FAILED err
check $? "N2: a credential for another endorsement key is not opened"
enroll --response request.json --ek-cert rsa.crt
[ $status -eq 65 ] && grep -q ENROLMENT_MALFORMED err
check $? "a response that is none"

# --- Requests that are wrong in one way each.

while read -r want reason change name; do
	sed "$change" request.json >bad.json
	post "$api" bad.json
	[ "$code" = "$want" ] && grep -q "$reason" body
	check $? "$name"
done <<'END'
400 ENROLMENT_MALFORMED s/"ek_pub"/"ek_pup"/ a field that is not known
400 ENROLMENT_MALFORMED s/"ek_cert":"[^"]*",// N62: no certificate
400 ENROLMENT_MALFORMED s/"ek_pub":"/"ek_pub":"_/ N23: base64url has no second reading
400 ENROLMENT_MALFORMED s/}/}}/ more than one value
400 EK_MALFORMED s/"ek_cert":"M/"ek_cert":"A/ a certificate that is none
400 PUBLIC_MALFORMED s/"ak_pub":"..../"ak_pub":"AAAA/ an attestation key that is none
403 AK_ s/"ak_pub":"ACMACwAFBHI/"ak_pub":"ACMACwAFBHA/ N61: an attestation key that is not fixed
403 EK_ s/"ek_pub":"AAEACwADALI/"ek_pub":"AAEACwADALA/ an endorsement key that is not fixed
END
printf 'not json' >bad.json
post "$api" bad.json
[ "$code" = 400 ] && grep -q ENROLMENT_MALFORMED body
check $? "no JSON at all"
# N1: the certificate of one key, the public area of another.
enroll --request ecc.json
ecc=$(sed -n 's/.*"ek_pub":"\([^"]*\)".*/\1/p' ecc.json)
sed "s|\"ek_pub\":\"[^\"]*\"|\"ek_pub\":\"$ecc\"|" request.json >bad.json
post "$api" bad.json
[ "$code" = 403 ] && grep -q EK_KEY_MISMATCH body
check $? "N1: the certificate is not of this key"
code=$(curl -s -m 20 -o body -w '%{http_code}' --data-binary @request.json \
	"$api")
[ "$code" = 415 ]
check $? "another media type"
code=$(curl -s -m 20 -o body -w '%{http_code}' "$api")
[ "$code" = 405 ]
check $? "N3: there is nothing to get"
post "$api/00000000-0000-4000-8000-000000000000" proof.json
[ "$code" = 404 ] && grep -q ENROLMENT_UNKNOWN body
check $? "an answer nobody asked for"
for bad in X ../x %0a %00 "$id$id" "$(echo "$id" | tr a-f A-F)Z"; do
	post "$api/$bad" proof.json
	[ "$code" = 400 ] || [ "$code" = 404 ]
	check $? "N5: an id that is none: $bad"
done
! grep -q '[^ -~]' serve.err
check $? "N5: nothing of it stands raw in the log"
post "$api/$id" request.json
[ "$code" = 400 ] && grep -q ENROLMENT_MALFORMED body
check $? "an answer that is none"
head -c 70000 /dev/zero | tr '\0' ' ' >bad.json
post "$api" bad.json
[ "$code" = 413 ]
check $? "a request that is too long"

# --- An authority that is not trusted, and time.

mv roots/Lab-CA.pem .
post "$api" request.json
[ "$code" = 403 ] && grep -q CHAIN_UNTRUSTED body
check $? "an authority taken out of the folder counts no more"
enroll --verifier "$url"
[ $status -eq 69 ] && grep -q HTTP_STATUS err && grep -q CHAIN_UNTRUSTED err
check $? "and the host is told no, and why"
mv Lab-CA.pem roots/
fresh --enrolment-ttl 1
post "$api" request.json
cp body response.json
id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' response.json)
enroll --response response.json --ek-cert rsa.crt
cp out proof.json
sleep 2
post "$api/$id" proof.json
[ "$code" = 400 ] && grep -q ENROLMENT_EXPIRED body
check $? "too late"

# --- Rejected, and free for another.

fresh
post "$api" request.json
cp body response.json
id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' response.json)
"$verifier" enroll reject --config empty.conf --store assay.db \
	--ak-name "$ak" >out 2>err
enroll --response response.json --ek-cert rsa.crt
cp out proof.json
post "$api/$id" proof.json
[ "$code" = 403 ] && grep -q HOST_REJECTED body
check $? "a key that was rejected meanwhile"
post "$api" request.json
[ "$code" = 403 ] && grep -q HOST_REJECTED body
check $? "it is not asked again"

# --- An owner with a password, P-256, killed at every step.

fresh
tpm2_evictcontrol -C o -c 0x81018000 >out 2>err
tpm2_changeauth -c owner secret >out 2>err
enroll --verifier "$url"
[ $status -eq 0 ] && grep -q "not kept" err && [ "$(listed)" = pending ]
check $? "without the owner's leave the key is not kept, and all else holds"

died=0
for ms in 01 02 04 06 08 10 13 16 20 25 30 40 50 70; do
	fresh
	timeout --foreground -s KILL "0.$ms" "$agent" enroll --config empty.conf \
		--tpm "$tpm" --verifier "$url" >out 2>err ||
		died=$((died + 1))
	sleep 0.3
	kill -KILL "$server_pid" 2>/dev/null
	wait "$server_pid" 2>/dev/null
	serve
	enroll --verifier "$url"
	[ $status -eq 0 ] && [ "$(listed)" = pending ]
	check $? "N11: killed after ${ms}0 ms, then once more"
done
[ $died -gt 0 ]
check $? "N11: $died of them did not get through"
[ "$(tpm2_getcap handles-loaded-session | wc -l)" = 0 ]
check $? "no session is left in the TPM"

plan
