/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
#include "print.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "say.h"

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

/* What is not UTF-8 becomes hexadecimal digits (RFC 8259, 8.1). */
static json_t *
json_text(struct bytes b)
{
	char hex[2 * FACT_TEXT_MAX + 1];

	if (bytes_is_text(b))
		return json_stringn((const char *)b.p, b.n);
	bytes_to_hex(bytes_sub(b, 0, b.n < FACT_TEXT_MAX ? b.n : FACT_TEXT_MAX),
	    hex);
	return json_string(hex);
}

/* {"pci-vendor":{"sysfs":4318},...}: by fact, then by source. */
static json_t *
json_facts(const struct fact_list *l)
{
	json_t *all = json_object(), *one = NULL;

	for (size_t i = 0; i < l->n; i++) {
		if (i == 0 || l->f[i].key != l->f[i - 1].key) {
			one = json_object();
			(void)json_object_set_new(
			    all, fact_name(l->f[i].key), one);
		}
		(void)json_object_set_new(one, source_name(l->f[i].source),
		    l->f[i].type != CBOR_UINT ? json_text(fact_text(l, i))
		    : l->f[i].number <= INT64_MAX
		        ? json_integer((json_int_t)l->f[i].number)
		        : json_sprintf("%" PRIu64, l->f[i].number));
	}
	return all;
}

/* {"vbios":"96.00.A5.00.01",...} */
static json_t *
json_components(const struct component_list *l)
{
	json_t *all = json_object();

	for (size_t i = 0; i < l->n; i++)
		(void)json_object_set_new(
		    all, l->c[i].name, json_text(component_version(l, i)));
	return all;
}

/* The units of all facts, so that no name has to carry one. */
static json_t *
json_units(void)
{
	json_t *all = json_object();

#define FACT(constant, label, name, unit, type)                                \
	if (unit[0] != '\0')                                                   \
		(void)json_object_set_new(all, name, json_string(unit));
	FACTS(FACT)
#undef FACT
	return all;
}

static json_t *
json_devices(const struct platform *port, const struct board *board)
{
	json_t *all = json_array();

	for (size_t i = 0; i < board->count; i++) {
		const struct device *d = &board->device[i];

		(void)json_array_append_new(all,
		    json_pack("{s:s, s:o, s:b, s:b, s:o, s:o}", "label",
		        d->label, "model",
		        json_text(bytes_view(d->model, d->model_len)), "signs",
		        d->signs, "simulated", port->simulated, "facts",
		        json_facts(&d->facts), "components",
		        json_components(&d->components)));
	}
	return all;
}

enum status
print_board_json(const struct platform *port, const struct board *board,
    enum status tee, struct bytes provider)
{
	json_t *data = json_pack("{s:s, s:b, s:o, s:o}", "platform", port->name,
	    "simulated", port->simulated, "units", json_units(), "devices",
	    json_devices(port, board));
	json_t *all;
	int rc;

	if (port->tee != NULL)
		(void)json_object_set_new(data, "tee",
		    json_pack("{s:s, s:o}", "code", status_name(tee),
		        "provider", json_text(provider)));
	/* Facts are measured here, not judged: there is no verdict. */
	all = json_pack("{s:i, s:s, s:i, s:[], s:[], s:o}", "schema", 1,
	    "verdict", "none", "exit", 0, "reasons", "not_checked", "data",
	    data);
	rc = json_dumpf(all, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(all);
	if (rc != 0 && ferror(stdout) == 0)
		return NO_MEMORY;
	(void)printf("\n");
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? OK : FILE_WRITE;
}
