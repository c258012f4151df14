/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * assay-agent: measures the accelerators of this host, ties what it saw to
 * the TPM, and hands it out.  Nothing that could change the host comes back.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "evidence.h"
#include "files.h"
#include "process.h"
#include "program.h"
#include "report.h"
#include "say.h"

/* What the command line said. */
struct agent_call {
	struct call call;
	const char *nonce;
	const char *epoch; /* KIND:FILE */
	const char *output;
	const char *evidence; /* folder of evidence fetched out of band */
	bool once, json, print_nonces, dry_run;
};

enum {
	FOR_MEASURE = 1,
	FOR_REPORT = 2,
	FOR_RUN = 4,
	FOR_CHECK = 8,
	FOR_ALL = 15,
};

static enum status
run_measure(void *arg)
{
	const struct agent_call *call = arg;

	process_block_signals(false);
	return report_measure(&call->call.config, call->json);
}

/* What the report answers; a dry run answers nobody. */
static enum status
read_ask(const struct agent_call *call, uint8_t nonce[NONCE_LEN],
    struct report_ask *ask)
{
	size_t kind = call->epoch == NULL ? 0 : strcspn(call->epoch, ":");

	*ask = (struct report_ask){.nonce = bytes_view(nonce, NONCE_LEN)};
	ask->evidence = call->evidence;
	ask->nonces_only = call->print_nonces;
	ask->dry_run = call->dry_run && !call->print_nonces;
	ask->chained = call->nonce == NULL;
	if ((ask->nonces_only || ask->dry_run) && call->output != NULL)
		return say(USAGE, "-o is for a bundle, and this is a text");
	if (call->nonce != NULL && call->epoch != NULL)
		return say(USAGE, "either --nonce or --epoch");
	if (call->nonce == NULL && call->epoch == NULL && !ask->dry_run)
		return say(USAGE, "--nonce HEX is needed: 64 digits that a verifier "
		                  "or you have chosen; or --epoch KIND:FILE");
	if (call->nonce != NULL && (strlen(call->nonce) != 2 * NONCE_LEN ||
	        bytes_from_hex(call->nonce, 2 * NONCE_LEN, nonce, NONCE_LEN) !=
	            NONCE_LEN))
		return say(USAGE, "--nonce: not 64 hexadecimal digits");
	if (call->epoch == NULL)
		return OK;
	ask->epoch_kind = bytes_view(call->epoch, kind);
	ask->epoch = call->epoch + kind + 1;
	if (kind < 1 || kind > EPOCH_KIND_MAX || call->epoch[kind] == '\0' ||
	    ask->epoch[0] == '\0' || !bytes_is_text(ask->epoch_kind))
		return say(USAGE, "--epoch: not KIND:FILE, as in beacon:marker");
	return OK;
}

static enum status
run_report(void *arg)
{
	struct agent_call *call = arg;
	uint8_t nonce[NONCE_LEN] = {0};
	uint8_t *memory = NULL;
	struct report_ask ask;
	struct writer bundle;
	enum status st;

	if ((st = read_ask(call, nonce, &ask)) != OK)
		return st;
	if (ask.nonces_only || ask.dry_run) {
		process_block_signals(false);
		return report_make(&call->call.config, &ask, NULL);
	}
	if (call->output == NULL)
		call->output = "-";
	if ((st = file_check_output(call->output)) != OK)
		return st;

	if ((memory = malloc(EVIDENCE_MAX)) == NULL)
		return say(NO_MEMORY, "for the bundle");
	bundle = writer_of(memory, EVIDENCE_MAX);
	process_block_signals(false);
	st = report_make(&call->call.config, &ask, &bundle);

	/* From here on a signal leaves no half-written file. */
	process_block_signals(true);
	if (st == OK)
		st = file_write(call->output, writer_view(&bundle));
	free(memory);
	return st;
}

/* SECONDS, give or take a tenth, in ms: hosts shall not come all at once. */
static uint64_t
jitter(uint64_t seconds)
{
	uint64_t ms = seconds * 1000, spread = ms / 5;
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		r = UINT32_MAX / 2;
	return ms - spread / 2 + spread * r / UINT32_MAX;
}

static enum status
run_run(void *arg)
{
	const struct agent_call *call = arg;
	const struct config *cf = &call->call.config;
	bool stopped = false;
	enum status st;

	if ((st = program_check_verifier(cf)) != OK)
		return st;
	process_block_signals(true);
	for (;;) {
		st = report_send(cf, &stopped);
		if (call->once || stopped || status_exit(st) == 64)
			break;
		if (process_pause(jitter(cf->interval)))
			return OK;
	}
	if (stopped && !call->once)
		return OK;
	if (st == OK && isatty(STDERR_FILENO) == 1)
		say_note("%s has accepted the evidence", cf->verifier);
	return st;
}

static enum status
run_selfcheck(void *arg)
{
	const struct agent_call *call = arg;

	process_block_signals(false);
	return report_selfcheck(&call->call.config, call->json);
}

/* Enrolment is not for the program that stays, see enrol.h. */
static enum status
run_enroll(void *arg)
{
	(void)arg;
	return say(USAGE, "enrolment is a program of its own: assay-enroll");
}

#define AT(member) offsetof(struct agent_call, member)

static const struct program_option options[] = {
    PROGRAM_OPTIONS(FOR_ALL),
    {"json", NULL, 'j', AT(json), FOR_MEASURE | FOR_CHECK,
        "print one JSON object"},
    {"nonce", "HEX", 'n', AT(nonce), FOR_REPORT,
        "what the report answers: 64 hexadecimal digits"},
    {"epoch", "KIND:FILE", 'k', AT(epoch), FOR_REPORT,
        "or this marker, of 1 to 4096 bytes: nothing is heard from outside"},
    {"output", "FILE", 'o', AT(output), FOR_REPORT,
        "where the bundle goes, also -o; - is standard output"},
    {"device-evidence", "DIR", 'e', AT(evidence), FOR_REPORT,
        "evidence fetched out of band, as files gpu-0.json and so on"},
    {"print-nonces", NULL, 'p', AT(print_nonces), FOR_REPORT,
        "only print the nonce that each device has to answer"},
    {"dry-run", NULL, 'd', AT(dry_run), FOR_REPORT,
        "print what would leave this host, field by field, and why"},
    {"once", NULL, '1', AT(once), FOR_RUN, "one report, then exit"},
};

static const struct program_command commands[] = {
    {"measure", run_measure, FOR_MEASURE,
        "print accelerators and facts; no TPM, no network"},
    {"report", run_report, FOR_REPORT,
        "write one evidence bundle for a nonce or an epoch; no network"},
    {"run", run_run, FOR_RUN, "report to a verifier, again and again or once"},
    {"selfcheck", run_selfcheck, FOR_CHECK,
        "say which of the ten no-kill properties hold on this host"},
    {"enroll", run_enroll, 0, "see assay-enroll(8)"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int
main(int argc, char **argv)
{
	static const struct program agent = {"assay-agent",
	    sizeof(struct agent_call), options, COUNT(options), commands,
	    COUNT(commands)};

	return program_main(&agent, argc, argv);
}
