#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is installed serves a stranger's program through pkg-config and through
# CMake, the manual pages are there, and nothing for tests is.  TAP.
# shellcheck disable=SC2317 # functions are called through check
set -eu

: "${ASSAY_BIN:?folder of the programs}" "${ASSAY_SOURCE:?source tree}"
build=$(dirname "$ASSAY_BIN")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/usr
n=0

# check TEXT COMMAND...: one line of TAP.
check() {
	text=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "ok $n - $text"
	else
		sed 's/^/# /' "$work/out"
		echo "not ok $n - $text"
		failed=1
	fi
}
failed=0

cat >"$work/main.c" <<'PROGRAM'
#include <assay/verify.h>
#include <stdio.h>
#include <string.h>

int
main(void)
{
	struct assay *ctx = assay_new();
	struct assay_result *r = assay_verify(ctx, NULL, 0, "\xa0", 1);
	struct assay_reason why = {0};

	assay_result_reason(r, 0, &why);
	puts(why.code);
	assay_result_free(r);
	assay_free(ctx);
	return strcmp(why.code, "CMW_EMPTY");
}
PROGRAM
mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<'PROJECT'
cmake_minimum_required(VERSION 3.25)
project(stranger C)
find_package(assay REQUIRED)
add_executable(stranger ../main.c)
target_link_libraries(stranger assay::assay)
PROJECT

with_pkg_config() {
	# shellcheck disable=SC2046 # a list of flags
	PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name assay.pc)") \
		sh -c 'cc -o "$1/a" "$1/main.c" $(pkg-config --cflags --libs assay)' \
		sh "$work"
	LD_LIBRARY_PATH=$lib "$work/a"
}

with_cmake() {
	cmake -S "$work/project" -B "$work/b" -DCMAKE_PREFIX_PATH="$prefix" &&
		cmake --build "$work/b" && LD_LIBRARY_PATH=$lib "$work/b/stranger"
}

nothing_of_tests() {
	! find "$prefix" | grep -E 'simulated|hostile|forge|inside'
}

# A link that somebody laid where a program goes.
no_link_followed() {
	[ "$(cat "$work/victim")" = untouched ] && [ ! -L "$prefix/bin/assay" ]
}
mkdir -p "$prefix/bin"
echo untouched >"$work/victim"
ln -s "$work/victim" "$prefix/bin/assay"
check "cmake --install" cmake --install "$build" --prefix "$prefix"
check "N10: installing follows no link" no_link_followed
lib=$(dirname "$(find "$prefix" -name libassay.so.0 | head -n 1)")
if grep -q 'ASSAY_SANITIZE:STRING=.' "$build/CMakeCache.txt"; then
	n=$((n + 1))
	echo "ok $n - a stranger's program # SKIP sanitizers"
else
	check "a program built with pkg-config" with_pkg_config
	check "a program built with find_package" with_cmake
fi
probe=
[ ! -e "$ASSAY_BIN/assay-probe" ] || probe="assay-probe assay-inband"
for program in assay assay-agent assay-enroll assay-verifier assay-rim-import $probe; do
	check "$program runs where it was installed" \
		"$prefix/bin/$program" --version
done
# What systemd says of the units, with the program where it was installed.
units_are_good() {
	mkdir "$work/units" &&
		cp "$prefix/lib/systemd/system/assay-agent.timer" "$work/units" &&
		sed "s|^ExecStart=[^ ]*/|ExecStart=$prefix/bin/|" \
			"$prefix/lib/systemd/system/assay-agent.service" \
			>"$work/units/assay-agent.service" &&
		systemd-analyze verify --man=no --recursive-errors=no \
			"$work/units/assay-agent.service" \
			"$work/units/assay-agent.timer" 2>&1 | tee "$work/said" &&
		[ ! -s "$work/said" ]
}
if command -v systemd-analyze >/dev/null; then
	check "systemd understands service and timer" units_are_good
else
	n=$((n + 1))
	echo "ok $n - systemd understands service and timer # SKIP no systemd"
fi
check "the users of the processes" grep -q '^u assay-seal ' \
	"$prefix/lib/sysusers.d/assay.conf"
check "nothing of the tests is installed" nothing_of_tests
for page in man1/assay.1 man3/libassay.3 man5/assay-policy.5 \
	man8/assay-agent.8 man8/assay-enroll.8 man8/assay-verifier.8 \
	${probe:+man1/assay-probe.1 man8/assay-inband.8}; do
	check "manual page $page" test -s "$prefix/share/man/$page"
	check "$page is clean mdoc" \
		mandoc -T lint -W warning "$prefix/share/man/$page"
done
echo "1..$n"
exit $failed
