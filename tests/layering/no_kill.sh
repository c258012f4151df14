#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What assay-agent could do at all, from its symbols: run it against the
# program that was shipped, and against the objects that it was linked from.
#
#	sh tests/layering/no_kill.sh AGENT [FOLDER-OF-OBJECTS]
#
# Prints TAP.  ASSAY_BIN instead of AGENT: that build's program and objects.
set -u
LC_ALL=C
export LC_ALL

agent=${1:-${ASSAY_BIN:?or name the program}/assay-agent}
objects=${2:-}
[ $# -gt 0 ] || objects=$(dirname "$ASSAY_BIN")
[ -r "$agent" ] || {
	echo "no_kill: $agent: cannot be read" >&2
	exit 74
}

work=$(mktemp -d) || exit 74
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
n=0
bad=0

# check NAME FILE: holds when FILE is empty; its lines are what is wrong.
check() {
	n=$((n + 1))
	if [ -s "$2" ]; then
		bad=1
		echo "not ok $n - $1"
		sed 's/^/# /' "$2"
	else
		echo "ok $n - $1"
	fi
}

# Names of symbols, without versions and without fortification.
names() {
	awk '{print $NF}' | sed 's/@.*//; s/^__\(.*\)_chk$/\1/; s/^__libc_//' |
	    grep -Ev '^__(asan|ubsan|sanitizer|sancov|tsan|gcov|llvm|lsan)_' |
	    sort -u
}

# Symbols that a program or a shared library wants from others.
imports() {
	nm -D --undefined-only "$1" | names
}

# Each that would start a program, load code, or take a host over.
start='exec[lv][a-z]*|execveat|fexecve|posix_spawnp?|system|popen|dlmopen'
start="$start|wordexp|ptrace|process_vm_(read|write)v"
host='reboot|kexec_(file_)?load|(f?init|delete)_module|u?mount2?|umount'
host="$host|pivot_root|swapo(n|ff)|io(perm|pl)|set(host|domain)name"
host="$host|settimeofday|clock_settime|clock_adjtime|adjtimex|stime"
host="$host|setpriority|nice|sched_set[a-z]*|mknod(at)?|acct|quotactl|bpf"
serve='bind|listen|accept4?'

imports "$agent" >"$work/imports"
grep -Ex "$start" "$work/imports" >"$work/out"
[ "$(wc -l <"$work/imports")" -gt 50 ] || echo "no symbols" >>"$work/out"
check 'the agent imports nothing that starts a program' "$work/out"
grep -Ex "$host" "$work/imports" >"$work/out"
check 'nor anything that stops or changes a host' "$work/out"
grep -Ex "$serve" "$work/imports" >"$work/out"
check 'nor anything that listens (K1, N3)' "$work/out"
loads='(Esys|Tss2_Sys)_(ContextLoad|TR_Deserialize|Load|LoadExternal|Import).*'
grep -Ex "$loads|(Tss2_)?Fapi_.*" "$work/imports" >"$work/out"
check 'nor anything that loads a saved key, context or session (N53)' "$work/out"
grep -E '^mbedtls_net_' "$work/imports" >"$work/out"
check 'nor the sockets of its TLS library' "$work/out"

# A library is looked for where the system has them, and nowhere else.
readelf -d "$agent" | grep -E '\((RPATH|RUNPATH)\)' >"$work/out"
check 'the agent looks for libraries in no folder of its own' "$work/out"

# What it links.  A TLS library can listen, and is not asked to (above).
known='libmbed(tls|x509|crypto)|libinih|libjansson|libcbor|libz|libseccomp'
known="$known|libtss2-(sys|mu|tcti-(device|swtpm))|libc|ld-linux-.*"
# Sanitizers bring libraries of their own.
nm "$agent" 2>/dev/null | grep -qE ' __(asan_init|ubsan_handle)' &&
	known="$known|libm|libgcc_s|libdl|libpthread|librt|libresolv"
needed() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
	    grep -Ev '^lib(asan|ubsan|clang_rt)'
}
needed "$agent" | grep -Evx "($known)\.so[.0-9]*" >"$work/out"
check "the agent links $(needed "$agent" | wc -l) libraries, all known" \
    "$work/out"
: >"$work/out"
ldd "$agent" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// {print $3}' |
    while read -r library; do
	case ${library##*/} in
	libc.so.* | libm.so.* | libpthread* | libdl.so* | librt.so*) ;;
	libasan* | libubsan* | libgcc_s*) ;;
	libmbedtls.so.*) imports "$library" | grep -Ex "$start" ;;
	*) imports "$library" | grep -Ex "$start|$serve|$host" ;;
	esac | sed "s|^|$library: |"
done >>"$work/out"
check 'none of which starts a program or listens' "$work/out"

# Vendors' libraries: by fixed names, and getters of them alone.
grep -aoE 'lib[A-Za-z0-9_+-]+\.so[.0-9]*' "$agent" | sort -u >"$work/named"
needed "$agent" | sort -u | comm -23 "$work/named" - |
    grep -Evx 'libnvidia-ml\.so\.1|lib(a|ub)san\.so[.0-9]*' \
    >"$work/out"
grep -q libnvidia-ml "$work/named" || echo 'no vendor library' >>"$work/out"
check 'the one vendor library that it names: libnvidia-ml.so.1' "$work/out"
vendor='(nvml|nvsdm|nscq|rsmi|amdsmi|zes|hlml|corelib)_?[A-Za-z0-9_]+'
grep -aoE "(^|[^A-Za-z0-9_])$vendor" "$agent" |
    grep -aoE "$vendor" | sort -u >"$work/vendor"
grep -E '^nvml[A-Z]' "$work/vendor" |
    grep -Ev '^nvml((Device|System)Get[A-Za-z0-9_]+|Init_v2|Shutdown)$' \
    >"$work/out"
[ "$(grep -c '^nvml[A-Z]' "$work/vendor")" -gt 20 ] ||
    echo 'no functions of NVML' >>"$work/out"
check "$(grep -c '^nvml[A-Z]' "$work/vendor") functions of NVML, getters all" \
    "$work/out"
grep -Ei '_?(set|reset|clear|write|update|enable|disable|flash|kill|inject)' \
    "$work/vendor" | grep -Ev \
    '^(nvmlDeviceGet|nvmlSystemGet|nvml_cc_settings$)' >"$work/out"
check 'and no setter of any vendor' "$work/out"

# The objects: who speaks to what.  A row is a source and all it may import
# of what the pattern has; message.c speaks over the pair that process.c made.
table='agent/net.c:socket connect send recv getsockopt setsockopt getaddrinfo
agent/tls.c:send recv
agent/message.c:send recv
agent/process.c:socketpair fork kill waitpid
agent/selfcheck.c:kill waitpid
agent/worker.c:fork kill waitpid
platform/vendor.c:dlopen
platform/gaudi.c:ioctl
platform/sandbox_linux.c:syscall
platform/sandbox.c:syscall
agent/sandbox.c:syscall'
watched='socket|socketpair|connect|send(to|m?msg)?|recv(from|m?msg)?'
watched="$watched|shutdown|[gs]etsockopt|get(peer|sock)name|getaddrinfo"
watched="$watched|gethostby.*|fork|vfork|clone3?|kill|tgkill|sigqueue|waitpid"
watched="$watched|dlopen|ioctl|syscall|$start|$serve|$host"
if [ -n "$objects" ]; then
	: >"$work/out"
	: >"$work/seen"
	find "$objects/agent" "$objects/platform" "$objects/core" \
	    -name '*.o' ! -path '*simulated-board*' >"$work/objects"
	while read -r object; do
		source=${object#"$objects"/}
		source=${source%%/*}/${source##*/}
		source=${source%.o}
		allowed=$(printf '%s\n' "$table" | sed -n "s|^$source:||p")
		for symbol in $(nm --undefined-only "$object" | names |
		    grep -Ex "$watched"); do
			echo "$source" >>"$work/seen"
			case " $allowed " in
			*" $symbol "*) ;;
			*) echo "$source: $symbol" >>"$work/out" ;;
			esac
		done
	done <"$work/objects"
	grep -qx agent/net.c "$work/seen" || echo 'no objects' >>"$work/out"
	check "$(wc -l <"$work/objects") objects: sockets in [send] and the \
pair between processes alone" "$work/out"
fi
echo "1..$n"
exit $bad
