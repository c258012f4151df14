/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
#include "report.h"

#include <signal.h>

#include "files.h"
#include "message.h"
#include "process.h"
#include "say.h"

static const struct process sender = {
    "send", send_run, KEEPS(FD_FRONT), false, 32, MEBIBYTES(256), 0, SIGKILL,
    SANDBOX_SEND};
#define SEAL(prints)                                                           \
	{"seal", seal_run,                                                     \
	    KEEPS(FD_SEAL_FRONT) | KEEPS(FD_SEAL_BACK) | KEEPS(FD_EVENTLOG) |  \
	        KEEPS(FD_AGENT) | KEEPS(FD_BOOT_ID) | KEEPS(FD_STATE) |        \
	        KEEPS(FD_EPOCH) | KEEPS(FD_IMA),                               \
	    prints, 32, MEBIBYTES(256), 500, 0, SANDBOX_SEAL}
static const struct process sealer = SEAL(false);
static const struct process teller = SEAL(true); /* what would leave */
static const struct process collector = {"collect", collect_run,
    KEEPS(FD_COLLECT) | KEEPS(FD_EVIDENCE), false, 1024, MEBIBYTES(65536),
    1000, SIGKILL, SANDBOX_COLLECT};
/* To print facts, and to print the nonces that devices have to answer. */
static const struct process measurer = {"collect", collect_measure, 0, true,
    1024, MEBIBYTES(65536), 0, SIGKILL, SANDBOX_COLLECT};
static const struct process asker = {"collect", collect_run,
    KEEPS(FD_COLLECT), true, 1024, MEBIBYTES(65536), 1000, SIGKILL,
    SANDBOX_COLLECT};

const struct process *
report_process(enum sandbox_role role)
{
	return role == SANDBOX_COLLECT ? &collector
	       : role == SANDBOX_SEAL  ? &sealer
	                               : &sender;
}

/* Everything that [seal] reads, so that it needs to open nothing. */
static enum status
job_open(struct job *job)
{
	const struct config *cf = job->config;
	bool log_optional = !config_given(cf, "eventlog");
	enum status st;

	st = file_open("/proc/self/exe", false, &job->fd[FD_AGENT]);
	if (st == OK)
		st = file_open("/proc/sys/kernel/random/boot_id", false,
		    &job->fd[FD_BOOT_ID]);
	if (st == OK && cf->send_eventlog)
		st = file_open(
		    cf->eventlog, log_optional, &job->fd[FD_EVENTLOG]);
	if (st == OK && cf->send_ima)
		st = file_open(cf->ima, false, &job->fd[FD_IMA]);
	if (st == OK)
		st = job_pair(job, FD_FRONT, FD_SEAL_FRONT);
	if (st == OK)
		st = job_pair(job, FD_SEAL_BACK, FD_COLLECT);
	return st;
}

enum status
report_measure(const struct config *cf, bool json)
{
	struct running r = {.st = OK};
	struct job job;
	enum status st;

	if ((st = job_init(&job, cf)) != OK)
		return st;
	job.json = json;
	if ((st = process_start(&r, &measurer, &job)) != OK)
		return st;
	return process_wait(&r, job.deadline, NULL);
}

/* Start what a report needs; the supervisor keeps only its own end. */
static enum status
start_report(struct running *r, struct job *job)
{
	enum status st = OK;

	if (job->from_send)
		st = process_start(r, &sender, job);
	if (st == OK)
		st = process_start(r,
		    job->nonces_only ? &asker : &collector, job);
	if (st == OK)
		st = process_start(r, job->dry_run ? &teller : &sealer, job);
	for (size_t i = 0; i < FD_COUNT; i++)
		if (i != FD_FRONT || job->from_send)
			job_close_one(job, (enum job_fd)i);
	return st;
}

/* What only some reports take. */
static enum status
open_more(struct job *job, const struct report_ask *ask)
{
	const struct config *cf = job->config;
	enum status st = OK;

	if (ask->evidence != NULL)
		st = file_open_folder(ask->evidence, &job->fd[FD_EVIDENCE]);
	if (st == OK && ask->epoch != NULL)
		st = file_open(ask->epoch, false, &job->fd[FD_EPOCH]);
	if (st != OK || ask->nonces_only || !ask->chained)
		return st;
	if (!ask->dry_run)
		return file_open_state(cf->state, !config_given(cf, "state"),
		    &job->fd[FD_STATE]);
	/* A dry run reads the last number and takes none. */
	job->chained = file_has_folder(cf->state);
	return file_open(cf->state, true, &job->fd[FD_STATE]);
}

enum status
report_make(const struct config *cf, const struct report_ask *ask,
    struct writer *bundle)
{
	struct running r = {.st = OK};
	struct channel seal;
	struct job job;
	enum status st, ended;

	if ((st = job_init(&job, cf)) != OK)
		return st;
	job.nonces_only = ask->nonces_only;
	job.dry_run = ask->dry_run;
	job.epoch_kind = ask->epoch_kind;
	if ((st = job_open(&job)) != OK || (st = open_more(&job, ask)) != OK)
		goto out;
	if ((st = start_report(&r, &job)) != OK)
		goto out;

	/* 32 bytes there, the bundle back; what is in it is not looked at. */
	seal = channel_of(job.fd[FD_FRONT], ROLE_SUPERVISOR, ROLE_SEAL,
	    &report_messages);
	if (ask->epoch == NULL)
		st = channel_send(
		    &seal, MESSAGE_NONCE, ask->nonce, job.deadline);
	if (st == OK && !ask->nonces_only && !ask->dry_run)
		st = channel_receive(
		    &seal, MESSAGE_BUNDLE, bundle, job.deadline);
	if (st != OK && st != PROCESS_DIED)
		(void)say(st, "waiting for the bundle: %s", status_text(st));
out:
	job_close(&job);
	ended = process_wait(&r, job.deadline, NULL);
	return ended != OK ? ended : st;
}

enum status
report_send(const struct config *cf, bool *stopped)
{
	struct running r = {.st = OK};
	struct job job;
	enum status st, ended;

	if ((st = job_init(&job, cf)) != OK)
		return st;
	job.from_send = true;
	st = file_open_state(
	    cf->state, !config_given(cf, "state"), &job.fd[FD_STATE]);
	if (st == OK)
		st = job_open(&job);
	if (st == OK)
		st = start_report(&r, &job);
	job_close(&job);
	ended = process_wait(&r, job.deadline, stopped);
	return ended != OK ? ended : st;
}
