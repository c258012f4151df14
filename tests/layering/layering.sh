#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What each layer imports, exports and links, and how much code the agent is.
# ASSAY_BIN, ASSAY_LIB and ASSAY_SOURCE name the programs, the libraries and
# the tree.
set -u
LC_ALL=C
export LC_ALL

src=${ASSAY_SOURCE:?}
bin=${ASSAY_BIN:?}
lib=${ASSAY_LIB:?}
code=$src/tests/layering/code.awk
core=$lib/libassay-core.a
assay=$lib/libassay.so
most_lines=10000
# As the design has it.
most_exports=15

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

# Sanitizers and coverage bring symbols of their own.
instruments='^__(asan|ubsan|sanitizer|sancov|tsan|gcov|llvm|lsan|odr)_|^_ITM_'

# What an object imports from outside itself.
imports() {
	nm -D --undefined-only "$1" | awk '{sub(/@.*/, "", $2); print $2}' |
	    grep -Ev "$instruments" | sort -u
}

needed() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

# Symbols of an object that are not stripped away.
symbols() {
	nm "$1" 2>/dev/null | awk '{print $NF}' | sort -u
}

# core: memory functions and its named libraries; no files, sockets, clock,
# heap.
memory='mem(cmp|cpy|move|set|chr)|bcmp|explicit_bzero|str(len|chr|cmp|ncmp)'
memory="$memory|__(memcpy|memmove|memset)_chk|__stack_chk_(fail|guard)"
memory="$memory|_GLOBAL_OFFSET_TABLE_"
libraries='cbor_[a-z0-9_]+|psa_[a-z0-9_]+|mbedtls_[a-z0-9_]+'
libraries="$libraries|inflate(End|Init_)?|compress"
nm "$core" 2>/dev/null | awk '$1 == "U" {print $2}' | sort -u >"$work/undefined"
nm "$core" 2>/dev/null | awk '$2 ~ /^[A-TV-Z]$/ {print $3}' | sort -u \
    >"$work/defined"
comm -23 "$work/undefined" "$work/defined" | grep -Ev "$instruments" |
    grep -Evx "$memory|$libraries" >"$work/out"
[ -s "$work/undefined" ] || echo "no symbols in $core" >"$work/out"
check 'core imports memory functions and its libraries, nothing else' \
    "$work/out"

# libassay: the map is what is exported.
sed -n 's/^[[:space:]]*\(assay_[a-z_]*\);.*/\1/p' "$src/verifier/assay.map" |
    sort >"$work/map"
nm -D --defined-only "$assay" | awk '$2 != "A" {sub(/@.*/, "", $3); print $3}' |
    grep -Ev "$instruments" | sort >"$work/exports"
comm -3 "$work/map" "$work/exports" >"$work/out"
[ -s "$work/exports" ] || echo "no symbols in $assay" >"$work/out"
check 'libassay exports what its map names' "$work/out"

: >"$work/out"
count=$(wc -l <"$work/exports")
[ "$count" -le "$most_exports" ] || echo "$count functions" >"$work/out"
check "libassay exports at most $most_exports functions ($count)" "$work/out"

grep -hv '^typedef' "$src"/include/assay/*.h | grep -o 'assay_[a-z_]*(' |
    tr -d '(' | sort -u >"$work/declared"
comm -3 "$work/map" "$work/declared" >"$work/out"
check 'the installed headers declare what is exported' "$work/out"

# libassay: pure functions and memory; no I/O, no clock, no processes.
pure='str[a-z]+|mem[a-z]+|bcmp|(m|c|re)alloc|free|timegm|gmtime_r|qsort|bsearch'
pure="$pure|v?snprintf|__v?snprintf_chk|__[a-z_]+_chk|__stack_chk_fail"
pure="$pure|explicit_bzero|__cxa_finalize|__gmon_start__|__errno_location"
pure="$pure|__ctype_b_loc|__isoc23_[a-z]+|json_[a-z0-9_]+|ini_parse_string"
imports "$assay" | grep -Evx "$pure|$libraries" >"$work/out"
check 'libassay imports no I/O, clock or processes' "$work/out"

needed "$assay" | grep -Ev \
    '^lib(mbedx509|mbedcrypto|cbor|z|jansson|inih|c|m)\.so' |
    grep -Ev '^(lib(asan|ubsan|clang_rt)|ld-linux)' >"$work/out"
check 'libassay links its own libraries alone' "$work/out"

# Only the agent knows platforms and TPMs.
: >"$work/out"
for file in "$assay" "$bin/assay" "$bin/assay-verifier"; do
	[ -e "$file" ] || continue
	needed "$file" | grep tss2 | sed "s|^|${file##*/}: |" >>"$work/out"
	symbols "$file" | grep -Ex '(platform_|rot_|platforms|Tss2_).*' |
	    sed "s|^|${file##*/}: |" >>"$work/out"
done
check 'libassay, tool and service link neither platform nor a TPM stack' \
    "$work/out"

: >"$work/out"
symbols "$bin/assay-agent" | grep -qx 'platform_find' ||
    echo 'assay-agent has no platform_find' >"$work/out"
check 'the agent links platform' "$work/out"

# The tool and the library speak to no network and start no program.
network='socket|socketpair|connect|bind|listen|accept4?|send(to|m?msg)?'
network="$network|recv(from|m?msg)?|getaddrinfo|gethostby[a-z_]+"
start='exec[lv][a-z]*|execveat|fexecve|posix_spawnp?|system|popen|dlm?open'
: >"$work/out"
for file in "$assay" "$bin/assay"; do
	imports "$file" | grep -Ex "$network|$start" |
	    sed "s|^|${file##*/}: |" >>"$work/out"
done
check 'tool and library import neither sockets nor exec' "$work/out"

: >"$work/out"
for file in "$bin/assay-agent" "$bin/assay-enroll"; do
	imports "$file" |
	    grep -Ex 'exec[lv][a-z]*|execveat|fexecve|posix_spawnp?|system|popen' |
	    sed "s|^|${file##*/}: |" >>"$work/out"
done
check 'the agent imports nothing that starts a program' "$work/out"

# What opens credentials is in the program that an operator runs once.
credential='rot_(ek|activate|keep_ak)|enrol_[a-z_]+|Tss2_Sys_ActivateCred.*'
symbols "$bin/assay-agent" | grep -Ex "$credential" >"$work/out"
symbols "$bin/assay-enroll" | grep -qx rot_activate ||
    echo 'assay-enroll has no rot_activate' >>"$work/out"
check 'the agent can pass no credential to a TPM' "$work/out"

# A GPU is made to work by the probe alone, which is nobody's part.
grep -lE 'libcuda\.so|cuLaunchKernel' "$assay" "$bin/assay" \
    "$bin/assay-agent" "$bin/assay-verifier" >"$work/out" 2>/dev/null
for file in "$bin"/*; do
	case $file in */assay-probe) continue ;; esac
	symbols "$file" | grep -Ex '(burst|cuda)_.*' |
	    sed "s|^|${file##*/}: |" >>"$work/out"
done
check 'no program but the probe knows the CUDA driver' "$work/out"

# The agent's trusted code as packaged: each source that the linker took into
# it, with every header of ours that these include.  Simulated and recorded
# boards are not packaged.
lines_of() {
	while read -r file; do
		awk -f "$code" "$file"
	done | wc -l
}

# Sources on standard input, and what they include of this tree.
with_headers() {
	xargs "${CC:-cc}" -MM -MG -DASSAY_AGENT -I"$src/include" -I"$src/core" \
	    -I"$src/agent" -I"$src/platform" |
	    grep -Eo "$src/[^ ]+\.(c|h|def)" | sort -u
}

# The linker notes the name of each source once.
readelf -sW "$bin/assay-agent" | awk '$4 == "FILE" { print $NF }' |
    sort -u >"$work/names"
for file in "$src"/agent/*.c "$src"/platform/*.c "$src"/core/*.c; do
	grep -Fqx "${file##*/}" "$work/names" && echo "$file"
done >"$work/linked"
grep -Ev '/platform/(simulated[a-z_]*|recorded)\.c$' "$work/linked" |
    with_headers >"$work/packaged"
with_headers <"$work/linked" | comm -23 - "$work/packaged" >"$work/boards"
total=$(lines_of <"$work/packaged")
: >"$work/out"
[ "$total" -le "$most_lines" ] || echo "$total lines" >"$work/out"
for file in agent/main.c core/bytes.c platform/platform.c include/status.def; do
	grep -Fqx "$src/$file" "$work/packaged" ||
	    echo "$file is not counted" >>"$work/out"
done
check "the agent's trusted code: $total of at most $most_lines lines \
(boards of test builds: $(lines_of <"$work/boards") more)" "$work/out"

# A code that nothing gives is a promise that nothing keeps.
find "$src/agent" "$src/core" "$src/include" "$src/platform" "$src/probe" \
    "$src/verifier" -name '*.[ch]' -exec awk -f "$code" {} \; |
    grep -Eo '[A-Z][A-Z0-9_]+' | sort -u >"$work/used"
sed -n 's/^STATUS(\([A-Z0-9_]*\),.*/\1/p' "$src"/include/status*.def |
    sort >"$work/codes"
comm -23 "$work/codes" "$work/used" >"$work/out"
check "every code of an outcome is used ($(wc -l <"$work/codes"))" \
    "$work/out"

# What the agent's own sources name has to stand in its part of the list.
xargs -n 1 awk -f "$code" <"$work/linked" | sed 's/"[^"]*"//g' |
    grep -Eo '[A-Z][A-Z0-9_]+' | sort -u >"$work/named"
sed -n 's/^STATUS(\([A-Z0-9_]*\),.*/\1/p' \
    "$src/include/status_verifier.def" | sort | comm -12 - "$work/named" >"$work/out"
grep -Fqx INTERNAL "$work/named" || echo "no codes" >>"$work/out"
check 'the agent gives no code that is left to verifiers' "$work/out"

echo "1..$n"
exit $bad
