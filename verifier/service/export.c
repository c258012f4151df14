/* SPDX-License-Identifier: Apache-2.0 */
/* assay-verifier export */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static enum status
write_bundle(const struct config *config, const struct archived *bundle,
    struct fault *fault)
{
	if (strcmp(config->output, "-") != 0)
		return file_write(config->output, bundle->data, bundle->len,
		    0644, FILE_REPLACE, NULL, fault);
	if (isatty(STDOUT_FILENO) != 0)
		return fault_set(fault, USAGE,
		    "-o -: a bundle is binary; send it to a file or a pipe");
	if (fwrite(bundle->data, 1, bundle->len, stdout) != bundle->len ||
	    fflush(stdout) != 0)
		return fault_errno(
		    fault, FILE_WRITE, "standard output", "check the pipe");
	return OK;
}

/* How the bundle is appraised again, on standard error: -o may be "-". */
static void
print_how(const struct config *config, const struct archived *bundle)
{
	char nonce[2 * SESSION_NONCE + 1];
	char time[TIME_LEN + 1];

	text_to_hex(bundle->nonce, SESSION_NONCE, nonce);
	text_to_time(bundle->time, time);
	fprintf(stderr,
	    "session %s, %zu bytes, appraised %s\n"
	    "assay verify --nonce %s --at %s %s\n",
	    bundle->session, bundle->len, time, nonce, time,
	    strcmp(config->output, "-") == 0 ? "FILE" : config->output);
}

int
command_export(const struct config *config)
{
	bool by_id = config->session[0] != '\0';
	struct archived bundle = {0};
	struct store *store = NULL;
	struct fault fault = {0};
	enum status st;

	if (by_id == config->last || config->output[0] == '\0') {
		st = fault_set(&fault, USAGE,
		    "say which bundle and where to: --session ID or --last, "
		    "and -o FILE");
		goto out;
	}
	if (by_id && !text_is_uuid(config->session)) {
		st = fault_set(&fault, TEXT_MALFORMED,
		    "--session: not the id of a session, a UUID in lower "
		    "case");
		goto out;
	}
	st = store_open(
	    config->store, STORE_READ, &store_limits, &store, &fault);
	if (st != OK)
		goto out;
	st = store_bundle(store, by_id ? config->session : NULL, &bundle);
	if (st != OK) {
		fault = *store_fault(store);
		goto out;
	}
	if ((st = write_bundle(config, &bundle, &fault)) == OK)
		print_how(config, &bundle);
out:
	free(bundle.data);
	store_close(store);
	return st == OK ? 0 : fault_print(&fault, st);
}
