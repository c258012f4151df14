/* SPDX-License-Identifier: Apache-2.0 */
#include "enrolment_json.h"

#include <jansson.h>
#include <string.h>

#include "text.h"

static const char *const names[FIELDS] = {
    [EK_CERT] = "ek_cert",
    [EK_PUB] = "ek_pub",
    [AK_PUB] = "ak_pub",
    [EK_CHAIN] = "ek_chain",
};

/* One object and nothing after it, no name twice; NULL for anything else. */
static json_t *
read_object(const uint8_t *json, size_t len)
{
	json_t *root = len == 0 ? NULL
	                        : json_loadb((const char *)json, len,
	                              JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static size_t
field_of(const char *name)
{
	size_t i = 0;

	while (i < FIELDS && strcmp(names[i], name) != 0)
		i++;
	return i;
}

static enum status
read_fields(json_t *root, struct enrolment_request *r, struct fault *fault)
{
	const char *name;
	json_t *value;

	json_object_foreach(root, name, value) {
		size_t i = field_of(name);

		if (i == FIELDS)
			return fault_set(fault, ENROLMENT_MALFORMED,
			    "a field that is not known");
		r->len[i] = text_from_base64(json_string_value(value),
		    json_string_length(value), r->bytes[i], FIELD_MAX);
		if (r->len[i] == 0)
			return fault_set(fault, ENROLMENT_MALFORMED,
			    "%s is not base64, or too long", names[i]);
	}
	for (size_t i = 0; i < FIELDS; i++)
		if (r->len[i] == 0 && i != EK_CHAIN)
			return fault_set(fault, ENROLMENT_MALFORMED,
			    "%s is missing", names[i]);
	return OK;
}

enum status
enrolment_request_read(const uint8_t *json, size_t len,
    struct enrolment_request *r, struct fault *fault)
{
	json_t *root = read_object(json, len);
	enum status st = fault_set(
	    fault, ENROLMENT_MALFORMED, "the body is not one JSON object");

	if (root != NULL)
		st = read_fields(root, r, fault);
	json_decref(root);
	return st;
}

enum status
enrolment_proof_read(const uint8_t *json, size_t len,
    uint8_t proof[PROOF_LEN], struct fault *fault)
{
	json_t *root = read_object(json, len);
	const char *hex = json_string_value(json_object_get(root, "proof"));
	enum status st = fault_set(fault, ENROLMENT_MALFORMED,
	    "the body is {\"proof\": 64 hexadecimal digits}");

	if (json_object_size(root) == 1 && hex != NULL &&
	    strlen(hex) == (size_t)2 * PROOF_LEN &&
	    text_from_hex(hex, proof, PROOF_LEN) == PROOF_LEN)
		st = OK;
	json_decref(root);
	return st;
}
