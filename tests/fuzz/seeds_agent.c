/* SPDX-License-Identifier: Apache-2.0 */
/* First inputs for what the agent reads: answers, sessions, boards. */
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "seeds.h"

#define VS "application/vnd.veraison.challenge-response-session+json"

static const char *const answers[] = {
    ("HTTP/1.1 201 Created\r\nContent-Type: " VS "\r\n"
     "Location: session/1\r\nContent-Length: 2\r\n\r\n{}"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5;x=y\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n"),
    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n",
    "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
};

static const char *const sessions[] = {
    ("{\"status\":\"waiting\",\"nonce\":"
     "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\","
     "\"expiry\":\"2030-01-01T00:00:00Z\",\"accept\":[\"a/b\"]}"),
    "{\"state\":\"complete\",\"result\":\"a.b.c\"}",
    "{\"status\":\"failed\"}",
    ("{\"id\":\"00000000-0000-4000-8000-000000000001\","
     "\"credential\":\"AAE+\",\"secret\":\"/wA=\"}"),
};

static void
seed_board(void)
{
	static uint8_t out[4096];
	struct writer w = writer_of(out, sizeof(out));
	static struct board board;
	static struct answer answers[3];

	board.count = 2;
	for (size_t i = 0; i < 2; i++) {
		struct device *d = &board.device[i];

		(void)snprintf(d->label, sizeof(d->label), "gpu-%zu", i);
		memcpy(d->model, "10de:2330", 9);
		d->model_len = 9;
		fact_add_uint(&d->facts, FACT_PCI_VENDOR, SOURCE_SYSFS, 0x10de);
		fact_add_text(&d->facts, FACT_DRIVER, SOURCE_SYSFS,
		    BYTES_LIT("nvidia"));
		component_add(&d->components, "vbios", BYTES_LIT("96.00"));
	}
	memcpy(answers[1].type, "application/cbor", 17);
	memcpy(answers[1].bytes, "evidence", 8);
	answers[1].len = 8;
	memcpy(answers[2].bytes, "report", 6);
	answers[2].len = 6;
	board_encode(&board, answers, &w);
	seed("board", -1, writer_view(&w));
}

void
seeds_agent(void)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		seed("http", -1, bytes_str(answers[i]));
	for (size_t i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++)
		seed("session", -1, bytes_str(sessions[i]));
	seed_board();
}
