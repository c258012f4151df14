/* SPDX-License-Identifier: Apache-2.0 */
#include "device_path.h"

enum {
	NODE_HEAD = 4,
	END_TYPE = 0x7f,
	END_WHOLE = 0xff,
	END_INSTANCE = 0x01,
	PNP_PCI_ROOT = 0x0a0341d0, /* PNP0A03 as an EISA identifier */
	PNP_PCIE_ROOT = 0x0a0841d0,
};

static void
put_pci(struct reader *r, struct line *out)
{
	unsigned function = read_u8(r), device = read_u8(r);

	line_put(out, "Pci(0x%x,0x%x)", device, function);
}

static void
put_acpi(struct reader *r, struct line *out)
{
	uint32_t hid = read_le32(r), uid = read_le32(r);

	if (hid == PNP_PCI_ROOT || hid == PNP_PCIE_ROOT)
		line_put(out, "PciRoot(0x%x)", uid);
	else
		line_put(out, "Acpi(0x%08x,0x%x)", hid, uid);
}

static void
put_memory(struct reader *r, struct line *out)
{
	uint32_t type = read_le32(r);
	uint64_t from = read_le64(r), to = read_le64(r);

	line_put(out, "MemoryMapped(0x%x,0x%llx,0x%llx)", type,
	    (unsigned long long)from, (unsigned long long)to);
}

static void
put_guid(struct reader *r, struct line *out)
{
	line_put_guid(out, read_bytes(r, 16));
	line_put(out, ")");
	read_bytes(r, r->rest.n); /* a vendor's own data */
}

static void
put_vendor(struct reader *r, struct line *out)
{
	line_put(out, "Vendor(");
	put_guid(r, out);
}

static void
put_volume(struct reader *r, struct line *out)
{
	line_put(out, "Fv(");
	put_guid(r, out);
}

static void
put_volume_file(struct reader *r, struct line *out)
{
	line_put(out, "FvFile(");
	put_guid(r, out);
}

static void
put_sata(struct reader *r, struct line *out)
{
	unsigned port = read_le16(r), multiplier = read_le16(r);

	line_put(out, "Sata(0x%x,0x%x,0x%x)", port, multiplier, read_le16(r));
}

static void
put_usb(struct reader *r, struct line *out)
{
	unsigned port = read_u8(r);

	line_put(out, "USB(0x%x,0x%x)", port, read_u8(r));
}

static void
put_nvme(struct reader *r, struct line *out)
{
	uint32_t namespace = read_le32(r);

	line_put(out, "NVMe(0x%x,", namespace);
	line_put_hex(out, read_bytes(r, 8));
	line_put(out, ")");
}

static void
put_scsi(struct reader *r, struct line *out)
{
	unsigned target = read_le16(r);

	line_put(out, "Scsi(0x%x,0x%x)", target, read_le16(r));
}

static void
put_mac(struct reader *r, struct line *out)
{
	struct bytes mac = read_bytes(r, 32);

	line_put(out, "MAC(");
	line_put_hex(out, bytes_sub(mac, 0, 6));
	line_put(out, ",0x%x)", read_u8(r));
}

static void
put_disk(struct reader *r, struct line *out)
{
	uint32_t partition = read_le32(r);
	uint64_t start = read_le64(r), size = read_le64(r);
	struct bytes signature = read_bytes(r, 16);
	uint8_t format = read_u8(r), kind = read_u8(r);

	line_put(out, "HD(%u,", partition);
	if (format == 2 && kind == 2) {
		line_put(out, "GPT,");
		line_put_guid(out, signature);
	} else {
		line_put(out, "0x%x,", format);
		line_put_hex(out, bytes_sub(signature, 0, 4));
	}
	line_put(out, ",0x%llx,0x%llx)", (unsigned long long)start,
	    (unsigned long long)size);
}

/* A path within a file system; the NUL at its end is not shown. */
static void
put_file(struct reader *r, struct line *out)
{
	struct bytes name = read_bytes(r, r->rest.n);

	if (name.n % 2 != 0)
		r->failed = true;
	if (name.n >= 2 && bytes_is_zero(bytes_sub(name, name.n - 2, 2)))
		name.n -= 2;
	line_put_utf16(out, name);
}

static const struct {
	uint8_t type, subtype;
	void (*put)(struct reader *r, struct line *out);
} kinds[] = {
    {0x01, 0x01, put_pci},
    {0x01, 0x03, put_memory},
    {0x01, 0x04, put_vendor},
    {0x02, 0x01, put_acpi},
    {0x03, 0x02, put_scsi},
    {0x03, 0x05, put_usb},
    {0x03, 0x0b, put_mac},
    {0x03, 0x12, put_sata},
    {0x03, 0x17, put_nvme},
    {0x04, 0x01, put_disk},
    {0x04, 0x04, put_file},
    {0x04, 0x06, put_volume_file},
    {0x04, 0x07, put_volume},
};

/* One node; false when its length is not the one of its kind. */
static bool
put_node(uint8_t type, uint8_t subtype, struct bytes body, struct line *out)
{
	struct reader r = reader_of(body);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type != type || kinds[i].subtype != subtype)
			continue;
		kinds[i].put(&r, out);
		return reader_at_end(&r);
	}
	line_put(out, "Path(%u,%u,", type, subtype);
	line_put_hex(out, body);
	line_put(out, ")");
	return true;
}

bool
device_path_text(struct bytes path, struct line *out)
{
	struct reader r = reader_of(path);
	const char *sep = "";

	for (;;) {
		uint8_t type = read_u8(&r), subtype = read_u8(&r);
		uint16_t length = read_le16(&r);
		struct bytes body;

		/* A length of less than the head would never move on. */
		if (r.failed || length < NODE_HEAD)
			return false;
		body = read_bytes(&r, length - NODE_HEAD);
		if (r.failed)
			return false;
		if (type == END_TYPE) {
			if (subtype != END_INSTANCE)
				return body.n == 0 && reader_at_end(&r) &&
				    subtype == END_WHOLE;
			sep = ",";
			continue;
		}
		line_put(out, "%s", sep);
		sep = "/";
		if (!put_node(type, subtype, body, out))
			return false;
	}
}
