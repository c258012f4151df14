/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <stdio.h>

static const struct device_kind *const kinds[] = {
    &device_simulated,
    &device_nvidia,
    &device_spdm,
};

const struct device_kind *
device_kind_find(const struct cmw_record *rec)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (cmw_is_text(rec, kinds[i]->media_type))
			return kinds[i];
	return NULL;
}

void
device_revocation(
    const struct chain *chain, struct device_proof *proof, json_t *data)
{
	char text[CHAIN_MAX * (SUBJECT_MAX + 2)] = "";
	size_t n = 0;

	proof->revocation = chain->revocation;
	if (chain->revocation != REVOCATION_OF_SOME || chain->note[0] != '\0')
		return;
	for (size_t i = 0; i < chain->below; i++)
		if (chain->link[i].revocation == REVOCATION_NOT_FOUND)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s", n > 0 ? "; " : "",
			    chain->link[i].subject);
	data_text(data, "revocation_not_checked", bytes_str(text));
}

void
device_not_checked(const struct device_proof *proof, struct assay_result *r)
{
	if (proof->revocation == REVOCATION_OF_NONE)
		verdict_not_checked(r, CHECK_REVOCATION);
	if (proof->revocation == REVOCATION_OF_SOME)
		verdict_not_checked(r, CHECK_REVOCATION_IN_PART);
	if (!proof->references_compared)
		verdict_not_checked(r, CHECK_REFERENCE);
	else if (!proof->signers_looked_up)
		verdict_not_checked(r, CHECK_SIGNER_REVOCATION);
	if (proof->backdated)
		verdict_not_checked(r, CHECK_IMPORT_TIME);
	if (proof->unsigned_values)
		verdict_not_checked(r, CHECK_REFERENCE_SIGNER);
}
