/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <getopt.h>
#include <string.h>

#include "gpu.h"

const char options_help[] =
    "usage: assay-probe [OPTION]...\n\n"
    "Measure what a GPU does at the least: matrix operations of several\n"
    "formats and memory copied, within two seconds.  Run it on an idle GPU.\n"
    "It proves \"at least\", never \"at most\": a chip that runs slow proves\n"
    "nothing.\n\n"
    "  --device GPU       number in PCI order or PCI address; the first one\n"
    "  --seconds S        of the GPU's time, 0.1 to 2; 2\n"
    "  -o, --output FILE  write the observation for assay classify\n"
    "  --json             print JSON\n"
    "  --help, --version\n\n"
    "exit: 0 measured, 64 usage, 69 no driver or no GPU that can be\n"
    "      measured, 70 internal or a GPU that miscomputes, 74 input/output,\n"
    "      77 permission\n";

static const struct option longs[] = {
    {"device", required_argument, NULL, 'd'},
    {"seconds", required_argument, NULL, 's'},
    {"output", required_argument, NULL, 'o'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

/* "2", "0.5" or "1.250", without sign or exponent, in milliseconds. */
static bool
parse_seconds(const char *s, uint64_t *ms)
{
	size_t whole = strspn(s, "0123456789");
	size_t n = strlen(s), digits = 0;
	uint64_t value = 0;

	if (whole == 0 || whole > 4 || n > whole + 4 ||
	    (s[whole] != '\0' && (s[whole] != '.' || s[whole + 1] == '\0')))
		return false;
	for (const char *p = s; *p != '\0'; p++) {
		if (*p == '.' && p == s + whole)
			continue;
		if (*p < '0' || *p > '9')
			return false;
		value = value * 10 + (uint64_t)(*p - '0');
		digits++;
	}
	for (digits -= whole; digits < 3; digits++)
		value *= 10;
	*ms = value;
	return value >= SECONDS_MILLI_MIN && value <= SECONDS_MILLI_MAX;
}

static enum status
take(int c, const char *arg, struct options *o, struct fault *fault)
{
	char address[GPU_PCI_LEN + 1];

	switch (c) {
	case 'd':
		o->device = arg;
		if (gpu_number(arg) || gpu_address(arg, address))
			return OK;
		return fault_set(fault, USAGE,
		    "--device: give a number, or an address like "
		    "0000:17:00.0");
	case 's':
		if (parse_seconds(arg, &o->budget_ms))
			return OK;
		return fault_set(
		    fault, USAGE, "--seconds: give 0.1 to 2, as in 0.5");
	case 'o':
		o->output = arg;
		return OK;
	case 'j':
		o->json = true;
		return OK;
	case 'h':
		o->help = true;
		return OK;
	case 'v':
		o->version = true;
		return OK;
	default:
		return fault_set(fault, USAGE,
		    "unknown option, or an option without its argument; see "
		    "--help");
	}
}

enum status
options_parse(int argc, char **argv, struct options *out, struct fault *fault)
{
	enum status st;
	int c;

	memset(out, 0, sizeof(*out));
	out->budget_ms = SECONDS_MILLI_MAX;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1)
		if ((st = take(c, optarg, out, fault)) != OK)
			return st;
	if (!out->help && !out->version && optind < argc)
		return fault_set(fault, USAGE,
		    "'%.60s': no argument is taken; see --help", argv[optind]);
	return OK;
}
