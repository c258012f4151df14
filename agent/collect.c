/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "claims.h"
#include "deadline.h"
#include "devices.h"
#include "message.h"
#include "outofband.h"
#include "platform.h"
#include "print.h"
#include "roles.h"
#include "say.h"
#include "survey.h"
#include "tpm_quote.h"

/* Everything this process holds. */
struct collect {
	const struct platform *port;
	void *ctx;
	struct board *board;
	struct answer *answers; /* one per device and the TEE's, or NULL */
	size_t answer_count;
};

static void
collect_free(struct collect *c)
{
	char first[32];
	unsigned n = sandbox_refused(first);

	if (n > 0)
		say_note("%u system calls were refused, %s first", n, first);
	devices_free(c->answers, c->answer_count);
	if (c->ctx != NULL)
		c->port->close(c->ctx);
	free(c->board);
}

/* Open the platform that the settings name. */
static enum status
collect_open(const char *spec, struct collect *c)
{
	const char *arg = NULL;
	enum status st;

	memset(c, 0, sizeof(*c));
	if ((st = crypto_init_verify()) != OK)
		return say(st, "%s", status_text(st));
	if ((st = platform_find(spec, &c->port, &arg)) != OK)
		return say(
		    st, "\"%s\": %s; see --platform", spec, status_text(st));
	if ((st = c->port->open(arg, &c->ctx)) != OK)
		return say(st, "platform %s: %s", spec, status_text(st));
	c->board = calloc(1, sizeof(*c->board));
	return c->board != NULL ? OK : say(NO_MEMORY, "for the board");
}

/* What is left before the TPM and the way out need their quarter. */
static uint64_t
collect_deadline(const struct job *job)
{
	return job->deadline - job->config->timeout * 1000 / 4;
}

static struct survey
collect_surveying(const struct job *job, const struct collect *c)
{
	struct survey s = {job->config->platform, c->port, c->ctx,
	    job->config->device_timeout * 1000, {0}};

	return s;
}

/* Ask the devices and the TEE, each in its time. */
static enum status
collect_ask(const struct job *job, struct bytes nonce, struct bytes ak_name,
    struct collect *c)
{
	struct question q = {c->port, c->ctx, c->board, nonce, ak_name,
	    job->config->device_timeout * 1000, collect_deadline(job)};

	c->answer_count = c->board->count + 1;
	c->answers = devices_answers(c->answer_count);
	if (c->answers == NULL)
		return say(NO_MEMORY, "for the devices' answers");
	return devices_ask(&q, c->answers);
}

enum status
collect_measure(const struct job *job)
{
	struct bytes none = {NULL, 0};
	const struct answer *tee;
	struct collect c;
	struct survey s;
	enum status st;

	if ((st = collect_open(job->config->platform, &c)) != OK)
		goto out;
	s = collect_surveying(job, &c);
	if ((st = survey_board(&s, collect_deadline(job), c.board)) != OK)
		goto out;
	if ((st = collect_ask(job, none, none, &c)) != OK)
		goto out;
	tee = &c.answers[c.board->count];
	st = (job->json ? print_board_json : print_board)(
	    c.port, c.board, tee->st, bytes_view(tee->bytes, tee->len));
	if (st != OK)
		(void)say(st, "standard output: %s", strerror(errno));
out:
	collect_free(&c);
	return st;
}

/* Let the devices sign; what goes wrong with one is told as its state. */
static enum status
collect_sign(const struct job *job, struct bytes nonce, struct bytes ak_name,
    struct collect *c)
{
	enum status st = collect_ask(job, nonce, ak_name, c);

	if (st != OK)
		return st;

	for (size_t i = 0; i < c->board->count; i++) {
		struct device *d = &c->board->device[i];
		bool lost = c->answers[i].st == DEVICE_UNRESPONSIVE;

		if (!d->signs || c->answers[i].st == OK)
			continue;
		if (!lost)
			(void)say(c->answers[i].st,
			    "%s: %s; its signed evidence will be missing",
			    d->label, status_text(c->answers[i].st));
		(void)fact_add_text(&d->facts, FACT_STATE, SOURCE_AGENT,
		    lost ? BYTES_LIT("unresponsive")
		         : BYTES_LIT("evidence failed"));
	}

	/* Most hosts are in no TEE. */
	st = c->answers[c->board->count].st;
	if (st != OK && st != FILE_MISSING && st != DEVICE_UNRESPONSIVE)
		(void)say(st, "%s: %s; it will be missing", LABEL_TEE,
		    status_text(st));
	return OK;
}

/* One device that signed nothing here. */
static enum status
collect_file(int dir, const struct device *d, struct bytes nonce,
    struct bytes ak_name, struct answer *a)
{
	struct writer w = writer_of(a->bytes, sizeof(a->bytes));
	uint8_t own[NONCE_LEN];
	enum status st = evidence_device_nonce(
	    nonce, ak_name, bytes_str(d->label), own);

	if (st == OK)
		st = outofband_evidence(dir, d, own, a->type, &w);
	if (st == OK) {
		a->len = w.n;
		a->st = OK;
	}
	return st;
}

/* What others fetched for the devices. */
static enum status
collect_outofband(const struct job *job, struct bytes nonce,
    struct bytes ak_name, struct collect *c)
{
	int dir = job->fd[FD_EVIDENCE];
	size_t taken = 0;
	enum status st;

	for (size_t i = 0; dir >= 0 && i < c->board->count; i++) {
		struct device *d = &c->board->device[i];

		if (d->signs && c->answers[i].st == OK)
			continue;
		st = collect_file(dir, d, nonce, ak_name, &c->answers[i]);
		if (st != OK && st != FILE_MISSING)
			return say(st, "device-evidence: %s: %s", d->label,
			    status_text(st));
		d->signs = d->signs || st == OK;
		taken += st == OK;
	}
	if (dir >= 0 && taken == 0)
		say_note("device-evidence: no file for a device that signed "
		         "nothing itself");
	return OK;
}

static enum status
collect_tell(
    const struct job *job, struct channel *seal, const struct collect *c)
{
	uint8_t *body = malloc(BOARD_MAX);
	struct writer w = writer_of(body, BOARD_MAX);
	enum status st = NO_MEMORY;

	if (body == NULL)
		goto out;
	board_encode(c->board, c->answers, &w);
	st = EVIDENCE_TOO_LARGE;
	if (w.failed)
		goto out;
	st = channel_send(seal, MESSAGE_BOARD, writer_view(&w), job->deadline);
out:
	if (st != OK && st != PROCESS_DIED)
		(void)say(st, "the board: %s", status_text(st));
	free(body);
	return st;
}

/* The one question of [seal]: a nonce and a key's name. */
static enum status
collect_asked(const struct job *job, struct channel *seal, struct writer *ask,
    struct bytes *nonce, struct bytes *ak_name)
{
	enum status st = channel_receive(seal, MESSAGE_ASK, ask, job->deadline);

	if (st == OK) {
		*nonce = bytes_sub(writer_view(ask), 0, NONCE_LEN);
		*ak_name =
		    bytes_sub(writer_view(ask), NONCE_LEN, ask->n - NONCE_LEN);
		if (!name_ok(*ak_name))
			st = MESSAGE_REFUSED;
	}
	if (st != OK && st != PROCESS_DIED)
		(void)say(st, "waiting to be asked: %s", status_text(st));
	return st;
}

/* Once somebody asks: survey, let sign, survey again, tell. */
static enum status
collect_board(const struct job *job, struct channel *seal, struct bytes nonce,
    struct bytes ak_name, struct collect *c)
{
	uint64_t deadline = collect_deadline(job);
	struct survey s = collect_surveying(job, c);
	enum status st;

	/* Half of the time, so that the other half is for signing. */
	st = survey_board(&s,
	    deadline_in((uint64_t)deadline_left(deadline) / 2), c->board);
	if (st != OK)
		return st;
	if ((st = collect_sign(job, nonce, ak_name, c)) != OK)
		return st;
	if ((st = collect_outofband(job, nonce, ak_name, c)) != OK)
		return st;
	survey_again(&s, deadline, c->board);
	return collect_tell(job, seal, c);
}

/* The nonces of all devices, for those who fetch evidence out of band. */
static enum status
collect_print_nonces(struct bytes nonce, struct bytes ak_name,
    const struct collect *c)
{
	uint8_t out[NONCE_LEN];
	char hex[2 * NONCE_LEN + 1];
	enum status st = OK;

	for (size_t i = 0; i < c->board->count && st == OK; i++) {
		const char *label = c->board->device[i].label;

		st = evidence_device_nonce(
		    nonce, ak_name, bytes_str(label), out);
		bytes_to_hex(BYTES_OF(out), hex);
		if (st == OK)
			(void)printf("%s %s\n", label, hex);
	}
	if (st == OK && fflush(stdout) != 0)
		st = say(FILE_WRITE, "standard output: %s", strerror(errno));
	if (st == OK && c->board->count == 0)
		say_note("no accelerators were found on this host");
	return st;
}

enum status
collect_run(const struct job *job)
{
	struct channel seal =
	    channel_of(job->fd[FD_COLLECT], ROLE_COLLECT, ROLE_SEAL, &report_messages);
	uint8_t buf[ASK_MAX];
	struct writer ask = writer_of(buf, sizeof(buf));
	struct bytes nonce, ak_name;
	struct collect c;
	enum status st;

	/* Open while nobody asks yet; look only once somebody does. */
	if ((st = collect_open(job->config->platform, &c)) != OK)
		goto out;
	st = collect_asked(job, &seal, &ask, &nonce, &ak_name);
	if (st != OK)
		goto out;
	if (!job->nonces_only) {
		st = collect_board(job, &seal, nonce, ak_name, &c);
		goto out;
	}
	if ((st = c.port->survey(c.ctx, c.board)) != OK)
		(void)say(st, "platform %s: %s", job->config->platform,
		    status_text(st));
	else
		st = collect_print_nonces(nonce, ak_name, &c);
out:
	collect_free(&c);
	return st;
}
