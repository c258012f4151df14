/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia_topology.h"

#include <stdio.h>
#include <string.h>

enum { GPUS = 8, SWITCHES = 4 };

static bool
names(const struct nvidia_member *m, const uint8_t pdi[NVIDIA_PDI])
{
	for (size_t i = 0; i < m->peers; i++)
		if (memcmp(m->peer[i], pdi, NVIDIA_PDI) == 0)
			return true;
	return false;
}

void
nvidia_member_of(const struct nvidia_report *rep,
    const uint8_t pdi[NVIDIA_PDI], struct nvidia_member *out)
{
	struct reader r =
	    reader_of(rep->is_switch ? rep->gpu_pdis : rep->switch_pdis);

	*out = (struct nvidia_member){.is_switch = rep->is_switch};
	memcpy(out->pdi, pdi, NVIDIA_PDI);
	while (r.rest.n >= NVIDIA_PDI && out->peers < NVIDIA_LINKS) {
		struct bytes one = read_bytes(&r, NVIDIA_PDI);
		uint8_t peer[NVIDIA_PDI];

		/* A GPU writes the bytes of a switch's in reverse. */
		for (size_t i = 0; i < NVIDIA_PDI; i++)
			peer[i] = one.p[rep->is_switch ? i
						       : NVIDIA_PDI - 1 - i];
		if (bytes_is_zero(one) || names(out, peer))
			continue;
		memcpy(out->peer[out->peers++], peer, NVIDIA_PDI);
	}
}

static enum status
wrong(char *detail, size_t cap, const struct nvidia_member *m,
    const char *what)
{
	char hex[2 * NVIDIA_PDI + 1];

	bytes_to_hex(BYTES_OF(m->pdi), hex);
	snprintf(detail, cap, "%s %s %s", m->is_switch ? "switch" : "GPU", hex,
	    what);
	return NVIDIA_TOPOLOGY;
}

/* M names exactly the members of the other kind. */
static enum status
check_member(const struct nvidia_member *m,
    const struct nvidia_member *const *members, size_t count, char *detail,
    size_t cap)
{
	if (m->peers != (size_t)(m->is_switch ? GPUS : SWITCHES))
		return wrong(detail, cap, m, "names too many or too few");
	for (size_t i = 0; i < count; i++)
		if (members[i]->is_switch != m->is_switch &&
		    !names(m, members[i]->pdi))
			return wrong(detail, cap, m,
			    "does not name a device of this report");
	return OK;
}

enum status
nvidia_topology(const struct nvidia_member *const *members, size_t count,
    char *detail, size_t cap)
{
	size_t switches = 0;
	enum status st = OK;

	for (size_t i = 0; i < count; i++)
		switches += members[i]->is_switch;
	if (switches != SWITCHES || count - switches != GPUS) {
		snprintf(detail, cap,
		    "%zu GPUs and %zu switches were proved, protected PCIe "
		    "has %d and %d",
		    count - switches, switches, GPUS, SWITCHES);
		return NVIDIA_TOPOLOGY;
	}
	for (size_t i = 0; i < count && st == OK; i++)
		st = check_member(members[i], members, count, detail, cap);
	return st;
}
