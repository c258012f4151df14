#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# assay-rim-import as a program: files that are wrong, the store, times, the
# confinement of its parser.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

assay=$ASSAY_BIN/assay-rim-import
: "${ASSAY_LIB:?set it to the folder of libassay}"
samples=${ASSAY_SAMPLES:-none}/nvidia
driver=$samples/NV_GPU_DRIVER_GH100_550.90.07.swidtag
vbios=$samples/NV_GPU_VBIOS_1010_0200_882_96009F0001.swidtag
cd "$work" || exit 1

# --- The command line.

expect 0 - "--help" --help
grep -q '^usage: assay-rim-import' out
check $? "which says how it is used"
expect 0 - "--version" --version
expect 64 USAGE "no file"
expect 64 USAGE "an unknown option" --frobnicate x
expect 64 USAGE "a time that is none" --at yesterday x
expect 64 USAGE "a day that is none" --at 2026-02-30 x
expect 64 USAGE "an import for a time to come" --store s --at 2999-01-01 x
expect 64 USAGE "--check and --store" --check --store s x
: >'a b.xml'
expect 64 USAGE "a name that is no identifier" --check 'a b.xml'

# --- Files that are not manifests: nothing is written.

: >empty.xml
mkdir folder.xml
mkfifo fifo.xml
truncate -s 10G sparse.xml
printf 'hello' >text.xml
printf '<a/>' >element.xml
printf '<a>' >cut.xml
printf '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>' \
	>entity.xml
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "<a>" }' >deep.xml
awk 'BEGIN { printf "<a"; for (i = 0; i < 60000; i++) printf " a%d=\"\"", i
	print "/>" }' >wide.xml
printf '\331\001\365\240' >map.cbor
expect 74 FILE_MISSING "a missing file" --check missing.xml
expect 65 FILE_EMPTY "an empty file" --check empty.xml
expect 74 FILE_NOT_REGULAR "a folder" --check folder.xml
expect 74 FILE_NOT_REGULAR "a FIFO" --check fifo.xml
expect 65 FILE_TOO_LARGE "10 GiB of nothing" --check sparse.xml
expect 65 RIM_UNKNOWN "text" --check text.xml
expect 65 RIM_STRUCTURE "an element" --check element.xml
expect 65 RIM_XML "an element cut short" --check cut.xml
expect 65 RIM_XML_FORM "an entity" --check entity.xml
expect 65 - "200,000 levels" --check deep.xml
expect 65 - "60,000 attributes" --check wide.xml
expect 1 RIM_UNSIGNED "an unsigned CoRIM" --check map.cbor
expect 65 CORIM_MALFORMED "an empty CoRIM" --check --allow-unsigned map.cbor
expect 65 RIM_STRUCTURE "the first failure decides" \
	--check element.xml map.cbor
expect 65 RIM_STRUCTURE "an import that fails" --store kept element.xml
[ "$(ls kept)" = "importer.pem
importer.pub" ]
check $? "leaves keys and nothing else"
expect 65 RIM_STRUCTURE "as JSON" --json --check element.xml
grep -q '"verdict": "none"' out && grep -q '"code": "RIM_STRUCTURE"' out
check $? "the reason is in it"

expect 74 FILE_MISSING "a missing revocation list" \
	--check --crl missing.crl element.xml
expect 65 CRL_MALFORMED "a revocation list that is none" \
	--check --crl text.xml element.xml
expect 65 OCSP_MALFORMED "an OCSP response that is none" \
	--check --ocsp text.xml element.xml
grep -q 'text.xml: not an OCSP response' err
check $? "which is named"

# --- The key.

[ "$(stat -c %a kept/importer.pem)" = 600 ] &&
	[ "$(stat -c %a kept/importer.pub)" = 644 ]
check $? "modes of the keys"
chmod 644 kept/importer.pem
expect 77 FILE_MODE "a key that others can read" --store kept element.xml
chmod 600 kept/importer.pem
mkdir other && expect 65 - "another store" --store other element.xml
expect 64 STORE_KEY "another store's key" \
	--store kept --key other/importer.pem element.xml
printf 'not a key' >kept/importer.pem
expect 65 KEY_MALFORMED "a file that is no key" --store kept element.xml
expect 74 FILE_MISSING "a store in no folder" --store no/such element.xml

if [ ! -r "$driver" ]; then
	skip "genuine manifests" "no samples"
	plan
fi

# --- Genuine manifests.

expect 1 CHAIN_EXPIRED "a signer that has expired" --check "$driver"
grep -q 'CN=HCC RIM L4 Signer: valid until 2026-06-01T02:08:29Z' err
check $? "named, with its end"
expect 0 VERIFIED_AS_OF_OPERATOR_TIME "at a time when it had not" \
	--check --at 2026-03-01 "$driver" "$vbios"
grep -q 'indices   7, 21-40$' out && grep -q 'indices   0-6, 8-12$' out
check $? "active indices of both"
expect 1 CHAIN_EXPIRED "nothing is imported from it" --store store "$driver"
[ ! -e store/NV_GPU_DRIVER_GH100_550.90.07.corim ]
check $? "nor written"
expect 0 - "import" --store store --at 2026-03-01 "$driver" "$vbios"
cp -p store/NV_GPU_DRIVER_GH100_550.90.07.corim first
[ "$(stat -c %a first)" = 644 ]
check $? "mode of the values"
expect 0 - "import again" --store store --at 2026-03-01 "$driver" "$vbios"
grep -q 'already imported' out &&
	cmp -s first store/NV_GPU_DRIVER_GH100_550.90.07.corim
check $? "changes nothing"

# The index: one signature over both, and who reads it.
[ "$(stat -c %a store/importer.index)" = 644 ]
check $? "mode of the index"
# read_store NAME STATUS CODE: the device of these values, compared.
read_store() {
	timeout 20 "$ASSAY_BIN/assay" check gpu --reference store \
		--report "$samples/h100-550.90.07-report.hex" \
		--chain "$samples/h100-550.90.07-chain.pem" \
		--nonce "$nonce" >out 2>err
	status=$?
	[ "$status" -eq "$2" ] && { [ "$3" = - ] || said "$3"; }
	check $? "$1"
}
nonce=$(sed 's/[^0-9a-f]//g; s/^.\{8\}\(.\{64\}\).*/\1/; q' \
	"$samples/h100-550.90.07-report.hex")
read_store "a device and its values" 0 IMPORT_TIME
said SIGNER_REVOCATION
check $? "nobody looked up their signers, which is said"
cp -p store/importer.index index
printf x >>store/importer.index
read_store "a damaged index" 65 CBOR_TRAILING
rm store/importer.index
read_store "no index: each set has its own signature" 0 -
expect 0 - "another store" --store third --at 2026-03-01 "$driver"
cp third/importer.index store/
read_store "another importer's index" 1 REFERENCE_SIGNATURE
cp -p index store/importer.index
cp third/NV_GPU_DRIVER_GH100_550.90.07.corim store/
read_store "another importer's set is not named" 1 REFERENCE_SIGNATURE
cp -p first store/NV_GPU_DRIVER_GH100_550.90.07.corim
read_store "as it was" 0 -

expect 0 - "import at the real time" --store store "$vbios"
grep -q 'replacing an older one' out
check $? "replaces what was back-dated"
expect 0 - "and back-dated again" --store store --at 2026-03-01 "$vbios"
grep -q 'kept as it was' out
check $? "does not replace it"
printf x >>store/NV_GPU_VBIOS_1010_0200_882_96009F0001.corim
expect 65 CBOR_TRAILING "a damaged store is not overwritten" \
	--store store "$vbios"
expect 1 RIM_DIGEST "a value that was changed" --check --at 2026-03-01 \
	"$samples/BAD-NV_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml"
expect 1 RIM_SIGNATURE "a signature that was changed" --check --at 2026-03-01 \
	"$samples/BAD-rim-badsig-GH100_550.144.03.xml"
find . -name '*.corim.*' -o -name 'importer.p??.*' | grep -q . && rc=1 || rc=0
check "$rc" "no temporary file is left"

# --- No other program can parse XML.

for file in "$ASSAY_BIN"/* "$ASSAY_LIB"/libassay.so; do
	case $file in
	*/assay-rim-import) continue ;;
	esac
	[ -f "$file" ] || continue
	readelf -d "$file" 2>/dev/null | grep -q 'NEEDED.*libxml2' && rc=1 || rc=0
	check "$rc" "${file##*/} links no XML parser"
done

# --- The parser is a process without rights.

if ! command -v strace >/dev/null 2>&1 ||
	grep -q '^ASSAY_SANITIZE:STRING=.' "$ASSAY_BIN/../CMakeCache.txt"; then
	skip "confinement" "no strace, or a build with sanitizers"
	plan
fi
strace -f -qq -o trace "$assay" --check --at 2026-03-01 "$driver" >out 2>err
status=$?
check $status "under strace"
child=$(awk '/seccomp\(SECCOMP_SET_MODE_FILTER, 0,/ { print $1 }' trace)
[ -n "$child" ] && awk -v c="$child" '
	$1 != c { next }
	/seccomp\(SECCOMP_SET_MODE_FILTER, 0,/ { on = 1; next }
	on { print $2 }' trace | sed 's/(.*//' | sort -u >calls
grep -Evq '^(brk|mmap|munmap|mremap|madvise|futex|write|exit_group|<\.\.\.|\+\+\+)$' \
	calls && rc=1 || rc=0
[ -s calls ] || rc=1
check "$rc" "after the filter it only computes, writes and ends"
grep -q "^$child .*prctl(PR_SET_NO_NEW_PRIVS, 1" trace
check $? "it cannot gain privileges"
plan
