/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia_report.h"

#include <stdio.h>
#include <string.h>

#include "chain.h"

enum opaque_type {
	OPAQUE_DRIVER_VERSION = 3,
	OPAQUE_VBIOS_VERSION = 6,
	OPAQUE_NVDEC0_STATUS = 11,
	OPAQUE_MSR_COUNTS = 12,
	OPAQUE_BOARD_ID = 14,
	OPAQUE_CHIP_SKU = 15,
	OPAQUE_PROJECT = 17,
	OPAQUE_PROJECT_SKU = 18,
	OPAQUE_FWID = 20,
	OPAQUE_PROTECTED_PCIE = 21,
	OPAQUE_PDI = 22,
	OPAQUE_GPU_PDIS = 26,
	OPAQUE_VERSION = 34,
	OPAQUE_CHIP_INFO = 35,
	OPAQUE_FEATURE_FLAG = 36,
};

/* Types that are known and carry nothing this verifier rests on. */
static const uint8_t passed_over[] = {
    1, 2, 4, 5, 7, 8, 9, 10, 13, 16, 19, 23, 24, 25, 32, 33, 37};

/* Text in a fixed place: printable, then NUL to the end. */
static bool
read_text(struct bytes v, char out[NVIDIA_TEXT_MAX])
{
	size_t n = 0;

	if (out[0] != '\0')
		return false;
	while (n < v.n && v.p[n] != '\0') {
		if (v.p[n] <= ' ' || v.p[n] > '~' || n == NVIDIA_TEXT_MAX - 1)
			return false;
		n++;
	}
	if (n == 0 || !bytes_is_zero(bytes_sub(v, n, v.n - n)))
		return false;
	memcpy(out, v.p, n);
	out[n] = '\0';
	return true;
}

/* A GPU packs the version into 8 bytes, a switch writes it as text. */
static bool
read_vbios(struct bytes v, struct nvidia_report *out)
{
	if (v.n != 8)
		return read_text(v, out->vbios);
	if (out->vbios[0] != '\0' || !bytes_is_zero(bytes_sub(v, 5, 3)))
		return false;
	snprintf(out->vbios, sizeof(out->vbios), "%02X.%02X.%02X.%02X.%02X",
	    v.p[3], v.p[2], v.p[1], v.p[0], v.p[4]);
	return true;
}

/* Keep a value of exactly N bytes, once. */
static bool
keep(struct bytes v, size_t n, struct bytes *out)
{
	if (v.n != n || out->n != 0)
		return false;
	*out = v;
	return true;
}

/* Type 22: eight bytes are a switch's own PDI, more are a GPU's links. */
static bool
read_pdi(struct bytes v, struct nvidia_report *out)
{
	if (v.n == NVIDIA_PDI) {
		out->is_switch = true;
		return keep(v, NVIDIA_PDI, &out->own_pdi);
	}
	return keep(v, (size_t)NVIDIA_PDI * NVIDIA_LINKS, &out->switch_pdis);
}

static bool
note_unknown(uint16_t type, struct nvidia_report *out)
{
	if (memchr(passed_over, type, sizeof(passed_over)) != NULL &&
	    type <= UINT8_MAX)
		return true;
	if (out->unknown_count == NVIDIA_UNKNOWN_MAX)
		return false;
	out->unknown[out->unknown_count++] = type;
	return true;
}

static bool
read_entry(uint16_t type, struct bytes v, struct nvidia_report *out)
{
	struct reader r = reader_of(v);

	switch (type) {
	case OPAQUE_DRIVER_VERSION:
		return read_text(v, out->driver);
	case OPAQUE_VBIOS_VERSION:
		return read_vbios(v, out);
	case OPAQUE_CHIP_SKU:
		return read_text(v, out->chip_sku);
	case OPAQUE_PROJECT:
		return read_text(v, out->project);
	case OPAQUE_PROJECT_SKU:
		return read_text(v, out->project_sku);
	case OPAQUE_CHIP_INFO:
		return read_text(v, out->chip);
	case OPAQUE_FWID:
		return keep(v, FWID_LEN, &out->fwid);
	case OPAQUE_MSR_COUNTS:
		return v.n % 4 == 0 && v.n > 0 && keep(v, v.n, &out->counts);
	case OPAQUE_PDI:
		return read_pdi(v, out);
	case OPAQUE_GPU_PDIS:
		out->is_switch = true;
		return v.n >= (size_t)NVIDIA_PDI * NVIDIA_PEERS &&
		    keep(bytes_sub(v, 0, (size_t)NVIDIA_PDI * NVIDIA_PEERS),
			(size_t)NVIDIA_PDI * NVIDIA_PEERS, &out->gpu_pdis);
	case OPAQUE_BOARD_ID:
		out->board_id = read_le32(&r);
		out->has_board_id = true;
		return reader_at_end(&r);
	case OPAQUE_NVDEC0_STATUS:
		out->nvdec = read_u8(&r);
		out->has_nvdec = true;
		return reader_at_end(&r) && (out->nvdec == NVIDIA_NVDEC_ON ||
						out->nvdec == NVIDIA_NVDEC_OFF);
	case OPAQUE_PROTECTED_PCIE:
		out->ppcie = read_u8(&r);
		out->has_ppcie = true;
		return reader_at_end(&r);
	case OPAQUE_VERSION:
		out->opaque_version = read_le16(&r) == 0x0200
		    ? 2u
		    : (unsigned)(v.n == 2 ? v.p[0] : 0);
		return reader_at_end(&r);
	case OPAQUE_FEATURE_FLAG:
		out->feature_flag = v.n >= 2 ? read_le16(&r) : read_u8(&r);
		out->has_feature_flag = true;
		return !r.failed;
	default:
		return note_unknown(type, out);
	}
}

/*
 * The older form is type, length, value; the newer one begins with a mark and
 * has a value type between.  No type appears twice.
 */
static bool
read_opaque(struct bytes opaque, struct nvidia_report *out)
{
	struct reader r = reader_of(opaque);
	bool marked = bytes_eq(bytes_sub(opaque, 0, 6), BYTES_LIT("NVDAOD"));
	uint8_t seen[32] = {0};

	if (marked) {
		read_bytes(&r, 8); /* mark, profile */
		out->opaque_version = read_u8(&r);
		read_bytes(&r, 3); /* minor, reserved */
	}
	while (r.rest.n > 0 && !r.failed) {
		uint16_t type = read_le16(&r);
		struct bytes v;

		if (marked)
			read_le16(&r); /* value type */
		v = read_bytes(&r, read_le16(&r));
		if (r.failed)
			return false;
		if (type <= UINT8_MAX) {
			if (seen[type / 8] >> type % 8 & 1)
				return false;
			seen[type / 8] |= (uint8_t)(1u << type % 8);
		}
		if (!read_entry(type, v, out))
			return false;
	}
	return !r.failed;
}

enum status
nvidia_report_read(struct bytes in, struct nvidia_report *out)
{
	enum status st;

	memset(out, 0, sizeof(*out));
	if ((st = spdm_parse(in, &out->spdm)) != OK)
		return st;
	return read_opaque(out->spdm.opaque, out) ? OK
						  : NVIDIA_OPAQUE_MALFORMED;
}

/* Was a measurement register extended exactly when its block is not zero? */
static enum status
check_counts(const struct nvidia_report *rep)
{
	struct reader r = reader_of(rep->counts);

	for (unsigned i = 1; r.rest.n > 0; i++) {
		uint32_t count = read_le32(&r);
		const struct spdm_block *b = NULL;

		for (size_t k = 0; k < rep->spdm.block_count; k++)
			if (rep->spdm.block[k].index == i)
				b = &rep->spdm.block[k];
		if (b == NULL || (count > 0) == bytes_is_zero(b->value))
			return NVIDIA_COUNTER_MISMATCH;
	}
	return OK;
}

/* The number before the first dot of a driver version; 0 if it is none. */
static unsigned
driver_branch(const char *version)
{
	unsigned n = 0;

	for (; *version >= '0' && *version <= '9' && n < 100000; version++)
		n = n * 10 + (unsigned)(*version - '0');
	return *version == '.' ? n : 0;
}

enum { FWID_SINCE = 550 };

enum status
nvidia_report_check(const struct nvidia_report *rep)
{
	enum status st;

	if (bytes_is_zero(rep->spdm.response_nonce))
		return NVIDIA_NONCE_ZERO;
	if ((st = check_counts(rep)) != OK)
		return st;
	if (driver_branch(rep->driver) >= FWID_SINCE && rep->fwid.n == 0)
		return NVIDIA_FWID_MISSING;
	return OK;
}

enum status
nvidia_report_parse(struct bytes in, struct nvidia_report *out)
{
	enum status st = nvidia_report_read(in, out);

	return st == OK ? nvidia_report_check(out) : st;
}

/* White space, and the marks that tools write before digits. */
static bool
skip_mark(struct reader *r)
{
	struct bytes two = bytes_sub(r->rest, 0, 2);

	if (r->rest.n > 0 && memchr(" \t\r\n,", r->rest.p[0], 5) != NULL) {
		read_u8(r);
		return true;
	}
	if (bytes_eq(two, BYTES_LIT("0x")) || bytes_eq(two, BYTES_LIT("\\x"))) {
		read_bytes(r, 2);
		return true;
	}
	return false;
}

enum status
nvidia_report_file(
    struct bytes in, uint8_t *store, size_t cap, struct bytes *out)
{
	struct reader r = reader_of(in);
	size_t n = 0;

	/* Binary: an SPDM version that is no text. */
	if (in.n > 0 && in.p[0] == 0x11) {
		*out = in;
		return OK;
	}
	while (r.rest.n > 0) {
		struct bytes two = bytes_sub(r.rest, 0, 2);

		/* No mark is two digits, and most of the file is. */
		if (n < cap &&
		    bytes_from_hex(
			(const char *)two.p, two.n, store + n, 1) == 1) {
			(void)read_bytes(&r, 2);
			n++;
		} else if (!skip_mark(&r)) {
			return REPORT_FILE_MALFORMED;
		}
	}
	*out = bytes_view(store, n);
	return n > 0 ? OK : REPORT_FILE_MALFORMED;
}
