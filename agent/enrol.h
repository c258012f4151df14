/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [seal] [send] */
/*
 * What assay-enroll does, once in the life of a host: show a verifier which
 * keys this TPM has and, by opening a credential, that it has them.  It is a
 * program of its own, so that nothing in the one that stays can pass a
 * credential on.
 */
#ifndef ASSAY_ENROL_H
#define ASSAY_ENROL_H

#include "config.h"
#include "message.h"
#include "roles.h"

/*
 * Its messages, each at most once:
 *
 *	KEYS       = certificate, chain and public area of the endorsement
 *	             key, public area of the AK, each a TPM2B
 *	CREDENTIAL = TPM2B_ID_OBJECT, TPM2B_ENCRYPTED_SECRET
 *	PROOF      = 32 bytes
 */
enum {
	MESSAGE_KEYS = 5,
	MESSAGE_CREDENTIAL = 6,
	MESSAGE_PROOF = 7,
};
enum { KEYS_MAX = 1 << 14, CREDENTIAL_MAX = 700, PROOF_LEN = 32 };
extern const struct message_table enrol_messages;

/*
 * What a host is asked: the id, a UUID, and credential and secret, one behind
 * the other in BLOB.  ENROLMENT_MALFORMED.
 */
enum { CHALLENGE_ID_LEN = 36, CHALLENGE_TEXT_MAX = 1024 };
enum status enrol_parse_challenge(
    struct bytes json, char id[CHALLENGE_ID_LEN + 1], struct writer *blob);

/* Each runs in a process of its own and says what went wrong. */
enum status enrol_seal_run(const struct job *job);
enum status enrol_send_run(const struct job *job);

/* [seal] and [send], by the network or by files, of which some are NULL. */
struct enrol_files {
	const char *ek_cert, *request, *response;
};
enum status enrol(const struct config *cf, const struct enrol_files *files);

#endif
