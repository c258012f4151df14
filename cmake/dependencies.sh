#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The one list of Debian packages.  sh cmake/dependencies.sh [run|test]
# installs what is missing: "run" to build and try assay, "test" (the default)
# for everything that the tests use.
set -eu

BUILD="build-essential cmake ninja-build pkg-config libmbedtls-dev \
libtss2-dev zlib1g-dev libcbor-dev libjansson-dev libinih-dev \
libseccomp-dev libmicrohttpd-dev libsqlite3-dev libxml2-dev"
TRY="swtpm"
TEST="clang libclang-rt-dev libcmocka-dev swtpm-tools tpm2-tools curl \
strace mandoc shellcheck openssl libssl-dev sqlite3 git python3"

case "${1:-test}" in
run) want="$BUILD $TRY" ;;
test) want="$BUILD $TRY $TEST" ;;
*)
	echo "usage: sh cmake/dependencies.sh [run|test]" >&2
	exit 64
	;;
esac

missing=
for package in $want; do
	state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || state=
	[ "$state" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	sudo=
elif command -v sudo >/dev/null 2>&1; then
	sudo=sudo
else
	echo "these packages are missing, install them as root:$missing" >&2
	exit 77
fi
echo "installing:$missing"
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq \
	--no-install-recommends $missing >/dev/null
