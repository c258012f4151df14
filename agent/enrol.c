/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
#include "enrol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "process.h"
#include "roles.h"
#include "say.h"

static const struct process sender = {"send", enrol_send_run,
    KEEPS(FD_FRONT) | KEEPS(FD_RESPONSE) | KEEPS(FD_OUT), true, 32,
    MEBIBYTES(256), 0, SIGKILL, SANDBOX_SEND};
static const struct process sealer = {"seal", enrol_seal_run,
    KEEPS(FD_SEAL_FRONT) | KEEPS(FD_EK_CERT), false, 32, MEBIBYTES(256), 500,
    0, SANDBOX_SEAL};

/* A new file for writing, mode 0644; one that is there stays. */
static enum status
create(const char *path, int *fd)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return *fd >= 0 ? OK
	                : say(FILE_WRITE, "%s: %s", path, strerror(errno));
}

enum status
enrol(const struct config *cf, const struct enrol_files *files)
{
	struct running r = {.st = OK};
	struct job job;
	enum status st, ended;
	bool made;

	if ((st = job_init(&job, cf)) != OK)
		return st;
	job.keys_only = files->request != NULL;
	st = job_pair(&job, FD_FRONT, FD_SEAL_FRONT);
	if (st == OK && files->ek_cert != NULL)
		st = file_open(files->ek_cert, false, &job.fd[FD_EK_CERT]);
	if (st == OK && files->response != NULL)
		st = file_open(files->response, false, &job.fd[FD_RESPONSE]);
	if (st == OK && files->request != NULL)
		st = create(files->request, &job.fd[FD_OUT]);
	if (st == OK)
		st = process_start(&r, &sender, &job);
	if (st == OK)
		st = process_start(&r, &sealer, &job);
	made = job.fd[FD_OUT] >= 0;
	job_close(&job);
	ended = process_wait(&r, job.deadline, NULL);
	st = ended != OK ? ended : st;
	if (st != OK && made)
		(void)unlink(files->request);
	return st;
}
