/* SPDX-License-Identifier: Apache-2.0 */
/* The inventories of a context. */
#include "inventories.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inventories *
inventories_new(void)
{
	return calloc(1, sizeof(struct inventories));
}

void
inventories_free(struct inventories *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->count; i++) {
		inventory_free(&all->inventory[i]);
		free(all->file[i]);
	}
	free(all);
}

static bool
trusted(const struct policy *policy, const struct digest *signer)
{
	return policy != NULL &&
	    digest_list_has(&policy->inventory_keys, digest_view(signer));
}

static bool
same_place(const struct place *a, const struct place *b)
{
	return bytes_eq(a->ek_name, b->ek_name) && bytes_eq(a->slot, b->slot);
}

/* No two inventories disagree about a device. */
static enum status
compare(const struct inventories *all, const struct inventory *new,
    char detail[INVENTORY_DETAIL])
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = 0; k < new->count; k++) {
			const struct place *mine = &new->place[k];
			const struct place *other = inventory_find(
			    &all->inventory[i], mine->identity);

			if (other == NULL || same_place(mine, other))
				continue;
			snprintf(detail, INVENTORY_DETAIL,
			    "%.*s is elsewhere in inventory %.*s",
			    (int)mine->identity.n,
			    (const char *)mine->identity.p,
			    (int)all->inventory[i].name.n,
			    (const char *)all->inventory[i].name.p);
			return INVENTORY_CONFLICT;
		}
	return OK;
}

static enum status
check(const struct inventories *all, const struct inventory *new,
    const struct policy *policy, char detail[INVENTORY_DETAIL])
{
	char hex[2 * 32 + 1]; /* of SHA-256 */

	if (trusted(policy, &new->signer))
		return compare(all, new, detail);
	bytes_to_hex(digest_view(&new->signer), hex);
	snprintf(detail, INVENTORY_DETAIL,
	    "signed by %.64s, not a trust-inventory of the policy", hex);
	return INVENTORY_UNSIGNED;
}

enum status
inventories_add(struct inventories *all, struct bytes file,
    const struct policy *policy, char detail[INVENTORY_DETAIL])
{
	struct inventory new = {.count = 0};
	uint8_t *copy;
	enum status st;

	detail[0] = '\0';
	if (all->count == INVENTORIES_MAX || file.n > INVENTORY_MAX) {
		snprintf(detail, INVENTORY_DETAIL,
		    "give %d files of 4 MiB at most", INVENTORIES_MAX);
		return FILE_TOO_LARGE;
	}
	if ((copy = malloc(file.n + 1)) == NULL)
		return NO_MEMORY;
	if (file.n > 0)
		memcpy(copy, file.p, file.n);
	st = inventory_read(bytes_view(copy, file.n), &new);
	if (st != OK)
		snprintf(detail, INVENTORY_DETAIL,
		    "make it with assay inventory sign");
	else
		st = check(all, &new, policy, detail);
	if (st != OK) {
		inventory_free(&new);
		free(copy);
		return st;
	}
	all->inventory[all->count] = new;
	all->file[all->count++] = copy;
	return OK;
}
