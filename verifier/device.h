/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence that a device signed itself, one kind per file.
 */
#ifndef ASSAY_DEVICE_H
#define ASSAY_DEVICE_H

#include <jansson.h>

#include "chain.h"
#include "cmw.h"
#include "nvidia_topology.h"
#include "verdict.h"

enum { IDENTITY_MAX = 64, SKU_MAX = 100 };

/* What a device's own evidence proved. */
struct device_proof {
	char identity[IDENTITY_MAX]; /* unique in a fleet, "vendor:serial" */
	char kind[64];               /* for a person */
	char sku[SKU_MAX]; /* "1010_0200_882", signed, or "" */
	bool simulated;
	bool is_switch;
	bool tells_switch; /* IS_SWITCH is what the device says */
	bool protected_pcie; /* MEMBER belongs to a group */
	struct nvidia_member member;
	bool references_compared; /* every measurement that counts */
	enum revocation_extent revocation; /* of its certificates */
	bool signers_looked_up; /* as to revocation, when they were imported */
	bool backdated; /* imported as of a time that the operator named */
	bool read_before; /* before the request that has the nonce */
	bool unsigned_values; /* reference values that nobody signed */
	bool answered; /* the key of IDENTITY signed an answer to the nonce */
};

struct references;

/* What evidence is checked against. */
struct device_check {
	const struct anchors *anchors;
	const int64_t *time; /* NULL: validity not checked */
	const struct references *references; /* NULL: none were given */
	struct bytes nonce;  /* G_i */
};

/*
 * A kind of device evidence: its media type and its verification.  VERIFY
 * fills PROOF as far as it came, adds facts to DATA, and writes what was
 * wrong into the DETAIL_CAP bytes at DETAIL.
 */
struct device_kind {
	const char *media_type;
	enum status (*verify)(struct bytes evidence,
	    const struct device_check *check, struct device_proof *proof,
	    json_t *data, char *detail, size_t detail_cap);
};

/*
 * What was looked up about the revocation of CHAIN goes to PROOF; which of
 * its certificates were left out, if any was looked up, to DATA.
 */
void device_revocation(
    const struct chain *chain, struct device_proof *proof, json_t *data);

/* List in R what PROOF had to do without. */
void device_not_checked(
    const struct device_proof *proof, struct assay_result *r);

/* The kind with this media type, or NULL. */
const struct device_kind *device_kind_find(const struct cmw_record *rec);

extern const struct device_kind device_simulated;
extern const struct device_kind device_nvidia;
extern const struct device_kind device_spdm;

#endif
