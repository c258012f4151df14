/* SPDX-License-Identifier: Apache-2.0 */
#include "event_forms.h"

#include "device_path.h"

enum {
	GUID_LEN = 16,
	SHOWN_VALUE = 32, /* longer values of variables show their size */
	GPT_HEADER = 92,
	GPT_ENTRY = 128,
};

/* Without zeros at the end. */
static struct bytes
without_nul(struct bytes b)
{
	while (b.n > 0 && b.p[b.n - 1] == 0)
		b.n--;
	return b;
}

/* Printable ASCII with blanks and line feeds, at least one character. */
static bool
is_ascii(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if ((b.p[i] < 0x20 || b.p[i] > 0x7e) && b.p[i] != '\n' &&
		    b.p[i] != '\t')
			return false;
	return b.n > 0;
}

/* The same in UTF-16. */
static bool
is_wide_ascii(struct bytes b)
{
	if (b.n % 2 != 0)
		return false;
	for (size_t i = 0; i < b.n; i += 2)
		if (b.p[i + 1] != 0 || !is_ascii(bytes_sub(b, i, 1)))
			return false;
	return b.n > 0;
}

bool
form_bytes(struct bytes data, struct line *out)
{
	line_put(out, "%zu bytes", data.n);
	if (data.n > 0 && data.n <= SHOWN_VALUE) {
		line_put(out, " ");
		line_put_hex(out, data);
	}
	return true;
}

/* Text of one width or the other; anything else is shown as bytes. */
bool
form_string(struct bytes data, struct line *out)
{
	struct bytes wide = data;

	while (wide.n >= 2 && bytes_is_zero(bytes_sub(wide, wide.n - 2, 2)))
		wide.n -= 2;
	if (is_ascii(without_nul(data)))
		line_put_text(out, without_nul(data));
	else if (is_wide_ascii(wide))
		line_put_utf16(out, wide);
	else
		return form_bytes(data, out);
	return true;
}

/* UEFI_PLATFORM_FIRMWARE_BLOB (10.2.3), or what firmware writes instead. */
bool
form_blob(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);
	uint64_t base = read_le64(&r), length = read_le64(&r);

	if (data.n != 16 || is_ascii(data))
		return form_string(data, out);
	line_put(out, "0x%llx bytes at 0x%llx", (unsigned long long)length,
	    (unsigned long long)base);
	return true;
}

/* UEFI_PLATFORM_FIRMWARE_BLOB2: with a description before it. */
bool
form_blob2(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);
	struct bytes name = read_bytes(&r, read_u8(&r));
	uint64_t base = read_le64(&r), length = read_le64(&r);

	line_put_text(out, without_nul(name));
	line_put(out, ": 0x%llx bytes at 0x%llx", (unsigned long long)length,
	    (unsigned long long)base);
	return reader_at_end(&r);
}

/* Entries of a handoff table: a GUID and a pointer each. */
static bool
put_tables(struct reader *r, struct line *out)
{
	uint64_t count = read_le64(r);

	if (r->failed || count > r->rest.n / (GUID_LEN + 8))
		return false;
	line_put(out, "%llu tables", (unsigned long long)count);
	for (uint64_t i = 0; i < count; i++) {
		line_put(out, " ");
		line_put_guid(out, read_bytes(r, GUID_LEN));
		read_le64(r);
	}
	return reader_at_end(r);
}

bool
form_tables(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);

	return put_tables(&r, out);
}

bool
form_tables2(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);

	line_put_text(out, without_nul(read_bytes(&r, read_u8(&r))));
	line_put(out, ": ");
	return put_tables(&r, out);
}

/* A version: UTF-16, or a GUID. */
bool
form_version(struct bytes data, struct line *out)
{
	if (data.n != GUID_LEN || is_wide_ascii(data))
		return form_string(data, out);
	line_put_guid(out, data);
	return true;
}

/* Spec ID, StartupLocality and the like begin with their names (10.4.5). */
bool
form_no_action(struct bytes data, struct line *out)
{
	struct bytes name = without_nul(bytes_sub(data, 0, 16));

	if (!is_ascii(name))
		return form_bytes(data, out);
	line_put_text(out, name);
	if (bytes_eq(name, BYTES_LIT("StartupLocality")) && data.n == 17)
		line_put(out, " %u", data.p[16]);
	return true;
}

/* Either of two values says that all is well (PFP 3.3.2.2). */
bool
form_separator(struct bytes data, struct line *out)
{
	static const uint8_t ones[4] = {0xff, 0xff, 0xff, 0xff};

	if (data.n == 4 && bytes_is_zero(data))
		line_put(out, "separator");
	else if (bytes_eq(data, BYTES_OF(ones)))
		line_put(out, "separator of ones");
	else {
		line_put(out, "error: ");
		form_bytes(data, out);
	}
	return true;
}

/* TCG_PCClientTaggedEvent (10.4.2.1); Windows puts several into one. */
bool
form_tagged(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);
	const char *sep = "";

	while (r.rest.n > 0 && !r.failed) {
		uint32_t id = read_le32(&r);
		struct bytes body = read_bytes(&r, read_le32(&r));

		if (r.failed)
			return false;
		line_put(out, "%stag %08x ", sep, id);
		form_string(body, out);
		sep = ", ";
	}
	return data.n > 0;
}

/* What GRUB and its relatives write before a text, and do not hash. */
static const char *const ipl_prefixes[] = {
    "grub_cmd: ",
    "grub_cmd ",
    "kernel_cmdline: ",
    "grub_kernel_cmdline ",
    "module_cmdline: ",
};

struct bytes
ipl_hashed(struct bytes data)
{
	for (size_t i = 0;
	     i < sizeof(ipl_prefixes) / sizeof(ipl_prefixes[0]); i++) {
		struct bytes prefix = bytes_str(ipl_prefixes[i]);

		if (bytes_eq(bytes_sub(data, 0, prefix.n), prefix))
			return bytes_sub(data, prefix.n, data.n - prefix.n);
	}
	return data;
}

bool
form_ipl(struct bytes data, struct line *out)
{
	return form_string(data, out);
}

/* A fixed text, with or without its NUL. */
static bool
is_constant(struct bytes data, struct bytes text, struct line *out)
{
	bool same = bytes_eq(data, text) ||
	    (data.n == text.n + 1 && data.p[text.n] == 0 &&
		bytes_eq(bytes_sub(data, 0, text.n), text));

	if (same)
		line_put_text(out, text);
	return same;
}

bool
form_omit(struct bytes data, struct line *out)
{
	return is_constant(data, BYTES_LIT("BOOT ATTEMPTS OMITTED"), out);
}

bool
form_hcrtm(struct bytes data, struct line *out)
{
	return is_constant(data, BYTES_LIT("HCRTM"), out);
}

bool
variable_parse(struct bytes data, struct event_variable *out)
{
	struct reader r = reader_of(data);
	uint64_t name, value;

	out->guid = read_bytes(&r, GUID_LEN);
	name = read_le64(&r);
	value = read_le64(&r);
	if (r.failed || name > r.rest.n / 2)
		return false;
	out->name = read_bytes(&r, (size_t)name * 2);
	if (value != r.rest.n)
		return false;
	out->value = r.rest;
	return true;
}

static const uint8_t guid_global[GUID_LEN] = {0x61, 0xdf, 0xe4, 0x8b, 0xca,
    0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c};
static const uint8_t guid_security[GUID_LEN] = {0xcb, 0xb2, 0x19, 0xd7, 0x3a,
    0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f};
static const uint8_t guid_shim[GUID_LEN] = {0x50, 0xab, 0x5d, 0x60, 0x46, 0xe0,
    0x00, 0x43, 0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23};

/* UEFI 2.10, 3.3 and 32.6; shim's own. */
static const struct {
	const char *name;
	const uint8_t *guid;
} variables[] = {
    {"SecureBoot", guid_global},
    {"SetupMode", guid_global},
    {"AuditMode", guid_global},
    {"DeployedMode", guid_global},
    {"PK", guid_global},
    {"KEK", guid_global},
    {"BootOrder", guid_global},
    {"BootNext", guid_global},
    {"db", guid_security},
    {"dbx", guid_security},
    {"dbt", guid_security},
    {"dbr", guid_security},
    {"MokList", guid_shim},
    {"MokListX", guid_shim},
    {"MokListTrusted", guid_shim},
    {"MokSBState", guid_shim},
    {"SbatLevel", guid_shim},
    {"Shim", guid_shim},
};

const char *
variable_known(struct bytes name)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (bytes_eq(bytes_str(variables[i].name), name))
			return variables[i].name;
	return NULL;
}

bool
variable_guid(const char *name, struct bytes *guid)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (!bytes_eq(bytes_str(variables[i].name), bytes_str(name)))
			continue;
		*guid = bytes_view(variables[i].guid, GUID_LEN);
		return true;
	}
	return false;
}

bool
variable_is(const struct event_variable *v, const char *name)
{
	struct bytes want = bytes_str(name), guid;

	if (!variable_guid(name, &guid) || !bytes_eq(v->guid, guid) ||
	    v->name.n != 2 * want.n)
		return false;
	for (size_t i = 0; i < want.n; i++)
		if (v->name.p[2 * i] != want.p[i] || v->name.p[2 * i + 1] != 0)
			return false;
	return true;
}

bool
form_variable(struct bytes data, struct line *out)
{
	struct event_variable v;

	if (!variable_parse(data, &v))
		return false;
	line_put_utf16(out, v.name);
	line_put(out, " = ");
	if (v.value.n == 0)
		line_put(out, "empty");
	else if (v.value.n <= SHOWN_VALUE)
		line_put_hex(out, v.value);
	else
		line_put(out, "%zu bytes", v.value.n);
	return true;
}

/* UEFI_IMAGE_LOAD_EVENT (10.2.3). */
bool
form_image(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);
	uint64_t length, path;

	read_le64(&r); /* where it lies in memory */
	length = read_le64(&r);
	read_le64(&r); /* link time address */
	path = read_le64(&r);
	if (r.failed || path != r.rest.n)
		return false;
	line_put(out, "0x%llx bytes", (unsigned long long)length);
	if (r.rest.n == 0)
		return true;
	line_put(out, " from ");
	return device_path_text(r.rest, out);
}

/* UEFI_GPT_DATA (10.2.5): the header, a count, that many entries. */
bool
form_gpt(struct bytes data, struct line *out)
{
	struct reader r = reader_of(data);
	struct reader header = reader_of(read_bytes(&r, GPT_HEADER));
	uint64_t count = read_le64(&r);
	struct bytes disk, signature = read_bytes(&header, 8);
	uint32_t size;

	read_bytes(&header, 48);
	disk = read_bytes(&header, GUID_LEN);
	read_bytes(&header, 12); /* first block, number of entries */
	size = read_le32(&header);
	if (r.failed || header.failed || size < GPT_ENTRY ||
	    !bytes_eq(signature, BYTES_LIT("EFI PART")) ||
	    count > r.rest.n / size || count * size != r.rest.n)
		return false;
	line_put(out, "disk ");
	line_put_guid(out, disk);
	line_put(out, ", %llu partitions", (unsigned long long)count);
	return true;
}
