/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
#include "enrol.h"

#include <jansson.h>
#include <string.h>

/* A string in base64 (RFC 4648, section 4), behind what is in W. */
static bool
take_base64(const json_t *value, struct writer *w)
{
	const char *s = json_string_value(value);
	char copy[CHALLENGE_TEXT_MAX];
	size_t n = s == NULL ? 0 : strlen(s);
	ptrdiff_t got;

	if (n == 0 || n >= sizeof(copy) || strpbrk(s, "-_") != NULL)
		return false;
	for (size_t i = 0; i <= n; i++)
		copy[i] = s[i] == '+' ? '-' : s[i] == '/' ? '_' : s[i];
	got = bytes_from_base64url(copy, n, true, w->p + w->n, w->cap - w->n);
	w->n += got > 0 ? (size_t)got : 0;
	return got > 0;
}

enum status
enrol_parse_challenge(
    struct bytes json, char id[CHALLENGE_ID_LEN + 1], struct writer *blob)
{
	json_t *root = json.n == 0 ? NULL :
	    json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES,
	        NULL);
	const char *s = json_string_value(json_object_get(root, "id"));
	enum status st = ENROLMENT_MALFORMED;

	if (s != NULL && strlen(s) == CHALLENGE_ID_LEN &&
	    strspn(s, "0123456789abcdef-") == CHALLENGE_ID_LEN &&
	    take_base64(json_object_get(root, "credential"), blob) &&
	    take_base64(json_object_get(root, "secret"), blob)) {
		memcpy(id, s, CHALLENGE_ID_LEN + 1);
		st = OK;
	}
	json_decref(root);
	return st;
}
