/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the owner of the verifier demands (assay-policy(5)).  The keys are the
 * table in policy.c.
 */
#ifndef ASSAY_POLICY_H
#define ASSAY_POLICY_H

#include "crypto.h"
#include "tpm_attest.h"

enum {
	POLICY_NAME_MAX = 64,
	POLICY_LINE_MAX = 160,
	POLICY_MAX = 64 * 1024,
	POLICY_DIGESTS_MAX = 16,
	POLICY_TABLE_FLOORS = 12,
	POLICY_TABLE_ID = 41,
};

/* The least version of one table that is good enough. */
struct table_floor {
	char id[POLICY_TABLE_ID];
	uint64_t version;
};

/* SHA-256 of keys or of programs. */
struct digest_list {
	struct digest d[POLICY_DIGESTS_MAX];
	size_t n;
};

struct policy {
	char name[POLICY_NAME_MAX];
	struct pcr_selection required_pcrs;
	bool require_eventlog;
	bool require_device_signed;
	bool allow_software_tpm;
	bool allow_simulated;
	bool allow_pinned;
	bool allow_backdated;
	bool allow_ima_violations;
	bool require_class;
	struct digest_list table_keys;     /* of signers of tables */
	struct digest_list inventory_keys; /* of inventories */
	struct digest_list agents;         /* programs; empty: any */
	unsigned tables_needed; /* how many of them must have signed */
	struct table_floor table_floor[POLICY_TABLE_FLOORS];
	size_t table_floors;
	struct digest digest; /* SHA-256 of the text */
};

/*
 * Read a policy: one section [policy], every key at most once.  On failure
 * ERROR says which line and what to do; POLICY is then unusable.
 */
enum status policy_parse(
    struct bytes text, struct policy *out, char *error, size_t cap);

/* Is that one of the list? */
bool digest_list_has(const struct digest_list *l, struct bytes digest);

#endif
