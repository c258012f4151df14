/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agreement that begins an exchange: GET_VERSION, GET_CAPABILITIES,
 * NEGOTIATE_ALGORITHMS and their answers (DSP0274 1.2.1, clauses 10.3 to
 * 10.5; reserved fields are passed over, as the specification wants).
 */
#include "spdm_walk.h"

enum {
	CAPABILITIES_1_1 = 8,     /* reserved, CTExponent, reserved, Flags */
	CAPABILITIES_1_2 = 16,    /* DataTransferSize, MaxSPDMmsgSize as well */
	DMTF_MEASUREMENTS = 0x01, /* MeasurementSpecification */
	ALGORITHM_FIXED = 2,      /* AlgCount, bits 7 to 4: bytes that follow */
};

/* BaseAsymAlgo and BaseHashAlgo: what is supported here, one bit each. */
static const struct {
	uint32_t bit;
	enum key_type type;
	size_t signature;
} asyms[] = {
    {0x00000010, KEY_P256, 64},
    {0x00000080, KEY_P384, 96},
};

static const struct {
	uint32_t bit;
	enum hash hash;
} hashes[] = {
    {0x00000001, HASH_SHA256},
    {0x00000002, HASH_SHA384},
};

enum status
spdm_get_version(struct spdm_walk *w, struct spdm_message *m)
{
	(void)w;
	(void)m;
	return OK;
}

enum status
spdm_version(struct spdm_walk *w, struct spdm_message *m)
{
	read_u8(&m->r); /* reserved */
	w->versions = read_bytes(&m->r, 2u * read_u8(&m->r));
	return w->versions.n > 0 ? OK : SPDM_MALFORMED;
}

/* VersionNumberEntry: major and minor are its upper byte. */
static bool
offered(struct bytes versions, uint8_t version)
{
	struct reader r = reader_of(versions);

	while (r.rest.n > 0)
		if (read_le16(&r) >> 8 == version)
			return true;
	return false;
}

static enum status
pass_capabilities(struct spdm_walk *w, struct spdm_message *m)
{
	read_bytes(&m->r,
	    w->out->version == SPDM_V1_1 ? CAPABILITIES_1_1 : CAPABILITIES_1_2);
	return OK;
}

/* From here on every message has the version that this one has. */
enum status
spdm_get_capabilities(struct spdm_walk *w, struct spdm_message *m)
{
	if ((m->version != SPDM_V1_1 && m->version != SPDM_V1_2) ||
	    !offered(w->versions, m->version))
		return SPDM_VERSION;
	w->out->version = m->version;
	return pass_capabilities(w, m);
}

enum status
spdm_capabilities(struct spdm_walk *w, struct spdm_message *m)
{
	return pass_capabilities(w, m);
}

/*
 * The end that both messages share: extended algorithms, then COUNT tables
 * of two fixed bytes and some extended algorithms each.
 */
static bool
pass_tables(struct reader *r, unsigned extended, unsigned count)
{
	read_bytes(r, 4u * extended);
	for (unsigned i = 0; i < count; i++) {
		uint8_t sizes;

		read_u8(r); /* AlgType */
		sizes = read_u8(r);
		if (sizes >> 4 != ALGORITHM_FIXED)
			return false;
		read_bytes(r, ALGORITHM_FIXED + 4u * (sizes & 0x0f));
	}
	return !r->failed;
}

/* Length counts the message from its first byte to where R stands. */
static bool
length_holds(const struct spdm_message *m, uint16_t length)
{
	return !m->r.failed && m->whole.n - m->r.rest.n == length;
}

enum status
spdm_negotiate_algorithms(struct spdm_walk *w, struct spdm_message *m)
{
	uint16_t length = read_le16(&m->r);
	unsigned extended;

	read_u8(&m->r); /* MeasurementSpecification */
	read_u8(&m->r); /* OtherParamsSupport */
	w->asym_offered = read_le32(&m->r);
	w->hash_offered = read_le32(&m->r);
	read_bytes(&m->r, 12);
	extended = read_u8(&m->r);  /* ExtAsymCount */
	extended += read_u8(&m->r); /* ExtHashCount */
	read_bytes(&m->r, 2);
	if (!pass_tables(&m->r, extended, m->param1) ||
	    !length_holds(m, length))
		return SPDM_MALFORMED;
	return OK;
}

/* One bit of each, which the requester offered and which we know. */
static bool
choose(struct spdm_walk *w, uint32_t asym, uint32_t hash)
{
	w->signature_size = 0;
	for (size_t i = 0; i < sizeof(asyms) / sizeof(asyms[0]); i++)
		if (asyms[i].bit == asym && (w->asym_offered & asym) != 0) {
			w->out->key_type = asyms[i].type;
			w->signature_size = asyms[i].signature;
		}
	w->out->hash = HASH_NONE;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (hashes[i].bit == hash && (w->hash_offered & hash) != 0)
			w->out->hash = hashes[i].hash;
	return w->signature_size != 0 && w->out->hash != HASH_NONE;
}

enum status
spdm_algorithms(struct spdm_walk *w, struct spdm_message *m)
{
	uint16_t length = read_le16(&m->r);
	uint32_t asym, hash;
	unsigned extended;
	uint8_t measurements;

	measurements = read_u8(&m->r); /* MeasurementSpecificationSel */
	read_u8(&m->r);                /* OtherParamsSelection */
	read_le32(&m->r);              /* MeasurementHashAlgo */
	asym = read_le32(&m->r);
	hash = read_le32(&m->r);
	read_bytes(&m->r, 12);
	extended = read_u8(&m->r);  /* ExtAsymSelCount */
	extended += read_u8(&m->r); /* ExtHashSelCount */
	read_bytes(&m->r, 2);
	if (!pass_tables(&m->r, extended, m->param1) ||
	    !length_holds(m, length))
		return SPDM_MALFORMED;
	if (extended != 0 || measurements != DMTF_MEASUREMENTS ||
	    !choose(w, asym, hash))
		return SPDM_ALGORITHM;
	return OK;
}
