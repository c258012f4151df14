/* SPDX-License-Identifier: Apache-2.0 */
/* assay-verifier devices list, accept */
#include <stdio.h>
#include <string.h>

#include "command.h"

/* A list on its way out. */
struct listing {
	size_t count;
	json_t *list;
};

/*
 * "missing" and "new" wait for an operator when a report was refused for
 * them; one that is gone again was only "seen".
 */
static const char *
state_of(const struct device_seen *d)
{
	if (d->device.expected)
		return d->present ? "present" : "missing";
	return d->present ? "new" : "seen";
}

/* A device as both forms of the list show it. */
struct line {
	char host[2 * ASSAY_NAME_MAX + 1];
	char identity[ASSAY_IDENTITY_MAX], label[ASSAY_LABEL_MAX];
	char first[TIME_LEN + 1], last[TIME_LEN + 1];
};

/* Whoever wrote it into the store, a terminal takes no orders from it. */
static void
show(const char *text, char *out)
{
	for (; *text != '\0'; text++, out++)
		*out = *text > ' ' && *text <= '~' ? *text : '?';
	*out = '\0';
}

static void
line_of(const struct device_seen *d, struct line *out)
{
	show(d->device.identity, out->identity);
	show(d->device.label, out->label);
	text_to_hex(d->device.ak_name, d->device.ak_name_len, out->host);
	text_to_time(d->first_seen, out->first);
	text_to_time(d->device.last_seen, out->last);
}

static void
print_device(void *arg, const struct device_seen *d)
{
	struct listing *to = arg;
	struct line line;

	if (to->count++ == 0)
		printf("%-7s  %-20s  %-9s  %s\n", "STATE", "LAST SEEN",
		    "LABEL", "HOST AND IDENTITY");
	line_of(d, &line);
	printf("%-7s  %-20s  %-9s  %s %s\n", state_of(d), line.last,
	    line.label, line.host, line.identity);
}

static void
collect_device(void *arg, const struct device_seen *d)
{
	struct listing *to = arg;
	struct line line;

	line_of(d, &line);
	(void)json_array_append_new(to->list,
	    json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s}", "ak_name",
	        line.host, "identity", line.identity, "label",
	        line.label, "state", state_of(d), "expected",
	        d->device.expected != 0, "present", (int)d->present,
	        "first_seen", line.first, "last_seen", line.last));
}

/* The host that the first word names, if there is one. */
static enum status
host_of(const struct config *config, uint8_t name[ASSAY_NAME_MAX], size_t *len,
    struct fault *fault)
{
	return command_name("HOST", config->words > 0 ? config->word[0] : "",
	    name, len, fault);
}

int
command_devices(const struct config *config)
{
	struct listing to = {.list = json_array()};
	uint8_t name[ASSAY_NAME_MAX];
	struct store *store = NULL;
	struct fault fault = {0};
	enum status st = OK;
	size_t len = 0;

	if (config->words > 1)
		st = fault_set(
		    &fault, USAGE, "name one host, or none; see --help");
	else if (config->words > 0)
		st = host_of(config, name, &len, &fault);
	if (st == OK)
		st = store_open(config->store, STORE_READ, &store_limits,
		    &store, &fault);
	if (st != OK)
		goto out;
	st = store_devices(store, len > 0 ? name : NULL, len,
	    config->json ? collect_device : print_device, &to);
	if (st != OK)
		fault = *store_fault(store);
	else if (config->json)
		st = command_print(
		    json_pack("{s:O}", "devices", to.list), &fault);
	else if (to.count == 0)
		printf("no device has signed for an enrolled host yet\n");
out:
	json_decref(to.list);
	store_close(store);
	return st == OK ? 0 : fault_print(&fault, st);
}

/* One identity, or all of them, but not neither and not both. */
static enum status
check_words(const struct config *config, struct fault *fault)
{
	if (config->words == (config->all ? 1 : 2))
		return OK;
	return fault_set(fault, USAGE,
	    "give HOST IDENTITY, as \"devices list\" shows them, or HOST "
	    "--all");
}

static enum status
print_accepted(const struct config *config, const struct accepted *did,
    struct fault *fault)
{
	if (config->json)
		return command_print(
		    json_pack("{s:s, s:I, s:I, s:I}", "ak_name",
		        config->word[0], "expected",
		        (json_int_t)did->expected, "forgotten",
		        (json_int_t)did->forgotten, "taken",
		        (json_int_t)did->taken),
		    fault);
	printf("%lld expected here, %lld forgotten, %lld taken from other "
	       "hosts\n",
	    (long long)did->expected, (long long)did->forgotten,
	    (long long)did->taken);
	return OK;
}

int
command_accept(const struct config *config)
{
	uint8_t name[ASSAY_NAME_MAX];
	struct accepted did = {0};
	struct store *store = NULL;
	struct fault fault = {0};
	enum status st;
	size_t len = 0;

	if ((st = check_words(config, &fault)) == OK &&
	    (st = host_of(config, name, &len, &fault)) == OK)
		st = store_open(config->store, STORE_WRITE, &store_limits,
		    &store, &fault);
	if (st != OK)
		goto out;
	st = store_device_accept(
	    store, name, len, config->all ? NULL : config->word[1], &did);
	if (st != OK)
		fault = *store_fault(store);
	else
		st = print_accepted(config, &did, &fault);
out:
	store_close(store);
	return st == OK ? 0 : fault_print(&fault, st);
}
