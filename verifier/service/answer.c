/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that say what went wrong. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers.h"
#include "media.h"

/* RFC 9110 section 15. */
static const char *
title_of(unsigned status)
{
	static const struct {
		unsigned status;
		const char *title;
	} rows[] = {
	    {400, "Bad Request"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {406, "Not Acceptable"},
	    {413, "Content Too Large"},
	    {415, "Unsupported Media Type"},
	    {500, "Internal Server Error"},
	    {503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].status == status)
			return rows[i].title;
	return "Error";
}

void
answer_problem(
    struct answer *out, unsigned status, enum status code, const char *detail)
{
	json_t *root;

	/* The code is an extension member (RFC 9457, 3.2). */
	root = json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", "about:blank",
	    "title", title_of(status), "status", (int)status, "code",
	    status_name(code), "detail",
	    detail == NULL ? status_text(code) : detail);
	free(out->body);
	out->body = json_dumps(root, JSON_COMPACT);
	out->body_len = out->body == NULL ? 0 : strlen(out->body);
	out->type = MEDIA_PROBLEM;
	out->code = status_name(code);
	out->status = status;
	json_decref(root);
}

void
answer_free(struct answer *answer)
{
	free(answer->body);
	memset(answer, 0, sizeof(*answer));
}

void
answer_trouble(struct answer *out, enum status st, const struct fault *fault)
{
	(void)fault_print(fault, st);
	if (st == STORE_BUSY || st == STORE_CONFLICT) {
		answer_problem(out, 503, st, NULL);
		out->retry_after = RETRY_AFTER;
		return;
	}
	answer_problem(out, 500, st, NULL);
}

void
answer_json(struct answer *out, unsigned status, const char *type, json_t *root)
{
	out->body = root == NULL ? NULL : json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (out->body == NULL) {
		answer_problem(out, 500, NO_MEMORY, NULL);
		return;
	}
	out->body_len = strlen(out->body);
	out->type = type;
	out->status = status;
}
