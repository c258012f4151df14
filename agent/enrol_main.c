/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/* assay-enroll: shows a verifier, once, that this host's TPM holds its keys. */
#include "enrol.h"
#include "process.h"
#include "program.h"

struct enrol_call {
	struct call call;
	struct enrol_files files;
};

static enum status
run(void *arg)
{
	const struct enrol_call *c = arg;
	const struct enrol_files *files = &c->files;
	enum status st;

	if (files->request == NULL && files->response == NULL &&
	    (st = program_check_verifier(&c->call.config)) != OK)
		return st;
	process_block_signals(false);
	return enrol(&c->call.config, files);
}

#define AT(member) offsetof(struct enrol_call, files.member)

static const struct program_option options[] = {
    PROGRAM_OPTIONS(1),
    {"ek-cert", "FILE", 'k', AT(ek_cert), 1,
        "the endorsement key's certificate, if the TPM does not hold it"},
    {"request", "FILE", 'r', AT(request), 1,
        "only write the request, for an operator to carry"},
    {"response", "FILE", 's', AT(response), 1,
        "only answer what came back, on standard output"},
};

static const struct program_command command = {
    NULL, run, 1, "Show a verifier, once, that this TPM holds its keys."};

int
main(int argc, char **argv)
{
	static const struct program enroll = {"assay-enroll",
	    sizeof(struct enrol_call), options,
	    sizeof(options) / sizeof(options[0]), &command, 1};

	return program_main(&enroll, argc, argv);
}
