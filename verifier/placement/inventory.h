/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which accelerator was put into which host: said at installation, signed by
 * who saw it.  One COSE_Sign1 (sign1.h) of
 * "application/vnd.assay.inventory+cbor", its payload in deterministic CBOR:
 *
 *	inventory = {
 *	  0 => 1,              ; version of this format
 *	  1 => tstr,           ; a name, for a person
 *	  2 => uint,           ; valid from, seconds since 1970
 *	  3 => uint,           ; to
 *	  4 => [ + host ],     ; ascending by their names
 *	}
 *	host = [ bstr,         ; TPM Name of the endorsement key
 *	         [ + device ] ]
 *	device = [ tstr,       ; identity, as the appraiser knows it
 *	           tstr ]      ; PCI address of the slot, or ""
 *
 * A device is in one place at most.
 */
#ifndef ASSAY_INVENTORY_H
#define ASSAY_INVENTORY_H

#include "crypto.h"
#include "device.h"
#include "status.h"

enum {
	INVENTORY_MAX = 4 << 20,
	INVENTORY_NAME_MAX = 64,
	INVENTORY_DETAIL = 160,
	INVENTORIES_MAX = 64,
};

#define INVENTORY_CONTENT_TYPE "application/vnd.assay.inventory+cbor"

/* One device and where it belongs. */
struct place {
	struct bytes ek_name, identity, slot;
};

struct inventory {
	struct bytes name;
	int64_t from, until;
	struct digest signer; /* SHA-256 of SubjectPublicKeyInfo */
	struct digest digest; /* SHA-256 of the file */
	struct place *place;  /* in the order of the identities */
	size_t count;
};

/*
 * Read FILE and verify its signature, by whomever; views into FILE.
 * INVENTORY_MALFORMED, INVENTORY_SIGNATURE, NO_MEMORY.
 */
enum status inventory_read(struct bytes file, struct inventory *out);
void inventory_free(struct inventory *i);

/* Where IDENTITY belongs, or NULL. */
const struct place *inventory_find(
    const struct inventory *i, struct bytes identity);

/*
 * Make an inventory of a list that a person wrote:
 *
 *	inventory,1,NAME,FROM,UNTIL
 *	EK-NAME,IDENTITY,SLOT
 *
 * with dates like 2026-11-26, a line for each device, and the slot may be
 * empty.  Empty lines, and lines that begin with #, say nothing.
 * INVENTORY_LIST with the line in DETAIL, KEY_MALFORMED, FILE_TOO_LARGE when
 * W is full.
 */
enum status inventory_sign(const char *key_pem, struct bytes list,
    struct writer *w, char detail[INVENTORY_DETAIL]);

/* The parts of a place, as both forms must have them (inventory_list.c). */
bool inventory_name_ok(struct bytes name);
bool ek_name_ok(struct bytes name);
bool identity_ok(struct bytes identity);
/* "0000:17:00.0" in whatever notation; false when it is no PCI address. */
bool pci_address_read(struct bytes text, uint64_t *out);

#endif
