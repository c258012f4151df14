/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libassay with what it needs around it: anchors and policy from files, the
 * records of hosts from the store, the signing key.
 */
#ifndef SERVICE_APPRAISER_H
#define SERVICE_APPRAISER_H

#include "key.h"
#include "store.h"

enum { ANCHORS_MAX = 16, LISTS_MAX = 16, RESPONSES_MAX = 64 };

struct appraiser;

/* What is pointed to must outlive the appraiser. */
struct appraiser_input {
	struct store *store;
	const struct signing_key *key;
	int64_t device_window; /* seconds in which a device is on one host */
	const char *policy;               /* path, NULL for none */
	const char *event_policy;         /* likewise */
	const char *firmware; /* likewise, of a signed table of TPMs */
	const char *anchors[ANCHORS_MAX]; /* paths, each read once */
	size_t anchor_count;
	const char *inventories[LISTS_MAX]; /* paths, as are the next */
	size_t inventory_count;
	const char *crls[LISTS_MAX];
	size_t crl_count;
	const char *ocsp[RESPONSES_MAX];
	size_t ocsp_count;
};

enum status appraiser_open(const struct appraiser_input *input,
    struct appraiser **out, struct fault *fault);
void appraiser_close(struct appraiser *a); /* NULL is fine */

/*
 * Appraise EVIDENCE for SESSION at time NOW and keep the outcome in the
 * store.  RESULT is the signed result, which the caller frees.  Policies,
 * revocation lists and OCSP responses are read anew each time; when that
 * fails nothing is appraised, and the session still waits.
 */
enum status appraiser_run(struct appraiser *a, const struct session *session,
    const uint8_t *evidence, size_t len, int64_t now, char **result,
    struct fault *fault);

#endif
