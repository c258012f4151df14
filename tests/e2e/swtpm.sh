# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A software TPM whose endorsement keys a local authority has certified.
# Sourced, after tap.sh.

# certified_tpm DIR: a TPM in DIR/state with certificates from DIR/ca.
certified_tpm() {
	mkdir -p "$1/state" "$1/ca" || return 1
	cat >"$1/ca.conf" <<END
statedir = $1/ca
signingkey = $1/ca/signkey.pem
issuercert = $1/ca/issuercert.pem
certserial = $1/ca/certserial
END
	cat >"$1/ca.options" <<END
--platform-manufacturer Lab
--platform-version 1
--platform-model Board
END
	cat >"$1/setup.conf" <<END
create_certs_tool = $(command -v swtpm_localca)
create_certs_tool_config = $1/ca.conf
create_certs_tool_options = $1/ca.options
END
	swtpm_setup --tpm2 --tpmstate "$1/state" --config "$1/setup.conf" \
		--create-ek-cert --overwrite >"$1/setup.log" 2>&1
}

# start_tpm DIR [START]: swtpm at $work/tpm.sock; adds to pids.
# shellcheck disable=SC2154 # tap.sh made the folder
start_tpm() {
	rm -f "$work/tpm.sock" "$work/tpm.sock.ctrl"
	swtpm socket --tpm2 --tpmstate "dir=$1/state" \
		--server "type=unixio,path=$work/tpm.sock" \
		--ctrl "type=unixio,path=$work/tpm.sock.ctrl" \
		--flags "not-need-init,startup-${2:-clear}" \
		>"$work/swtpm.log" 2>&1 &
	swtpm_pid=$!
	pids="$pids $swtpm_pid"
	tries=0
	while [ ! -S "$work/tpm.sock.ctrl" ] && [ "$tries" -lt 500 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
}
