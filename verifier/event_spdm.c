/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What firmware measured of SPDM devices: DEVICE_SECURITY_EVENT_DATA and
 * DEVICE_SECURITY_EVENT_DATA2 (PFP 1.06, 10.2.7).
 */
#include "device_path.h"
#include "event_forms.h"

enum {
	DEVICE_NONE = 0,
	DEVICE_PCI = 1,
	DEVICE_USB = 2,
	SUB_MEASUREMENT = 0,
	SUB_CERTIFICATE = 1,
	SHOWN_MEASUREMENT = 64,
};

/* How far firmware trusted the device. */
static const char *
state_name(uint8_t state)
{
	static const char *const names[] = {"authenticated",
	    "not authenticated", "authenticated without binding",
	    "no signature", "invalid signature"};

	if (state == 0xff)
		return "no SPDM";
	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

/* One block: index, specification, size, value (DSP0274, table 52). */
static bool
put_block(struct reader *r, struct line *out)
{
	uint8_t index = read_u8(r), type, specification = read_u8(r);
	struct reader block = reader_of(read_bytes(r, read_le16(r)));
	struct bytes value;

	if (r->failed)
		return false;
	line_put(out, " measurement %u", index);
	if (specification != 1) /* not DMTF's own form */
		return true;
	type = read_u8(&block);
	value = read_bytes(&block, read_le16(&block));
	line_put(out, " type 0x%02x ", type);
	if (value.n <= SHOWN_MEASUREMENT)
		line_put_hex(out, value);
	else
		line_put(out, "%zu bytes", value.n);
	return reader_at_end(&block);
}

/* DEVICE_SECURITY_EVENT_DATA_PCI_CONTEXT, or a context of another kind. */
static bool
put_context(struct reader *r, uint32_t type, struct line *out)
{
	struct reader c = reader_of(read_bytes(r, r->rest.n));
	uint16_t vendor, device, length;

	if (type == DEVICE_NONE)
		return c.rest.n == 0;
	read_le16(&c); /* version */
	length = read_le16(&c);
	if (type == DEVICE_USB) {
		line_put(out, " of a USB device");
		return !c.failed;
	}
	vendor = read_le16(&c);
	device = read_le16(&c);
	read_bytes(&c, 1 + 3 + 2 + 2); /* revision, class, subsystem */
	if (type != DEVICE_PCI || length != 16)
		return false;
	line_put(out, " of PCI device %04x:%04x", vendor, device);
	return reader_at_end(&c);
}

static bool
put_sub_header(struct bytes sub, uint32_t type, struct line *out)
{
	struct reader r = reader_of(sub);
	uint8_t count;

	if (sub.n == 0)
		return true;
	read_le16(&r); /* SPDM version */
	count = read_u8(&r); /* blocks, or the slot of the chain */
	read_u8(&r);
	read_le32(&r); /* hash algorithm */
	if (type == SUB_CERTIFICATE)
		line_put(out, " certificate chain of slot %u", count);
	else if (type != SUB_MEASUREMENT)
		return false;
	if (type == SUB_CERTIFICATE)
		return !r.failed;
	for (uint8_t i = 0; i < count; i++)
		if (!put_block(&r, out))
			return false;
	return reader_at_end(&r);
}

static bool
put_version_2(struct reader *r, struct line *out)
{
	uint16_t version = read_le16(r);
	uint8_t state = read_u8(r);
	uint32_t type, sub_type, sub_length;
	uint64_t path_length;
	struct bytes path;

	read_u8(r);
	read_le32(r); /* length: of all, or of what follows */
	type = read_le32(r);
	sub_type = read_le32(r);
	sub_length = read_le32(r);
	read_le64(r); /* identifier of the device */
	path_length = read_le64(r);
	if (r->failed || version != 2 || path_length > r->rest.n)
		return false;
	path = read_bytes(r, (size_t)path_length);
	line_put(out, " %s:", state_name(state));
	return put_sub_header(read_bytes(r, sub_length), sub_type, out) &&
	    !r->failed && put_context(r, type, out) &&
	    (path.n == 0 || (line_put(out, " at "),
				device_path_text(path, out)));
}

bool
form_spdm(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);
	struct bytes signature = read_bytes(&r, 16);
	uint16_t length;
	uint32_t type;

	line_put(out, "SPDM");
	if (bytes_eq(signature, BYTES_LIT("SPDM Device Sec2")))
		return put_version_2(&r, out);
	if (!bytes_eq(signature, bytes_view("SPDM Device Sec", 16)) ||
	    read_le16(&r) != 1)
		return false;
	length = read_le16(&r);
	read_le32(&r); /* hash algorithm */
	type = read_le32(&r);
	return !r.failed && length == data.n && put_block(&r, out) &&
	    put_context(&r, type, out);
}
