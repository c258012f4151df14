/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
#include "session.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

/* No nonce of this API is longer than 64 bytes. */
enum { NONCE_DECODED_MAX = 64 };

bool
session_type_ok(const char *content_type)
{
	size_t n = strcspn(content_type, "; \t");

	return n == strlen(SESSION_MEDIA_TYPE) &&
	       strncasecmp(content_type, SESSION_MEDIA_TYPE, n) == 0;
}

/* A JSON object without duplicate names and with nothing after it. */
static json_t *
parse_object(struct bytes json)
{
	json_t *root = NULL;

	if (json.n > 0)
		root = json_loadb(
		    (const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	if (root != NULL && !json_is_object(root)) {
		json_decref(root);
		root = NULL;
	}
	return root;
}

/* "status", or "state" in its place; NULL when neither or both. */
static const char *
session_status(const json_t *root)
{
	const json_t *status = json_object_get(root, "status");
	const json_t *state = json_object_get(root, "state");

	if ((status == NULL) == (state == NULL))
		return NULL;
	return json_string_value(status != NULL ? status : state);
}

static enum status
parse_nonce(const json_t *value, uint8_t nonce[NONCE_LEN])
{
	uint8_t got[NONCE_DECODED_MAX];
	const char *s = json_string_value(value);
	size_t len = json_string_length(value);
	ptrdiff_t n;

	if (s == NULL)
		return SESSION_MALFORMED;
	if (len > (sizeof(got) + 2) / 3 * 4)
		return NONCE_SIZE;
	n = bytes_from_base64url(s, len, true, got, sizeof(got));
	if (n < 0)
		return SESSION_MALFORMED;
	if (n != NONCE_LEN)
		return NONCE_SIZE;
	memcpy(nonce, got, NONCE_LEN);
	return OK;
}

enum status
session_parse_new(struct bytes json, uint8_t nonce[NONCE_LEN])
{
	enum status st = SESSION_MALFORMED;
	json_t *root = parse_object(json);
	const char *status = session_status(root);

	if (status != NULL && strcmp(status, "waiting") == 0)
		st = parse_nonce(json_object_get(root, "nonce"), nonce);
	json_decref(root);
	return st;
}

enum status
session_parse_receipt(struct bytes json)
{
	static const struct {
		const char *word;
		enum status st;
	} words[] = {
	    {"complete", OK},
	    {"processing", OK},
	    {"failed", HTTP_STATUS},
	};
	enum status st = SESSION_MALFORMED;
	json_t *root = parse_object(json);
	const char *status = session_status(root);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (status != NULL && strcmp(status, words[i].word) == 0)
			st = words[i].st;
	json_decref(root);
	return st;
}

/* Everything that a session of the API has. */
static bool
is_member(const char *name)
{
	static const char *const names[] = {"accept", "evidence", "expiry",
	    "id", "nonce", "result", "state", "status"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

bool
session_stray(struct bytes json, char name[STRAY_MAX])
{
	json_t *root = parse_object(json);
	void *at = json_object_iter(root);
	const char *s;
	size_t n = 0;

	while (at != NULL && is_member(json_object_iter_key(at)))
		at = json_object_iter_next(root, at);
	if (at != NULL) {
		/* Whatever a terminal could take for more than a letter. */
		for (s = json_object_iter_key(at); *s && n < STRAY_MAX - 1; s++)
			name[n++] = *s >= ' ' && *s < 0x7f ? *s : '?';
		name[n] = '\0';
	}
	json_decref(root);
	return at != NULL;
}
