/* SPDX-License-Identifier: Apache-2.0 */
#include "event_judge.h"

#include <stdlib.h>

/* Is every PCR that the policy rests on vouched for, in its bank? */
static bool
covered(const struct event_policy *policy,
    const struct pcr_selection *vouched, uint32_t later,
    struct assay_result *r, const char *where)
{
	uint32_t needs = event_policy_needs(policy), has = 0;
	unsigned pcr = 0;

	for (size_t b = 0; b < vouched->count; b++)
		if (vouched->bank[b].alg == policy->bank)
			has = vouched->bank[b].mask & ~later;
	if ((needs & ~has) == 0)
		return true;
	while (!((needs & ~has) >> pcr & 1))
		pcr++;
	verdict_reason(r, EVENT_POLICY_UNCOVERED, where, "PCR %u of bank %s",
	    pcr, hash_name(policy->bank));
	return false;
}

void
event_judge(const struct event_policy *policy, struct bytes log,
    const struct replay *replay, const struct pcr_selection *vouched,
    uint32_t later, struct assay_result *r, const char *where)
{
	struct event_findings *found;
	enum status st = NO_MEMORY;

	data_hex(r->data, "event_policy_sha256", digest_view(&policy->digest));
	if (policy->name[0] != '\0')
		data_text(r->data, "event_policy", bytes_str(policy->name));
	if (!covered(policy, vouched, later, r, where)) {
		verdict_not_checked(r, CHECK_EVENT_POLICY);
		return;
	}
	if ((found = calloc(1, sizeof(*found))) != NULL)
		st = event_policy_compare(policy, log, found);
	verdict_reason(r, st, where, "in the comparison with the policy");
	for (size_t i = 0; st == OK && i < found->n; i++)
		verdict_reason(
		    r, found->f[i].code, where, "%s", found->f[i].text);
	if ((replay->touched & ~policy->pcrs) != 0)
		verdict_not_checked(r, CHECK_EVENT_PCRS);
	free(found);
}
