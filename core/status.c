/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

static const struct {
	const char *name;
	const char *text;
	int exit_status;
} table[] = {
#define STATUS(code, exit_status, text) {#code, text, exit_status},
#define STATUS_END_OF_AGENT
#include "status.def"
#undef STATUS_END_OF_AGENT
#undef STATUS
};

const char *
status_name(enum status st)
{
	return table[st < STATUS_COUNT ? st : INTERNAL].name;
}

const char *
status_text(enum status st)
{
	return table[st < STATUS_COUNT ? st : INTERNAL].text;
}

int
status_exit(enum status st)
{
	return table[st < STATUS_COUNT ? st : INTERNAL].exit_status;
}
