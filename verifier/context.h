/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller has given to libassay. */
#ifndef ASSAY_CONTEXT_H
#define ASSAY_CONTEXT_H

#include <assay/verify.h>

#include "chain.h"
#include "epoch.h"
#include "event_policy.h"
#include "policy.h"
#include "tpm_roots.h"

struct assay {
	bool has_time;
	int64_t time;
	bool has_policy;
	struct policy policy;
	bool has_event_policy;
	struct event_policy event_policy;
	struct anchors *anchors;
	struct tpm_roots *tpm_roots;
	struct references *references;
	struct tables *tables;
	struct epochs epochs;
	struct inventories *inventories;
	assay_host_fn *host_fn;
	void *host_arg;
};

#endif
