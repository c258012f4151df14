#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The verifier service as a client meets it: every route and every refusal,
# restarts, kills, modes, limits.  Prints TAP.  ASSAY_BIN is the folder of
# assay-verifier; curl must be there.
set -u

BIN=${ASSAY_BIN:?name the folder of assay-verifier}
verifier=$BIN/assay-verifier
dir=$(mktemp -d) || exit 1
VS=application/vnd.veraison.challenge-response-session+json
CMW=application/cmw+cbor
count=0
failed=0
server=

finish() {
	if [ -n "$server" ]; then
		kill -9 "$server" 2>/dev/null
	fi
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

# ok CONDITION-STATUS NAME: one line of TAP.
ok() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
	fi
}

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		echo "# got '$1', wanted '$2'"
	fi
}

# has FILE TEXT NAME
has() {
	grep -qF -e "$2" "$1"
	ok $? "$3"
}

# start OPTION...: the service on a free port; sets server and url.
start() {
	rm -f "$dir/port"
	"$verifier" serve --listen 127.0.0.1:0 --port-file "$dir/port" \
		--store "$dir/assay.db" --key "$dir/key.pem" "$@" \
		>"$dir/out" 2>"$dir/err" &
	server=$!
	tries=0
	while ! { [ -s "$dir/port" ] && [ -s "$dir/out" ]; } &&
		[ $tries -lt 600 ]; do
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
		tries=$((tries + 1))
	done
	url=http://127.0.0.1:$(cat "$dir/port" 2>/dev/null)
	api=$url/challenge-response/v1
}

# stop: SIGTERM; sets rc.
stop() {
	kill -TERM "$server"
	wait "$server"
	rc=$?
	server=
}

# ask CURL-ARGUMENT...: sets code; body and headers are in $dir.
ask() {
	code=$(curl -s -m 20 -o "$dir/body" -D "$dir/head" \
		-w '%{http_code}' "$@")
	tr -d '\r' <"$dir/head" >"$dir/headers"
}

# session: a new session; sets session, its URL.
session() {
	ask -X POST "$api/newSession"
	session=$api/$(sed -n 's/^Location: //p' "$dir/headers")
}

# post FILE CURL-ARGUMENT...: evidence to the session.
post() {
	file=$1
	shift
	ask -H "Content-Type: $CMW" --data-binary "@$file" "$@" "$session"
}

# refused CODE TITLE: the last answer was that problem.
refused() {
	if [ "$code" = "$1" ] &&
		grep -q '^Content-Type: application/problem+json' \
			"$dir/headers" &&
		grep -qF "\"type\":\"about:blank\"" "$dir/body" &&
		grep -qF "\"status\":$1" "$dir/body" &&
		grep -q '"code":"[A-Z]' "$dir/body" &&
		grep -q '^Assay-Code: [A-Z_]*$' "$dir/headers"; then
		ok 0 "$2"
	else
		ok 1 "$2"
		echo "# got $code: $(head -c 200 "$dir/body")"
	fi
}

# exits WANTED NAME COMMAND...: exit status, and one clear line.
exits() {
	wanted=$1
	what=$2
	shift 2
	timeout 10 "$@" >"$dir/out2" 2>"$dir/err2"
	got=$?
	if [ $got -eq "$wanted" ] && { [ "$wanted" -eq 0 ] ||
		[ "$(wc -l <"$dir/err2")" -eq 1 ]; }; then
		ok 0 "$what"
	else
		ok 1 "$what"
		echo "# exit $got: $(head -n 2 "$dir/err2")"
	fi
}

printf 'no evidence at all' >"$dir/garbage"
never=2b496f61-fbdc-40ce-945d-4092676eef61

# --- the command line -------------------------------------------------------
exits 0 'help' "$verifier" --help
exits 0 'help of serve' "$verifier" serve --help
exits 0 'help of enroll approve' "$verifier" enroll approve --help
exits 0 'version' "$verifier" --version
exits 64 'no command' "$verifier"
exits 64 'unknown command' "$verifier" obey
exits 64 'unknown option' "$verifier" serve --obey
exits 64 'option of another command' "$verifier" enroll list --listen x
exits 64 'option without value' "$verifier" serve --listen
exits 64 'surplus word' "$verifier" enroll list now
exits 64 'number out of range' "$verifier" serve --nonce-ttl 0
exits 64 'not a number' "$verifier" serve --nonce-ttl 10s
exits 74 'named settings are missing' \
	"$verifier" serve --config "$dir/absent.conf"
exits 74 'store in no folder' "$verifier" serve \
	--store "$dir/no/assay.db" --key "$dir/key.pem"
exits 74 'key in no folder' "$verifier" serve \
	--store "$dir/assay.db" --key "$dir/no/key.pem"
exits 64 'other hosts are not served' "$verifier" serve \
	--listen 0.0.0.0:0 --store "$dir/assay.db" --key "$dir/key.pem"
exits 64 'names of hosts are not resolved' "$verifier" serve \
	--listen localhost:0 --store "$dir/assay.db" --key "$dir/key.pem"
exits 74 'policy missing at start' "$verifier" serve \
	--listen 127.0.0.1:0 --store "$dir/assay.db" --key "$dir/key.pem" \
	--policy "$dir/absent.policy"
exits 74 'event policy missing at start' "$verifier" serve \
	--listen 127.0.0.1:0 --store "$dir/assay.db" --key "$dir/key.pem" \
	--event-policy "$dir/absent.policy"
printf 'no such word\n' >"$dir/bad.events"
exits 64 'event policy that is none' "$verifier" serve \
	--listen 127.0.0.1:0 --store "$dir/assay.db" --key "$dir/key.pem" \
	--event-policy "$dir/bad.events"
has "$dir/err2" 'bad.events: event policy: line 1' 'the line is named'
rm -f "$dir/assay.db" "$dir/key.pem"

printf 'nonce-ttl = 20\nfrobnicate = 1\n' >"$dir/bad.conf"
exits 64 'unknown setting' "$verifier" serve --config "$dir/bad.conf"
has "$dir/err2" "bad.conf:2: frobnicate" 'the line is named'
printf 'nonce-ttl = 20\nnonce-ttl = 30\n' >"$dir/bad.conf"
exits 64 'setting given twice' "$verifier" serve --config "$dir/bad.conf"
printf 'help = yes\n' >"$dir/bad.conf"
exits 64 'an option is no setting' "$verifier" serve \
	--config "$dir/bad.conf"

{ printf '#%0198d' 0 && printf 'listen = 0.0.0.0:0\n'; } >"$dir/bad.conf"
exits 64 'a long comment does not become a setting' "$verifier" serve \
	--config "$dir/bad.conf" --store "$dir/no/assay.db"
has "$dir/err2" "bad.conf:1: longer" 'the line is named'
printf 'nonce-ttl = 20\n\0frobnicate = 1\n' >"$dir/bad.conf"
exits 64 'nothing hides behind a NUL' "$verifier" serve \
	--config "$dir/bad.conf" --store "$dir/no/assay.db"

# --- first start ------------------------------------------------------------
start
has "$dir/out" "ready on $url" 'one line when ready'
is "$(wc -l <"$dir/out")" 1 'and no other'
is "$(stat -c %a "$dir/key.pem")" 600 'the key is made with mode 0600'
is "$(stat -c %a "$dir/assay.db")" 600 'the store is made with mode 0600'
key=$(cksum <"$dir/key.pem")
exits 69 'the port is taken' "$verifier" serve --listen "${url#http://}" \
	--store "$dir/assay.db" --key "$dir/key.pem"

# --- routes -----------------------------------------------------------------
ask "$url/healthz"
is "$code $(cat "$dir/body")" '200 ok' 'health'
ask "$url/.well-known/veraison/verification"
is "$code" 200 'discovery'
for field in ear-verification-key media-types version service-state \
	api-endpoints newChallengeResponseSession; do
	has "$dir/body" "\"$field\"" "discovery has $field"
done
has "$dir/body" '"READY"' 'discovery says READY'
has "$dir/headers" 'Cache-Control: max-age=' 'discovery may be kept'
grep -qF '"d"' "$dir/body"
is $? 1 'discovery has no private key'

ask -X POST "$api/newSession?nonceSize=32" -H "Accept: $VS"
is "$code" 201 'new session'
has "$dir/headers" "Content-Type: $VS" 'as session object'
grep -qE '^Location: session/[0-9a-f-]{36}$' "$dir/headers"
ok $? 'its location is relative'
for field in '"status":"waiting"' '"nonce":"' '"expiry":"20' \
	"\"accept\":[\"$CMW; cmwc_t="; do
	has "$dir/body" "$field" "session has $field"
done
grep -qE '"nonce":"[A-Za-z0-9_-]{43}"' "$dir/body"
ok $? 'nonce is 32 bytes in base64url without padding'
ask -X POST "$api/newSession"
is "$code" 201 'new session without a size'
ask -X POST "$api/newSession" -H 'Accept: text/html, */*;q=0.1'
is "$code" 201 'new session for a browser'
for size in 8 31 33 64 0 -1 '' 032 4294967328 x; do
	ask -X POST "$api/newSession?nonceSize=$size"
	refused 400 "nonceSize '$size'"
done
ask -X POST "$api/newSession?nonce=AAAA"
refused 400 'a nonce of the client'
ask -X POST "$api/newSession" -H 'Accept: text/html'
refused 406 'not acceptable'
ask -X POST "$api/newSession" -d 'a body'
refused 413 'a body where none belongs'

ask "$url/"
refused 404 'no such path'
ask --path-as-is "$api/session/../../../../etc/passwd"
refused 404 'path that climbs'
ask "$url/healthz%00x"
refused 404 'path with an escape'
ask "$api/newSession"
refused 405 'wrong method'
has "$dir/headers" 'Allow: POST' 'and which are right'
ask -X PUT "$api/session/$never"
refused 405 'wrong method on a session'
has "$dir/headers" 'Allow: POST, GET, HEAD, DELETE' 'and which are right'
ask -I "$url/healthz"
is "$code" 200 'HEAD'

# --- evidence ---------------------------------------------------------------
ask "$api/session/$never"
refused 404 'unknown session'
ask -X DELETE "$api/session/$never"
refused 404 'delete an unknown session'
session=$api/session/$never
post "$dir/garbage"
refused 404 'evidence for an unknown session'
session=$api/session/1
post "$dir/garbage"
refused 400 'id that is no UUID'

session
ask "$session"
is "$code" 200 'session can be read'
has "$dir/body" '"status":"waiting"' 'and waits'
ask "$session" -H 'Accept: image/png'
refused 406 'but not as a picture'
ask -H 'Content-Type: application/json' -d '{}' "$session"
refused 415 'unsupported evidence'
has "$dir/headers" "Accept: $CMW" 'and what is supported'
ask -H 'Content-Type:' --data-binary x "$session"
refused 415 'evidence without a type'
ask -H "Content-Type: $CMW; cmwc_t=\"tag:other\"" -d x "$session"
refused 415 'evidence of another profile'
post "$dir/garbage" -H 'Content-Encoding: deflate'
refused 415 'compressed evidence'
post "$dir/garbage" -H 'Accept: text/html'
refused 406 'evidence for no answer'
post /dev/null
refused 400 'no evidence'
head -c 1048577 /dev/zero >"$dir/large"
post "$dir/large"
refused 413 'one byte too much, announced'
post "$dir/large" -H 'Expect:'
refused 413 'one byte too much, sent'
post "$dir/large" -H 'Expect:' -H 'Transfer-Encoding: chunked'
refused 413 'one byte too much, in chunks'
code=$(head -c 50000000 /dev/zero | curl -s -m 20 -o /dev/null -X POST \
	-w '%{http_code}' -H "Content-Type: $CMW" -H 'Expect:' -T - "$session")
case $code in
000 | 413) ok 0 'endless body is broken off' ;;
*) ok 1 'endless body is broken off' ;;
esac
ask "$session"
has "$dir/body" '"status":"waiting"' 'nothing of that used the session'

post "$dir/garbage"
is "$code" 200 'bad evidence is a result, not an error'
has "$dir/body" '"status":"complete"' 'the session is complete'
grep -qE '"result":"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"' \
	"$dir/body"
ok $? 'with a signed result'
grep -q '"evidence"' "$dir/body"
is $? 1 'without an echo of the evidence'
cp "$dir/body" "$dir/first"
post "$dir/garbage"
refused 400 'the same evidence again'
has "$dir/body" SESSION_USED 'and why'
ask "$session"
is "$code" 200 'a complete session can be read'
cmp -s "$dir/body" "$dir/first"
ok $? 'with the same result'
ask -X DELETE "$session"
is "$code" 204 'and deleted'
ask "$session"
refused 404 'then it is gone'

head -c 1048576 /dev/zero >"$dir/large"
session
post "$dir/large" -H "Content-Type: $CMW; x=y"
is "$code" 200 'one MiB is not too much'

# Of many at one time, one.
session
for i in 1 2 3 4 5 6 7 8; do
	curl -s -m 20 -o /dev/null -w '%{http_code}\n' \
		-H "Content-Type: $CMW" --data-binary "@$dir/garbage" \
		"$session" >"$dir/try.$i" &
	eval "try$i=\$!"
done
eval 'wait $try1 $try2 $try3 $try4 $try5 $try6 $try7 $try8'
is "$(cat "$dir"/try.* | sort | uniq -c | awk '{print $2"x"$1}' |
	tr '\n' ' ')" '200x1 400x7 ' 'eight at one time: one is taken'

# --- nonces -----------------------------------------------------------------
curl -s -m 120 -X POST -w '\n' "$api/newSession?nonceSize=32&n=[1-2000]" \
	>"$dir/many"
is "$(grep -o '"nonce":"[^"]*"' "$dir/many" | sort -u | wc -l)" 2000 \
	'2000 sessions, 2000 nonces'

# --- a slow client ----------------------------------------------------------
session
{
	printf slow
	sleep 4
} | curl -s -m 20 -o /dev/null -w '%{http_code}' -X POST \
	-H "Content-Type: $CMW" -H 'Expect:' -T - "$session" >"$dir/slow" &
slow=$!
sleep 0.5
before=$(date +%s)
curl -s -m 10 -o /dev/null "$url/healthz?[1-50]"
ok $? 'others are served meanwhile'
is "$(($(date +%s) - before < 3))" 1 'at once'
wait $slow
is "$(cat "$dir/slow")" 200 'the slow client as well'

# --- enrolment and export ---------------------------------------------------
name=000b$(printf '%064d' 7)
exits 0 'list' "$verifier" enroll list --store "$dir/assay.db"
exits 0 'approve' "$verifier" enroll approve --ak-name "$name" \
	--store "$dir/assay.db"
has "$dir/out2" "$name pinned" 'and says so'
exits 0 'approve again' "$verifier" enroll approve --ak-name "$name" \
	--store "$dir/assay.db"
has "$dir/out2" 'already' 'and says so'
exits 0 'list as JSON' "$verifier" enroll list --json \
	--store "$dir/assay.db"
has "$dir/out2" '"state": "pinned"' 'the list shows it'
exits 0 'reject' "$verifier" enroll reject --ak-name "$name" \
	--store "$dir/assay.db"
for bad in 000b 000a"$(printf '%064d' 7)" 000c"$(printf '%064d' 7)" \
	"${name}0" "${name}00" "$(printf '%068d' 7)x" zz; do
	exits 65 "name $bad" "$verifier" enroll approve --ak-name "$bad" \
		--store "$dir/assay.db"
done
exits 64 'no name' "$verifier" enroll approve --store "$dir/assay.db"
exits 74 'no store' "$verifier" enroll list --store "$dir/absent.db"
exits 65 'a store that is none' "$verifier" enroll list \
	--store "$dir/garbage"

session
post "$dir/garbage"
id=${session##*/}
exits 0 'export the last' "$verifier" export --last -o "$dir/bundle" \
	--store "$dir/assay.db"
cmp -s "$dir/bundle" "$dir/garbage"
ok $? 'it is what was sent'
exits 0 'export by session' "$verifier" export --session "$id" -o - \
	--store "$dir/assay.db"
cmp -s "$dir/out2" "$dir/garbage"
ok $? 'it is what was sent'
exits 65 'export of an unknown session' "$verifier" export \
	--session "$never" -o "$dir/none" --store "$dir/assay.db"
exits 64 'export of nothing' "$verifier" export -o "$dir/none" \
	--store "$dir/assay.db"
exits 74 'export to no folder' "$verifier" export --last \
	-o "$dir/no/bundle" --store "$dir/assay.db"
mkfifo "$dir/fifo"
ln -s bundle "$dir/link"
for other in fifo link; do
	exits 74 "export onto a $other" "$verifier" export --last \
		-o "$dir/$other" --store "$dir/assay.db"
done
[ -p "$dir/fifo" ] && [ -L "$dir/link" ]
ok $? 'which stays what it is'
"$verifier" enroll list --store "$dir/assay.db" >/dev/full 2>"$dir/err2"
is $? 74 'a full disk behind a list'
has "$dir/err2" FILE_WRITE 'is told'
"$verifier" serve --help >/dev/full 2>"$dir/err2"
is $? 74 'as is one behind a help'
(
	ulimit -f 0
	exec "$verifier" export --last -o "$dir/none" \
		--store "$dir/assay.db" 2>/dev/null
)
is $? 74 'a limit on the size of files'
ls "$dir"/none* "$dir"/bundle.* >/dev/null 2>&1
is "$(($? != 0))" 1 'nothing is left of what failed'

# --- stop and start ---------------------------------------------------------
session
stop
is $rc 0 'SIGTERM ends it well'
[ ! -e "$dir/assay.db-wal" ]
ok $? 'the store is tidy'
old=${session#"$url"}
start
is "$(cksum <"$dir/key.pem")" "$key" 'the key stays'
session=$url$old
post "$dir/garbage"
is "$code" 200 'a session outlives a restart'
kill -INT "$server"
wait "$server"
is $? 0 'SIGINT ends it well'
server=

chmod 640 "$dir/key.pem"
exits 77 'a key that others may read is refused' "$verifier" serve \
	--listen 127.0.0.1:0 --store "$dir/assay.db" --key "$dir/key.pem"
chmod 600 "$dir/key.pem"
printf 'not a key\n' >"$dir/nokey"
chmod 600 "$dir/nokey"
exits 65 'a key that is none is refused' "$verifier" serve \
	--listen 127.0.0.1:0 --store "$dir/assay.db" --key "$dir/nokey"

# Sessions expire.
start --nonce-ttl 1
session
sleep 2
post "$dir/garbage"
refused 400 'evidence that comes too late'
has "$dir/body" SESSION_EXPIRED 'and why'
stop

# Killed in the middle of everything, it starts again and is whole.
round=0
while [ $round -lt 5 ]; do
	start
	(
		while :; do
			session
			post "$dir/garbage"
		done
	) >/dev/null 2>&1 &
	load=$!
	sleep 0.7
	kill -9 "$server"
	wait "$server" 2>/dev/null
	kill "$load"
	wait "$load" 2>/dev/null
	round=$((round + 1))
done
start
session
post "$dir/garbage"
is "$code" 200 'killed five times, it still appraises'
exits 0 'and lists' "$verifier" enroll list --store "$dir/assay.db"

stop

# --- the policy -------------------------------------------------------------
printf '# nothing is asked\n' >"$dir/policy"
start --policy "$dir/policy"
session
post "$dir/garbage"
is "$code" 200 'with a policy'
printf 'bad policy\n' >"$dir/policy"
session
post "$dir/garbage"
refused 500 'a policy that is broken stops appraisals'
has "$dir/body" POLICY_MALFORMED 'and why'
rm "$dir/policy"
post "$dir/garbage"
refused 500 'as does one that is gone'
printf '# nothing is asked\n' >"$dir/policy"
post "$dir/garbage"
is "$code" 200 'repaired, the same session is appraised'
stop

# --- revocation -------------------------------------------------------------
exits 74 'revocation list missing at start' "$verifier" serve \
	--listen 127.0.0.1:0 --store "$dir/assay.db" --key "$dir/key.pem" \
	--crl "$dir/absent.crl"
printf 'bad answer\n' >"$dir/answer"
exits 65 'an OCSP response that is none' "$verifier" serve \
	--listen 127.0.0.1:0 --store "$dir/assay.db" --key "$dir/key.pem" \
	--ocsp "$dir/answer"
has "$dir/err2" 'answer: OCSP_MALFORMED' 'it is named'
if command -v openssl >/dev/null 2>&1; then
	(
		cd "$dir" || exit 1
		openssl req -x509 -newkey ec -pkeyopt \
			ec_paramgen_curve:P-384 -nodes -keyout ca.key \
			-out ca.pem -subj /CN=CA -days 30
		: >ca.index
		openssl ocsp -index ca.index -CA ca.pem -rsigner ca.pem \
			-rkey ca.key -issuer ca.pem -cert ca.pem -ndays 7 \
			-respout answer -noverify
	) >"$dir/log" 2>&1
	cp "$dir/answer" "$dir/answer.good"
	start --ocsp "$dir/answer" --ocsp "$dir/answer.good"
	session
	post "$dir/garbage"
	is "$code" 200 'with OCSP responses'
	printf 'bad answer\n' >"$dir/answer"
	session
	post "$dir/garbage"
	refused 500 'one that is broken stops appraisals'
	has "$dir/body" OCSP_MALFORMED 'and why'
	rm "$dir/answer"
	post "$dir/garbage"
	refused 500 'as does one that is gone'
	cp "$dir/answer.good" "$dir/answer"
	post "$dir/garbage"
	is "$code" 200 'answered anew, the same session is appraised'
	stop
fi

# --- a Unix socket ----------------------------------------------------------
"$verifier" serve --listen "unix:$dir/socket" --store "$dir/assay.db" \
	--key "$dir/key.pem" --port-file "$dir/port" >"$dir/out" 2>&1 &
server=$!
tries=0
while [ ! -S "$dir/socket" ] && [ $tries -lt 50 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
sleep 0.2
ask --unix-socket "$dir/socket" http://localhost/healthz
is "$code" 200 'a Unix socket'
is "$(stat -c %a "$dir/socket")" 660 'for owner and group'
exits 69 'which another may not take' "$verifier" serve \
	--listen "unix:$dir/socket" --store "$dir/assay.db" \
	--key "$dir/key.pem"
stop
[ ! -e "$dir/socket" ]
ok $? 'and which goes with the service'

is "$(find "$dir" -name '*.pem.*' -o -name 'port.*' | wc -l)" 0 \
	'no temporary file is left'
echo "1..$count"
[ $failed -eq 0 ]
