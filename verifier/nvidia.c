/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "references.h"
#include "verdict.h"

/*
 * The first byte of serialNumber in a device CA's subject: what it is.  A GPU
 * has one device CA for the processor that signs in confidential mode and
 * one for its FSP, which signs without.
 */
static const char tag_gpu[] = "41", tag_fsp[] = "40", tag_switch[] = "50";

/* Chips by the name in the leaf's subject. */
static const struct chip {
	const char *mark; /* "CN=GH100 " */
	const char *chip;
	bool is_switch;
} chips[] = {
    {"CN=GH100 ", "GH100", false},
    {"CN=GB100 ", "GB100", false},
    {"CN=GB20X ", "GB20X", false},
    {"CN=GR100 ", "GR100", false},
    {"CN=LS_10 ", "LS10", true},
};

static enum status
wrong(enum status st, char *detail, size_t cap, const char *what)
{
	snprintf(detail, cap, "%s", what);
	return st;
}

/* Say which certificate is outside its validity, and since when. */
static enum status
expired(const struct chain *chain, char *detail, size_t cap)
{
	const struct chain_link *l = &chain->link[chain->outside];
	time_t end = (time_t)l->not_after;
	struct tm tm;
	char date[32] = "?";

	if (gmtime_r(&end, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	snprintf(detail, cap, "%s, valid until %s", l->subject, date);
	return CHAIN_EXPIRED;
}

/* The chip that a leaf was made for, or NULL. */
static const struct chip *
chip_of(const struct chain *chain)
{
	for (size_t i = 0; i < sizeof(chips) / sizeof(chips[0]); i++)
		if (strstr(chain->link[0].subject, chips[i].mark) != NULL)
			return &chips[i];
	return NULL;
}

bool
nvidia_owns(const struct chain *chain)
{
	return chip_of(chain) != NULL;
}

/* The device CA's subject has the identifier behind a tag. */
enum status
nvidia_identify(const struct chain *chain, uint8_t pdi[NVIDIA_PDI],
    char identity[IDENTITY_MAX])
{
	const struct chip *chip = chip_of(chain);
	bool fsp = strstr(chain->link[0].subject, " FSP ") != NULL;
	const char *serial = chain->link[1].serial, *tag;
	uint8_t bytes[1 + NVIDIA_PDI];
	char hex[2 * NVIDIA_PDI + 1];

	if (chip == NULL)
		return NVIDIA_ARCHITECTURE;
	tag = chip->is_switch ? tag_switch : fsp ? tag_fsp : tag_gpu;
	if (chain->count < 2 ||
	    bytes_from_hex(serial, strlen(serial), bytes, sizeof(bytes)) !=
		(ptrdiff_t)sizeof(bytes) ||
	    strncmp(serial, tag, 2) != 0)
		return NVIDIA_PDI_MISMATCH;
	memcpy(pdi, bytes + 1, NVIDIA_PDI);
	bytes_to_hex(bytes_view(pdi, NVIDIA_PDI), hex);
	snprintf(identity, IDENTITY_MAX, "nvidia:%s", hex);
	return OK;
}

/* The device identifier; a switch repeats it in its report. */
static enum status
check_identity(const struct nvidia_report *rep, const struct chain *chain,
    struct device_proof *proof)
{
	char identity[IDENTITY_MAX];
	uint8_t pdi[NVIDIA_PDI];
	enum status st = nvidia_identify(chain, pdi, identity);

	if (st != OK)
		return st;
	if (rep->own_pdi.n > 0 && !bytes_eq(rep->own_pdi, BYTES_OF(pdi)))
		return NVIDIA_PDI_MISMATCH;
	nvidia_member_of(rep, pdi, &proof->member);
	proof->protected_pcie = rep->is_switch ||
	    (rep->has_ppcie && rep->ppcie == NVIDIA_PPCIE_ON);
	memcpy(proof->identity, identity, sizeof(identity));
	return OK;
}

/* The report is of the kind of chip that the certificate was made for. */
static enum status
check_chip(const struct nvidia_report *rep, const struct chain *chain,
    struct device_proof *proof, const char **product)
{
	const struct chip *chip = chip_of(chain);

	if (chip == NULL)
		return NVIDIA_ARCHITECTURE;
	snprintf(proof->kind, sizeof(proof->kind), "NVIDIA %s %s", chip->chip,
	    chip->is_switch ? "switch" : "GPU");
	proof->is_switch = chip->is_switch;
	proof->tells_switch = true;
	*product = chip->chip;
	return chip->is_switch == rep->is_switch ? OK : NVIDIA_ARCHITECTURE;
}

/* What binds report and certificates to each other and to the request. */
static enum status
check_binding(const struct nvidia_report *rep, const struct chain *chain,
    const struct device_check *check, struct device_proof *proof,
    const char **product, char *detail, size_t cap)
{
	enum status st;

	if (check->nonce.n > 0 &&
	    !bytes_eq_ct(rep->spdm.request_nonce, check->nonce))
		return wrong(DEVICE_NONCE_MISMATCH, detail, cap,
		    "the report was made for another request");
	if ((st = check_chip(rep, chain, proof, product)) != OK)
		return wrong(st, detail, cap, chain->link[0].subject);
	if (rep->fwid.n > 0 &&
	    (!chain->has_fwid ||
		!bytes_eq(rep->fwid, BYTES_OF(chain->fwid))))
		return wrong(NVIDIA_FWID_MISMATCH, detail, cap,
		    "FWID of the report against the leaf certificate's");
	if ((st = check_identity(rep, chain, proof)) != OK)
		return wrong(st, detail, cap,
		    chain->count > 1 ? chain->link[1].subject
				     : "no device CA in the chain");
	return OK;
}

/* The triple that tells products of one die apart. */
static void
take_sku(const struct nvidia_report *rep, struct device_proof *proof)
{
	if (!rep->is_switch && rep->project[0] != '\0' &&
	    rep->project_sku[0] != '\0' && rep->chip_sku[0] != '\0')
		snprintf(proof->sku, sizeof(proof->sku), "%s_%s_%s",
		    rep->project, rep->project_sku, rep->chip_sku);
}

enum status
nvidia_verify(const struct nvidia_evidence *ev,
    const struct device_check *check, struct device_proof *proof, json_t *data,
    char *detail, size_t cap)
{
	struct nvidia_report rep;
	struct chain chain = {0};
	const char *product = "";
	enum status st, parsed;

	snprintf(proof->kind, sizeof(proof->kind), "NVIDIA device");

	/* Whose key, then what it signed, then what that says. */
	st = chain_verify(
	    check->anchors, ev->certs, ev->cert_count, check->time, &chain);
	proof->simulated = chain.simulated;
	device_revocation(&chain, proof, data);
	if (st == CHAIN_EXPIRED)
		return expired(&chain, detail, cap);
	parsed = nvidia_report_read(ev->report, &rep);
	if (parsed == OK)
		nvidia_describe(&rep, &chain, data);
	if (st != OK)
		return wrong(st, detail, cap,
		    chain.note[0] != '\0'
			? chain.note
			: "to the device root of NVIDIA or an anchor given");
	if (parsed != OK)
		return wrong(parsed, detail, cap, "in the report");
	if ((st = spdm_verify(&rep.spdm, &chain.key,
		 anchors_curves(check->anchors))) != OK)
		return wrong(st, detail, cap, "over the report");
	if ((st = nvidia_report_check(&rep)) != OK)
		return wrong(st, detail, cap, "in the report");
	st = check_binding(&rep, &chain, check, proof, &product, detail, cap);
	proof->answered = st == OK && check->nonce.n > 0;
	if (st == OK && references_any(check->references))
		st = nvidia_compare(&rep, product, check->references, proof,
		    data, detail, cap);

	/* What is not known to be good is not known to be bad, either. */
	if (!proof->simulated && (st == OK || st == REFERENCE_NOT_FOUND))
		take_sku(&rep, proof);
	return st;
}
