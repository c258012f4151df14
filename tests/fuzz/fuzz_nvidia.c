/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports, chains and evidence files of NVIDIA; the first byte chooses.  No
 * input can be signed by a pinned root, so none may be accepted.
 */
#include "fuzz.h"

#include "nvidia.h"
#include "nvidia_json.h"

static struct nvidia_json json;
static struct anchors *anchors;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(crypto_init() == OK);
	MUST((anchors = anchors_new(ANCHOR_DEVICE)) != NULL);
	return 0;
}

static void
try_report(struct bytes in)
{
	static uint8_t store[NVIDIA_REPORT_MAX];
	struct nvidia_report report;
	struct bytes binary;

	if (nvidia_report_file(in, store, sizeof(store), &binary) != OK)
		return;
	if (nvidia_report_parse(binary, &report) != OK)
		return;
	MUST(report.unknown_count <= NVIDIA_UNKNOWN_MAX);
	MUST(report.fwid.n == 0 || report.fwid.n == FWID_LEN);
	MUST(memchr(report.driver, '\0', NVIDIA_TEXT_MAX) != NULL);
}

static void
try_chain(struct bytes in)
{
	static uint8_t der[NVIDIA_CHAIN_MAX];
	struct bytes certs[CHAIN_MAX];
	struct chain chain;
	size_t count;

	if (chain_from_pem(in, der, sizeof(der), certs, &count) != OK)
		return;
	MUST(count >= 1 && count <= CHAIN_MAX);
	chain_verify(anchors, certs, count, NULL, &chain);
	MUST(chain.count <= count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_view(data + 1, size == 0 ? 0 : size - 1);
	size_t count;

	if (size == 0)
		return 0;
	if (data[0] == 0)
		try_report(in);
	else if (data[0] == 1)
		try_chain(in);
	else
		nvidia_json_decode(in, 0, &json, &count);
	return 0;
}
