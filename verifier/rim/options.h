/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of assay-rim-import. */
#ifndef RIM_OPTIONS_H
#define RIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

#define STORE_DEFAULT "/var/lib/assay/reference"

struct options {
	bool check; /* verify and print, write nothing */
	bool json;
	bool allow_unsigned;
	bool help, version;
	int64_t now;         /* real time */
	int64_t at;          /* when signers must have been valid */
	const char *store;   /* folder */
	const char *key;     /* private key, or NULL for the store's */
	const char *signer;  /* public key of a CoRIM's signer, or NULL */
	char **files;
	int file_count;
};

extern const char options_help[];

/* USAGE says in FAULT what to write instead. */
enum status options_parse(
    int argc, char **argv, struct options *out, struct fault *fault);

#endif
