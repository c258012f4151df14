/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Facts that people read in hexadecimal, with their number of digits. */
static int
hex_digits(uint64_t key)
{
	static const struct {
		enum fact_key key;
		int digits;
	} rows[] = {
	    {FACT_PCI_VENDOR, 4},
	    {FACT_PCI_DEVICE, 4},
	    {FACT_PCI_SUBVENDOR, 4},
	    {FACT_PCI_SUBDEVICE, 4},
	    {FACT_PCI_CLASS, 6},
	    {FACT_PCI_REVISION, 2},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].key == key)
			return rows[i].digits;
	return 0;
}

/* Text from a device, with everything unprintable shown as '?'. */
static void
put_text(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		(void)putchar(b.p[i] >= 0x20 && b.p[i] < 0x7f ? b.p[i] : '?');
}

static void
put_hex(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		(void)printf("%02x", b.p[i]);
}

/* As JSON (RFC 8259, 7): what is not UTF-8 becomes hexadecimal digits. */
static void
put_json_text(struct bytes b)
{
	(void)putchar('"');
	if (!bytes_is_text(b))
		put_hex(b);
	for (size_t i = 0; bytes_is_text(b) && i < b.n; i++) {
		if (b.p[i] < 0x20 || b.p[i] == 0x7f)
			(void)printf("\\u%04x", b.p[i]);
		else if (b.p[i] == '"' || b.p[i] == '\\')
			(void)printf("\\%c", b.p[i]);
		else
			(void)putchar(b.p[i]);
	}
	(void)putchar('"');
}

static struct bytes
fact_text(const struct fact_list *l, size_t i)
{
	return bytes_view(l->f[i].text, l->f[i].len);
}

/* 68719476736 bytes are 64.0 GiB. */
static void
print_gibibytes(uint64_t n)
{
	uint64_t tenths = (n >> 20) * 10 / 1024;

	(void)printf(
	    " (%" PRIu64 ".%" PRIu64 " GiB)", tenths / 10, tenths % 10);
}

/* Sources that differ stand below each other, each with its name. */
static void
print_fact(const struct fact_list *l, size_t i)
{
	uint64_t key = l->f[i].key, number = l->f[i].number;
	const char *name = fact_name(key), *unit = fact_unit(key);
	const char *source = source_name(l->f[i].source);
	int digits = hex_digits(key);

	(void)printf("    %-22s%-16s", name == NULL ? "?" : name,
	    source == NULL ? "?" : source);
	if (l->f[i].type == CBOR_TSTR)
		put_text(fact_text(l, i));
	else if (l->f[i].type != CBOR_UINT)
		put_hex(fact_text(l, i));
	else if (digits > 0)
		(void)printf("0x%0*" PRIx64, digits, number);
	else
		(void)printf("%" PRIu64, number);
	if (unit != NULL && unit[0] != '\0')
		(void)printf(" %s", unit);
	if (key == FACT_MEMORY)
		print_gibibytes(number);
	(void)printf("\n");
}

static struct bytes
component_version(const struct component_list *l, size_t i)
{
	return bytes_view(l->c[i].version, l->c[i].len);
}

static void
print_components(const struct component_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		(void)printf("    %-22s%-16s", i == 0 ? "firmware" : "",
		    l->c[i].name);
		put_text(component_version(l, i));
		(void)printf("\n");
	}
}

/* What stands after a device's name: how far its word goes. */
static const char *
grade(const struct platform *port, const struct device *d)
{
	if (port->simulated)
		return "SIMULATED, no hardware";
	return d->signs ? "signs its own evidence" : "signs nothing";
}

enum status
print_board(const struct platform *port, const struct board *board,
    enum status tee, struct bytes provider)
{
	if (board->count == 0)
		(void)printf("No accelerators were found on this host "
		             "(platform %s).\n",
		    port->name);
	else
		(void)printf("%zu accelerator%s, platform %s\n", board->count,
		    board->count == 1 ? "" : "s", port->name);

	for (size_t i = 0; i < board->count; i++) {
		const struct device *d = &board->device[i];

		(void)printf("\n%-9s ", d->label);
		put_text(bytes_view(d->model, d->model_len));
		(void)printf("  [%s]\n", grade(port, d));
		for (size_t k = 0; k < d->facts.n; k++)
			print_fact(&d->facts, k);
		print_components(&d->components);
	}
	if (port->tee != NULL && tee != OK)
		(void)printf("\nno TEE report: %s: %s "
		             "(sys/kernel/config/tsm/report)\n",
		    status_name(tee), status_text(tee));
	else if (port->tee != NULL) {
		(void)printf("\nTEE report by ");
		put_text(provider);
		(void)printf("\n");
	}
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? OK : FILE_WRITE;
}

/* {"pci-vendor":{"sysfs":4318},...}: by fact, then by source. */
static void
print_json_facts(const struct fact_list *l)
{
	(void)printf(",\"facts\":{");
	for (size_t i = 0; i < l->n; i++) {
		const char *name = fact_name(l->f[i].key);
		const char *source = source_name(l->f[i].source);
		bool again = i > 0 && l->f[i].key == l->f[i - 1].key;

		if (again)
			(void)printf(",");
		else
			(void)printf("%s\"%s\":{", i > 0 ? "}," : "",
			    name == NULL ? "?" : name);
		(void)printf("\"%s\":", source == NULL ? "?" : source);
		if (l->f[i].type == CBOR_UINT)
			(void)printf("%" PRIu64, l->f[i].number);
		else
			put_json_text(fact_text(l, i));
	}
	(void)printf("%s}", l->n > 0 ? "}" : "");
}

/* {"vbios":"96.00.A5.00.01",...} */
static void
print_json_components(const struct component_list *l)
{
	(void)printf(",\"components\":{");
	for (size_t i = 0; i < l->n; i++) {
		(void)printf("%s\"%s\":", i > 0 ? "," : "", l->c[i].name);
		put_json_text(component_version(l, i));
	}
	(void)printf("}");
}

/* The units of all facts, so that no name has to carry one. */
static void
print_json_units(void)
{
	static const struct {
		const char *name, *unit;
	} rows[] = {
#define FACT(constant, label, name, unit, type) {name, unit},
	    FACTS(FACT)
#undef FACT
	};
	bool first = true;

	(void)printf("\"units\":{");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].unit[0] == '\0')
			continue;
		(void)printf("%s\"%s\":\"%s\"", first ? "" : ",", rows[i].name,
		    rows[i].unit);
		first = false;
	}
	(void)printf("}");
}

enum status
print_board_json(const struct platform *port, const struct board *board,
    enum status tee, struct bytes provider)
{
	/* Facts are measured here, not judged: there is no verdict. */
	(void)printf("{\"schema\":1,\"verdict\":\"none\",\"exit\":0,"
	             "\"reasons\":[],\"not_checked\":[],\"data\":{");
	(void)printf("\"platform\":\"%s\",\"simulated\":%s,", port->name,
	    port->simulated ? "true" : "false");
	print_json_units();
	(void)printf(",\"devices\":[");
	for (size_t i = 0; i < board->count; i++) {
		const struct device *d = &board->device[i];

		(void)printf("%s{\"label\":", i > 0 ? "," : "");
		put_json_text(bytes_str(d->label));
		(void)printf(",\"model\":");
		put_json_text(bytes_view(d->model, d->model_len));
		(void)printf(",\"signs\":%s,\"simulated\":%s",
		    d->signs ? "true" : "false",
		    port->simulated ? "true" : "false");
		print_json_facts(&d->facts);
		print_json_components(&d->components);
		(void)printf("}");
	}
	(void)printf("]");
	if (port->tee != NULL) {
		(void)printf(",\"tee\":{\"code\":\"%s\",\"provider\":",
		    status_name(tee));
		put_json_text(provider);
		(void)printf("}");
	}
	(void)printf("}}\n");
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? OK : FILE_WRITE;
}
