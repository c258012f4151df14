/* SPDX-License-Identifier: Apache-2.0 */
/* An answer fed in two pieces: where it is cut must not matter. */
#include "fuzz.h"

#include <string.h>

#include "http.h"

static enum status
read_all(const uint8_t *data, size_t size, size_t cut, struct http_reply *r)
{
	static uint8_t body[2][HTTP_BODY_MAX];
	enum status st;

	http_begin(r, writer_of(body[cut > 0], HTTP_BODY_MAX));
	st = http_feed(r, bytes_view(data, cut));
	if (st == OK)
		st = http_feed(r, bytes_view(data + cut, size - cut));
	return st == OK ? http_end(r) : st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_reply whole, cut;
	enum status st = read_all(data, size, 0, &whole);

	MUST(read_all(data, size, size / 2, &cut) == st);
	MUST(strcmp(whole.code, cut.code) == 0);
	for (const char *c = whole.code; *c != '\0'; c++)
		MUST((*c >= 'A' && *c <= 'Z') || *c == '_' ||
		    (*c >= '0' && *c <= '9'));
	if (st != OK)
		return 0;
	MUST(whole.status >= 200 && whole.status < 300);
	MUST(whole.framing <= HTTP_HEAD_MAX && whole.lines <= HTTP_LINES_MAX);
	MUST(!whole.body.failed && whole.body.n <= HTTP_BODY_MAX);
	MUST(bytes_eq(writer_view(&whole.body), writer_view(&cut.body)));
	return 0;
}
