/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where accelerators are: as an inventory says that was signed when they
 * were installed, and as the quoted claims say.
 */
#ifndef ASSAY_PLACEMENT_H
#define ASSAY_PLACEMENT_H

#include "inventory.h"
#include "policy.h"

struct inventories;

struct inventories *inventories_new(void); /* NULL without memory */
void inventories_free(struct inventories *all); /* NULL is fine */

/*
 * Take an inventory that a signer whom POLICY names has signed; FILE is
 * copied.  What inventory_read says; INVENTORY_UNSIGNED; INVENTORY_CONFLICT
 * when another one has a device of it elsewhere; FILE_TOO_LARGE when there
 * are too many.
 */
enum status inventories_add(struct inventories *all, struct bytes file,
    const struct policy *policy, char detail[INVENTORY_DETAIL]);

struct assay;
struct verified;

/*
 * Judge where the devices of V are: reasons in R.  ENDORSED[I] is set when an
 * inventory has device I, which signed, on this very host, whose endorsement
 * key is one that enrolment has proved.
 */
void placement_judge(const struct assay *ctx, const struct verified *v,
    struct assay_result *r, bool endorsed[DEVICES_MAX]);

/* What an inventory FILE says; SIGNERS has fingerprints, text, or nothing. */
struct assay_result *check_inventory(
    const struct assay *ctx, struct bytes file, struct bytes signers);

/*
 * The list, as inventory_sign takes it, of the devices of V that signed,
 * valid for a year from AT.  Allocated; NULL when there is none, or without
 * memory.
 */
char *placement_list(const struct verified *v, int64_t at);

#endif
