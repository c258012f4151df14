/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA evidence as carried in bundles and written by NVIDIA's tools: a JSON
 * array of objects with the members arch, certificate (PEM in base64),
 * evidence (report in base64), nonce (64 hexadecimal digits).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/base64.h>

#include "evidence.h"
#include "nvidia.h"
#include "nvidia_json.h"

static enum status
decode(const json_t *object, const char *key, uint8_t *out, size_t cap,
    struct bytes *view)
{
	const char *text = json_string_value(json_object_get(object, key));
	size_t n = 0;

	if (text == NULL ||
	    mbedtls_base64_decode(out, cap, &n, (const unsigned char *)text,
		strlen(text)) != 0 ||
	    n == 0)
		return EVIDENCE_JSON_MALFORMED;
	*view = bytes_view(out, n);
	return OK;
}

/* The nonce that the file claims; the report has the one that counts. */
static enum status
decode_nonce(const json_t *object, uint8_t nonce[NONCE_LEN])
{
	const char *hex = json_string_value(json_object_get(object, "nonce"));

	if (hex == NULL || bytes_from_hex(hex, strlen(hex), nonce,
			       NONCE_LEN) != NONCE_LEN)
		return EVIDENCE_JSON_MALFORMED;
	return OK;
}

enum status
nvidia_json_decode(struct bytes in, size_t i, struct nvidia_json *out,
    size_t *count)
{
	json_t *all = json_loadb((const char *)in.p, in.n,
	    JSON_REJECT_DUPLICATES, NULL);
	const json_t *one = json_array_get(all, i);
	struct bytes pem;
	enum status st = EVIDENCE_JSON_MALFORMED;

	*count = json_array_size(all);
	if (!json_is_object(one))
		goto out;
	if ((st = decode(one, "certificate", out->pem, sizeof(out->pem),
		 &pem)) != OK ||
	    (st = decode(one, "evidence", out->report, sizeof(out->report),
		 &out->evidence.report)) != OK ||
	    (st = decode_nonce(one, out->nonce)) != OK)
		goto out;
	st = chain_from_pem(pem, out->der, sizeof(out->der),
	    out->evidence.certs, &out->evidence.cert_count);
out:
	json_decref(all);
	return st;
}

static enum status
verify(struct bytes evidence, const struct device_check *check,
    struct device_proof *proof, json_t *data, char *detail, size_t cap)
{
	struct nvidia_json *json = malloc(sizeof(*json));
	size_t count = 0;
	enum status st = NO_MEMORY;

	if (json == NULL)
		return st;
	st = nvidia_json_decode(evidence, 0, json, &count);
	/* In a bundle every device has an item of its own. */
	if (st == OK && count != 1)
		st = EVIDENCE_JSON_MALFORMED;
	if (st != OK) {
		snprintf(detail, cap, "an array of one object is expected");
		goto out;
	}
	st = DEVICE_NONCE_MISMATCH;
	snprintf(detail, cap, "the file was made for another request");
	if (!bytes_eq_ct(BYTES_OF(json->nonce), check->nonce))
		goto out;
	detail[0] = '\0';
	st = nvidia_verify(
	    &json->evidence, check, proof, data, detail, cap);
out:
	free(json);
	return st;
}

const struct device_kind device_nvidia = {
    .media_type = MEDIA_NVIDIA,
    .verify = verify,
};
