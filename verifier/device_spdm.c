/* SPDX-License-Identifier: Apache-2.0 */
#include "device_spdm.h"

#include <stdio.h>
#include <stdlib.h>

#include "evidence.h"
#include "inventory.h"
#include "nvidia.h"
#include "verdict.h"

enum { KEY_DIGEST = 24, RAW = 0x80, TYPE = 0x7f };

/* What was measured: index, type, value, and whether it is the raw bits. */
static json_t *
list_blocks(const struct spdm_exchange *ex)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ex->block_count; i++) {
		const struct spdm_block *b = &ex->block[i];
		const char *name = spdm_type_name(b->type);
		json_t *at = json_object();

		data_uint(at, "index", b->index);
		if (name != NULL)
			data_text(at, "type", bytes_str(name));
		else
			data_uint(at, "type", b->type & TYPE);
		json_object_set_new(
		    at, "raw", json_boolean((b->type & RAW) != 0));
		data_hex(at, "value", b->value);
		json_array_append_new(list, at);
	}
	return list;
}

static void
describe(
    const struct spdm_exchange *ex, const struct chain *chain, json_t *data)
{
	const struct spdm_seal *last = &ex->seal[ex->seal_count - 1];

	data_text(data, "spdm",
	    ex->version == SPDM_V1_1 ? BYTES_LIT("1.1") : BYTES_LIT("1.2"));
	data_text(data, "subject", bytes_str(chain->link[0].subject));
	if (chain->link[0].serial[0] != '\0')
		data_text(data, "serial", bytes_str(chain->link[0].serial));
	data_hex(data, "request_nonce", last->request_nonce);
	data_hex(data, "response_nonce", last->response_nonce);
	data_uint(data, "signatures", ex->seal_count);
	json_object_set_new(data, "measurements", list_blocks(ex));
}

/*
 * Is it NVIDIA's report, SPDM 1.1 with a request for everything and its answer
 * under one signature, taken out of its form?
 */
static bool
is_nvidia_report(const struct spdm_exchange *ex)
{
	enum { OPERATION = 3, ALL_INDICES = 0xff };

	for (size_t i = 0; i < ex->seal_count; i++) {
		const struct spdm_seal *s = &ex->seal[i];

		if (ex->version == SPDM_V1_1 && s->count == 2 &&
		    ex->part[s->first].p[OPERATION] == ALL_INDICES)
			return true;
	}
	return false;
}

/*
 * NVIDIA's devices have one name in every form, and no form that spares their
 * reports the rules for them.
 */
static enum status
check_nvidia(const struct spdm_exchange *ex, const struct chain *chain,
    char identity[IDENTITY_MAX], char *detail, size_t cap)
{
	uint8_t pdi[NVIDIA_PDI];
	enum status st;

	if (is_nvidia_report(ex)) {
		snprintf(detail, cap,
		    "give report and chain as NVIDIA's evidence");
		return NVIDIA_EVIDENCE_FORM;
	}
	if ((st = nvidia_identify(chain, pdi, identity)) != OK)
		snprintf(detail, cap, "%s",
		    chain->count > 1 ? chain->link[1].subject
				     : "no device CA in the chain");
	return st;
}

/*
 * The serial number in the leaf's subject, if it can be told from any other
 * when it is written down, or else a digest of its key.
 */
static enum status
identify(const struct chain *chain, char out[IDENTITY_MAX])
{
	const char *serial = chain->link[0].serial;
	char hex[2 * KEY_DIGEST + 1];
	struct digest d;
	enum status st;

	if (serial[0] != '\0' &&
	    snprintf(out, IDENTITY_MAX, "spdm:%s", serial) < IDENTITY_MAX &&
	    identity_ok(bytes_str(out)))
		return OK;
	out[0] = '\0';
	st = hash_one(
	    HASH_SHA256, bytes_view(chain->key.der, chain->key.der_len), &d);
	if (st != OK)
		return st;
	bytes_to_hex(bytes_view(d.b, KEY_DIGEST), hex);
	snprintf(out, IDENTITY_MAX, "spdm-key:%s", hex);
	return OK;
}

/* Which certificate, or which way to an anchor. */
static void
explain_chain(
    enum status st, const struct chain *chain, char *detail, size_t cap)
{
	if (st == CHAIN_EXPIRED)
		snprintf(detail, cap, "certificate %zu of %zu, %s",
		    chain->outside + 1, chain->count,
		    chain->link[chain->outside].subject);
	else if (chain->note[0] != '\0')
		snprintf(detail, cap, "%s", chain->note);
	else if (st == CHAIN_UNTRUSTED)
		snprintf(detail, cap,
		    "give the maker's root as an anchor "
		    "(--anchor root.pem)");
	else
		snprintf(detail, cap, "in the chain of the device");
}

enum status
spdm_prove(struct bytes evidence, const struct device_check *check,
    struct spdm_exchange *ex, struct device_proof *proof, json_t *data,
    char *detail, size_t cap)
{
	struct chain chain = {0};
	enum status st;

	/* The version is put in as soon as it is known. */
	snprintf(proof->kind, sizeof(proof->kind), "SPDM device");
	if ((st = spdm_exchange_parse(evidence, ex)) != OK) {
		if (ex->message > 0)
			snprintf(detail, cap, "message %zu of the recording",
			    ex->message);
		else
			snprintf(detail, cap, "in the recorded exchange");
		return st;
	}
	snprintf(proof->kind, sizeof(proof->kind), "SPDM 1.%d device",
	    ex->version & 0x0f);

	/* The key first, then what it signed. */
	st = chain_verify(
	    check->anchors, ex->cert, ex->cert_count, check->time, &chain);
	proof->simulated = chain.simulated;
	device_revocation(&chain, proof, data);
	if (st != OK) {
		explain_chain(st, &chain, detail, cap);
		return st;
	}
	if ((st = spdm_exchange_verify(ex, &chain.key)) != OK) {
		snprintf(detail, cap, "over the measurements");
		return st;
	}
	describe(ex, &chain, data);
	proof->read_before = ex->read_before;
	if (nvidia_owns(&chain))
		return check_nvidia(ex, &chain, proof->identity, detail, cap);
	return identify(&chain, proof->identity);
}

static enum status
verify(struct bytes evidence, const struct device_check *check,
    struct device_proof *proof, json_t *data, char *detail, size_t cap)
{
	struct spdm_exchange *ex = calloc(1, sizeof(*ex));
	enum status st;

	if (ex == NULL)
		return NO_MEMORY;
	st = spdm_prove(evidence, check, ex, proof, data, detail, cap);
	if (st == OK && !spdm_exchange_answers(ex, check->nonce)) {
		snprintf(detail, cap, "a signed request has another nonce");
		st = DEVICE_NONCE_MISMATCH;
	}
	proof->answered = st == OK;
	free(ex);
	return st;
}

const struct device_kind device_spdm = {
    .media_type = MEDIA_SPDM,
    .verify = verify,
};
