#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every file argument of every command of "assay", and every file that could
# be there instead of the right one: one line that names it, the right exit
# status, at once, and nothing written.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

forge=$ASSAY_TEST_BIN/forge-quote
nonce=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
cd "$work" || exit 1
mkdir good bad empty.d
"$forge" honest good 2>err || { check 1 "an honest quote" && plan; }
printf 'clock=1\nreset-count=1\n' >good/state
printf 'not a boot log, but it will never be reached' >good/eventlog
head -c 64 good/msg >good/bundle

# --- What may be there instead.

: >bad/empty
mkdir bad/folder
mkfifo bad/fifo
ln -s /dev/zero bad/zero
ln -s loop bad/loop
truncate -s 10G bad/sparse
head -c 4096 /dev/urandom >bad/random
head -c 4096 /dev/zero >bad/zeros
awk 'BEGIN { for (i = 0; i < 2000; i++) print "line " i }' >bad/text
ln -s "$work/nowhere" bad/dangling
name=$(printf '%0300d' 0)

# kind NAME STATUS CODE: what must be said whatever the argument is.
kinds='missing 74 FILE_MISSING
dangling 74 FILE_MISSING
empty 65 FILE_EMPTY
folder 74 FILE_NOT_REGULAR
fifo 74 FILE_NOT_REGULAR
zero 74 FILE_NOT_REGULAR
loop 74 FILE_READ
sparse 65 FILE_TOO_LARGE
empty/below 74 FILE_MISSING'

# Files hidden from us, when somebody else can be played.
hidden=
if [ "$(id -u)" -ne 0 ]; then
	printf x >bad/hidden
	chmod 0 bad/hidden
	hidden=mode
elif chmod 711 "$work" && printf x >bad/hidden && chmod 600 bad/hidden &&
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$assay" --version >out 2>err; then
	hidden=setpriv
fi

# One line on standard error that has TEXT in it.
one_line() {
	[ "$(wc -l <err)" -eq 1 ] && grep -qF -e "$1" err
}

# Before and after: nothing may be made or changed by any run.
listing() {
	find "$work" ! -name out ! -name err ! -name before ! -name after \
		! -path "$work" -printf '%p %s %m %T@\n' | sort
}

# argument NAME COMMAND...: the command with @ where the file goes.
argument() {
	a_name=$1
	shift
	while read -r kind want code; do
		with "bad/$kind" "$@"
		[ "$status" -eq "$want" ] && said "$code" &&
			one_line "bad/$kind" && [ ! -s out ]
		check $? "$a_name: $kind"
	done <<END
$kinds
END
	with "bad/$name" "$@"
	[ "$status" -eq 74 ] && one_line FILE_READ
	check $? "$a_name: a name that is too long"
	with "" "$@"
	[ "$status" -eq 74 ] && one_line FILE_MISSING
	check $? "$a_name: an empty name"
	for kind in random zeros text; do
		with "bad/$kind" "$@"
		case $status in
		1) [ ! -s err ] ;;
		64 | 65) one_line "bad/$kind" ;;
		*) false ;;
		esac
		check $? "$a_name: $kind"
	done
	hide "$a_name: unreadable" "$@"
}

# with FILE COMMAND...: run it with FILE in the place of @.
with() {
	w_file=$1
	shift
	for word in "$@"; do
		shift
		[ "$word" != @ ] || word=$w_file
		set -- "$@" "$word"
	done
	run "$@"
}

# hide NAME COMMAND...: the same with a file that may not be read.
hide() {
	h_name=$1
	shift
	if [ -z "$hidden" ]; then
		skip "$h_name" "nobody else to be"
		return
	fi
	for word in "$@"; do
		shift
		[ "$word" != @ ] || word=bad/hidden
		set -- "$@" "$word"
	done
	if [ $hidden = setpriv ]; then
		set -- setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$assay" "$@"
	else
		set -- "$assay" "$@"
	fi
	timeout -k 5 120 "$@" >out 2>err
	status=$?
	[ "$status" -eq 77 ] && said PERMISSION && one_line bad/hidden
	check $? "$h_name"
}
chmod -R a+rX good

listing >before
argument "show FILE" show @
argument "verify FILE" verify @
argument "verify FILE with a nonce" verify --nonce $nonce @
argument "verify --policy" verify --policy @ good/bundle
argument "verify --anchor" verify --anchor @ good/bundle
argument "verify --crl" verify --crl @ good/bundle
argument "verify --ocsp" verify --ocsp @ good/bundle

# The rest of a good quote, with one file to be given wrongly.
argument "check quote --ak" check quote --nonce $nonce --attest good/msg \
	--signature good/sig --ak @
argument "check quote --attest" check quote --nonce $nonce \
	--ak good/ak.pub --signature good/sig --attest @
argument "check quote --signature" check quote --nonce $nonce \
	--ak good/ak.pub --attest good/msg --signature @
quote="--nonce $nonce --ak good/ak.pub --attest good/msg --signature good/sig"
# shellcheck disable=SC2086
set -- check quote $quote
for option in pcrs eventlog ek-pub state; do
	argument "check quote --$option" "$@" --$option @
done

# Good files cut at each length: never accepted, never a crash.
for part in ak.pub msg sig pcrs ek.pub; do
	size=$(stat -c %s good/$part)
	bad=0
	cut=1
	while [ $cut -lt "$size" ]; do
		head -c $cut good/$part >out.part
		set -- --ak good/ak.pub --attest good/msg \
			--signature good/sig --pcrs good/pcrs \
			--ek-pub good/ek.pub
		for word in "$@"; do
			shift
			[ "$word" != good/$part ] || word=out.part
			set -- "$@" "$word"
		done
		run check quote --nonce $nonce "$@"
		case $status in
		1 | 65) ;;
		*)
			bad=$((bad + 1))
			echo "# $cut bytes of $part: exit $status"
			;;
		esac
		[ "$size" -lt 300 ] && cut=$((cut + 1)) || cut=$((cut + 7))
	done
	rm -f out.part
	[ $bad -eq 0 ]
	check $? "check quote: $part cut at its $size bytes"
done
listing >after
cmp -s before after
check $? "no run has written anything"

# --- Standard output that takes nothing.

if [ -w /dev/full ]; then
	for words in "--version" "--help" "verify --help" \
		"show bad/random" "verify bad/random" \
		"check quote $quote"; do
		: >out
		# shellcheck disable=SC2086
		timeout 120 "$assay" $words >/dev/full 2>err
		status=$?
		[ $status -eq 74 ] && one_line FILE_WRITE
		check $? "a full disk: $words"
		# shellcheck disable=SC2086
		timeout 120 "$assay" $words >&- 2>err
		status=$?
		[ $status -eq 74 ] && one_line FILE_WRITE
		check $? "no standard output: $words"
	done
else
	skip "a full disk" "no /dev/full"
fi

# --- The command line.

for command in "" verify show "check quote"; do
	# shellcheck disable=SC2086
	expect 0 - "help: assay $command" $command --help
	grep -q '^usage: assay' out && [ ! -s err ]
	check $? "it tells the usage: assay $command"
	# shellcheck disable=SC2086
	expect 64 USAGE "unknown option: assay $command" $command --frobnicate
	one_line frobnicate
	check $? "it is named: assay $command"
	# shellcheck disable=SC2086
	expect 64 USAGE "short option: assay $command" $command -x good/msg
done
run
[ $status -eq 64 ] && [ ! -s out ]
check $? "no command at all"
expect 64 USAGE "half a command" check
expect 64 USAGE "another half" check frobnicate
expect 64 USAGE "no file to show" show
expect 64 USAGE "two files to show" show good/msg good/sig
expect 64 USAGE "no file to verify" verify
expect 64 USAGE "two files to verify" verify good/msg good/sig
expect 64 USAGE "an option without its value" verify good/msg --nonce
expect 64 USAGE "a nonce of an odd length" verify --nonce 012 good/msg
expect 64 USAGE "a nonce of 31 bytes" verify --nonce "${nonce%??}" good/msg
expect 64 USAGE "a nonce that is no number" verify --nonce "${nonce%?}g" \
	good/msg
expect 64 USAGE "a key name that is none" verify --ak-name 0g good/msg
expect 64 USAGE "a time that is none" verify --at yesterday good/msg
expect 64 USAGE "a day that is none" verify --at 2026-02-30 good/msg
expect 64 USAGE "a time too large" verify --at 99999999999999999999 good/msg
printf '[policy]\nname = once\n' >policy
expect 64 USAGE "a nonce twice" verify --nonce $nonce --nonce $nonce good/msg
expect 64 USAGE "a policy twice" verify --policy policy --policy policy good/msg
expect 64 USAGE "a key name twice" verify --ak-name 00 --ak-name 00 good/msg
expect 64 USAGE "a time twice" verify --at now --at now good/msg
expect 64 USAGE "quote: no key" check quote --attest good/msg \
	--signature good/sig --nonce $nonce
expect 64 USAGE "quote: no attest" check quote --ak good/ak.pub \
	--signature good/sig --nonce $nonce
expect 64 USAGE "quote: no signature" check quote --ak good/ak.pub \
	--attest good/msg --nonce $nonce
expect 64 USAGE "quote: a key twice" check quote --ak good/ak.pub \
	--ak good/ak.pub --attest good/msg --signature good/sig --nonce $nonce
# shellcheck disable=SC2086
set -- check quote $quote
for list in "" sha256 sha256: sha256:24 sha256:0,0 "sha256:0," md5:0 \
	sha256:0+ sha256:0+sha256:1 sha256:-1 "sha256: 1" SHA256:1 sha256:01; do
	expect 65 TEXT_MALFORMED "--select '$list'" "$@" --select "$list"
done
expect 0 - "after all, the quote holds" "$@" --pcrs good/pcrs

# --- What cannot be printed was not said.

"$assay" "$@" --pcrs good/pcrs >/dev/full 2>err
[ $? -eq 74 ] && said FILE_WRITE
check $? "a full disk behind a verdict"
"$assay" check quote --help >/dev/full 2>err
[ $? -eq 74 ] && said FILE_WRITE
check $? "a full disk behind a help"

plan
