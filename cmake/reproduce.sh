#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does the same source give the same programs?
#
#	sh cmake/reproduce.sh [DIGESTS]
#
# Builds the release twice from clean copies of this tree: in two folders, in
# two time zones, languages and umasks, with files of two ages, by two users
# when root asks, and compares every program.  Prints their SHA-256.  With
# DIGESTS, the SHA256SUMS of a release, compares with these too.
# 0: equal; 1: not; 64: usage; else what failed while building.
set -eu
LC_ALL=C
export LC_ALL

recorded=
case $# in
0) ;;
1)
	recorded=$(realpath -- "$1") || exit 64
	if [ ! -f "$recorded" ] || [ ! -r "$recorded" ]; then
		echo "reproduce: $1: cannot be read; give the SHA256SUMS of a" \
			"release" >&2
		exit 64
	fi
	;;
*)
	echo "usage: sh cmake/reproduce.sh [DIGESTS]" >&2
	exit 64
	;;
esac
cd "$(dirname "$0")/.."

work=$(mktemp -d)
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
	chmod -R u+rwX "$work" 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
chmod 711 "$work"

# export_to FOLDER: the tree without what was built in it.
export_to() {
	mkdir -p "$1"
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -z --cached --others --exclude-standard |
			tar -c --null -T - --ignore-failed-read 2>/dev/null
	else
		tar -c --exclude=./build --exclude=./.git .
	fi | tar -x -C "$1"
}

# build FOLDER [COMMAND...]: the release of FOLDER, begun by COMMAND.
build() {
	folder=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's own
	"$@" sh -c 'cd "$1" && umask "$2" && {
		cmake --preset release -DASSAY_TESTS=OFF &&
		cmake --build --preset release -- --quiet
	} >"$1/build.log" 2>&1' sh "$folder" "$mask" || {
		echo "reproduce: the build in $folder failed:" >&2
		tail -n 20 "$folder/build.log" >&2
		exit 70
	}
}

# Two places that differ in all that must not matter.
one=$work/one
two=$work/another/folder/with-a-longer-name
export_to "$one"
export_to "$two"
find "$two" -exec touch -h -d '2001-02-03 04:05:06' {} +
mask=022
build "$one" env TZ=UTC0 LC_ALL=C USER=one HOME=/
other='the same user'
as=
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
	other='the user 65534'
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chmod 755 "$work/another" "$work/another/folder"
	chown -R 65534:65534 "$two"
fi
mask=077
# shellcheck disable=SC2086 # a list of words, or none
build "$two" $as env TZ=LATE-13 LC_ALL=C.UTF-8 USER=two HOME=/nonexistent

# Every program that was built is on record, and the records are equal.
bad=0
for root in "$one" "$two"; do
	(
		cd "$root/build/release"
		sha256sum --quiet -c SHA256SUMS
		for file in bin/* lib/lib*.so; do
			real=$(realpath --relative-to=. "$file")
			grep -q "  $real\$" SHA256SUMS || {
				echo "reproduce: $file has no digest" >&2
				exit 1
			}
		done
	) || bad=1
done
echo "# built twice from clean copies; the second in another folder, time"
echo "# zone, language and umask, by $other, with"
sed 's/^/#   /' "$one/build/release/BUILDINFO"
while read -r sum name; do
	if cmp -s "$one/build/release/$name" "$two/build/release/$name"; then
		echo "$sum  $name"
	else
		bad=1
		echo "reproduce: $name: not the same bytes:" >&2
		cmp "$one/build/release/$name" "$two/build/release/$name" >&2 || true
	fi
done <"$one/build/release/SHA256SUMS"
cmp -s "$one/build/release/SHA256SUMS" "$two/build/release/SHA256SUMS" || bad=1
for file in "$one"/build/release/lib/*.a; do
	cmp "$file" "$two/build/release/lib/${file##*/}" >&2 || bad=1
done
[ "$bad" -eq 0 ] || {
	echo "reproduce: two builds differ" >&2
	exit 1
}

# What is shipped can start no program, listen to nobody, set nothing.
sh "$one/tests/layering/no_kill.sh" "$one/build/release/bin/assay-agent" \
	"$one/build/release" || {
	echo "reproduce: the agent could do more than it should" >&2
	exit 1
}

if [ -n "$recorded" ]; then
	(cd "$one/build/release" && sha256sum -c "$recorded") || {
		echo "reproduce: not what $recorded has; is everything above" \
			"as in the BUILDINFO beside it?" >&2
		exit 1
	}
fi
echo "# equal"
