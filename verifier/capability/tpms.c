/* SPDX-License-Identifier: Apache-2.0 */
#include "tpms.h"

#include <stdlib.h>
#include <string.h>

/* One half of a version: at most 65535, no zeros before it. */
static bool
read_half(struct bytes *text, uint32_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < text->n && n < 5 && text->p[n] >= '0' && text->p[n] <= '9')
		*out = *out * 10 + (uint32_t)(text->p[n++] - '0');
	if (n == 0 || *out > UINT16_MAX || (n > 1 && text->p[0] == '0'))
		return false;
	*text = bytes_sub(*text, n, text->n - n);
	return true;
}

/* MAJOR.MINOR, off the front of TEXT. */
static bool
read_version(struct bytes *text, uint32_t *out)
{
	uint32_t major, minor;

	if (!read_half(text, &major) || text->n == 0 || text->p[0] != '.')
		return false;
	*text = bytes_sub(*text, 1, text->n - 1);
	if (!read_half(text, &minor))
		return false;
	*out = major << 16 | minor;
	return true;
}

/* VERSION or VERSION-VERSION. */
static bool
read_range(struct bytes text, uint32_t *from, uint32_t *until)
{
	if (!read_version(&text, from))
		return false;
	*until = *from;
	if (text.n > 0 && text.p[0] == '-') {
		text = bytes_sub(text, 1, text.n - 1);
		if (!read_version(&text, until))
			return false;
	}
	return text.n == 0 && *until >= *from;
}

/* tpm,ID,MANUFACTURER,REASON: what the next lines are about. */
static void
read_tpm(struct tpms *set, const struct table_line *l, struct flawed *about)
{
	if (l->n != 4 || !table_id_ok(l->field[1]) || l->field[3].n == 0 ||
	    l->field[2].n == 0 || l->field[2].n > MANUFACTURER_MAX) {
		table_fail(&set->table, "tpm,ID,MANUFACTURER,REASON is "
					"expected");
		return;
	}
	for (size_t i = 0; i < set->count; i++)
		if (bytes_eq(set->row[i].id, l->field[1]))
			table_fail(&set->table, "this name is there already");
	*about = (struct flawed){.id = l->field[1],
	    .manufacturer = l->field[2],
	    .reason = l->field[3]};
}

/* firmware,VERSION[-VERSION],LEVEL,SOURCE[,NOTE] */
static void
read_firmware(
    struct tpms *set, const struct table_line *l, const struct flawed *about)
{
	struct flawed row = *about;

	row.versions = table_cell(&set->table, l, 1, false);
	if (set->table.st != OK)
		return;
	if (about->id.n == 0)
		table_fail(&set->table, "a line tpm,... comes before");
	else if (set->count == TPMS_MAX)
		table_fail(&set->table, "too many versions");
	else if (row.versions.level == LEVEL_UNKNOWN ||
	    !read_range(row.versions.text, &row.from, &row.until))
		table_fail(&set->table, "not a version, or a range of them, "
					"such as 7.0-7.61");
	else
		set->row[set->count++] = row;
}

enum status
tpms_read(struct tpms *set, struct bytes text, char detail[TABLE_DETAIL])
{
	struct flawed about = {.from = 0};
	struct table_line l;

	set->count = 0;
	if (table_open(&set->table, text, TABLE_TPMS, detail) != OK)
		return set->table.st;
	while (table_next(&set->table, &l))
		if (bytes_eq(l.field[0], BYTES_LIT("tpm")))
			read_tpm(set, &l, &about);
		else if (bytes_eq(l.field[0], BYTES_LIT("firmware")))
			read_firmware(set, &l, &about);
		else
			table_fail(&set->table, "no such line in a table of "
						"TPMs");
	return set->table.st;
}

/*
 * Four characters, the last of which may be blank or zero (TCG TPM Vendor ID
 * Registry), as a certificate writes them in hexadecimal.
 */
static bool
is_maker(const char *id, struct bytes name)
{
	uint8_t code[MANUFACTURER_MAX];
	size_t n = sizeof(code);

	if (strncmp(id, "id:", 3) != 0 ||
	    bytes_from_hex(id + 3, strlen(id + 3), code, sizeof(code)) !=
		(ptrdiff_t)sizeof(code))
		return false;
	while (n > 0 && (code[n - 1] == 0 || code[n - 1] == ' '))
		n--;
	return bytes_eq(bytes_view(code, n), name);
}

const struct flawed *
tpms_find(const struct tpms *set, const char *manufacturer, uint64_t firmware)
{
	uint32_t version = (uint32_t)(firmware >> 32);

	for (size_t i = 0; i < set->count; i++) {
		const struct flawed *row = &set->row[i];

		if (level_decides(row->versions.level) &&
		    version >= row->from && version <= row->until &&
		    is_maker(manufacturer, row->manufacturer))
			return row;
	}
	return NULL;
}
