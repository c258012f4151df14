/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of assay-rim-import. */
#ifndef RIM_OPTIONS_H
#define RIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define STORE_DEFAULT "/var/lib/assay/reference"

enum { REVOCATION_FILES = 64 };

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
	struct {
		bool ocsp; /* else a list */
		const char *path;
	} revocation[REVOCATION_FILES];
	size_t revocation_count;
	char **files;
	int file_count;
};

extern const char options_help[];

/* USAGE says in FAULT what to write instead. */
enum status options_parse(
    int argc, char **argv, struct options *out, struct fault *fault);

#endif
