/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service remembers: sessions, hosts, appraisals and the evidence
 * they rest on.  Nothing above this interface knows which database it is.
 *
 * Any number of processes may share a store.  One struct store is for one
 * thread.  Every function that fails leaves a line in store_fault.  Times
 * are seconds since 1970.
 */
#ifndef SERVICE_STORE_H
#define SERVICE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/result.h>

#include "fault.h"
#include "text.h"

enum {
	SESSION_NONCE = 32,
	EVIDENCE_DIGEST = 32,
	PROOF_LEN = 32,
	KEYS_DIGEST = 32,
};

struct store;

enum store_mode {
	STORE_CREATE, /* made when nothing has that name */
	STORE_WRITE,
	STORE_READ,
};

/* What strangers may make us keep; store_limits are the usual ones. */
struct store_limits {
	int64_t sessions;        /* waiting for evidence at one time */
	int64_t bundles_per_key; /* archived, of a key nobody enrolled */
	int64_t bundles;         /* archived, of all such keys together */
	int64_t appraisals;      /* rows, of all such keys together */
	int64_t challenges;      /* questions open at one time */
	int64_t challenges_per_ek;
	int64_t devices; /* that a host showed and nobody accepted */
};
extern const struct store_limits store_limits;

/*
 * Open the store at PATH.  A file that is not a store, is damaged or was
 * made by a newer version is refused and left as it is.
 */
enum status store_open(const char *path, enum store_mode mode,
    const struct store_limits *limits, struct store **out, struct fault *fault);
void store_close(struct store *s); /* NULL is fine */

/* Why the last call failed. */
const struct fault *store_fault(const struct store *s);

/* Sessions of the challenge-response interaction. */
enum session_state { SESSION_WAITING, SESSION_COMPLETE, SESSION_FAILED };

/* The word of the interface for a state: "waiting". */
const char *session_word(enum session_state state);

struct session {
	char id[UUID_LEN + 1];
	uint8_t nonce[SESSION_NONCE];
	enum session_state state;
	int64_t created;
	int64_t expiry; /* the first second in which it is too late */
};

/*
 * Keep a new, waiting session.  Some sessions that are long over are
 * forgotten on the way.  SESSIONS_FULL when too many wait.
 */
enum status store_session_add(struct store *s, const struct session *session);

/* SESSION_UNKNOWN when there is none, or it was forgotten. */
enum status store_session_get(
    struct store *s, const char *id, struct session *out);
enum status store_session_delete(struct store *s, const char *id);

/* A waiting session has failed by our own fault. */
enum status store_session_fail(struct store *s, const char *id);

/*
 * The signed result of a complete session, which the caller frees.
 * SESSION_UNKNOWN when there is none.
 */
enum status store_session_result(struct store *s, const char *id, char **out);

/*
 * The record of the host whose key is named NAME, and its revision, which
 * rises with each change.  HOST_UNKNOWN when nobody decided about it.
 */
enum status store_host_get(struct store *s, const uint8_t *name, size_t len,
    struct assay_host *out, int64_t *revision);

/*
 * An operator's decision about a key.  CHANGED is false when it was so
 * before; a new decision forgets clock, counters and chain, a rejection the
 * devices, too.  Only a pair on
 * record can be ASSAY_ENROLLED (ENROLMENT_UNKNOWN); a rejected key loses its
 * pair, so that the endorsement key is free for another.
 */
enum status store_host_decide(struct store *s, const uint8_t *name, size_t len,
    enum assay_enrolment decision, int64_t now, bool *changed);

/*
 * A pair of keys that one TPM has shown to hold: an endorsement key with a
 * certificate, an attestation key.  KEYS is the digest of all that was
 * challenged.
 */
struct enrolment {
	uint8_t ak_name[ASSAY_NAME_MAX];
	size_t ak_name_len;
	uint8_t ek_name[ASSAY_NAME_MAX];
	size_t ek_name_len;
	uint8_t keys[KEYS_DIGEST];
	int64_t proved;
	char manufacturer[16]; /* of the TPM, "id:49465800", or "" */
};

/* What binds a record: a digest over names and KEYS. */
enum status enrolment_binding(
    const struct enrolment *e, uint8_t out[EVIDENCE_DIGEST]);

/* A question to a host; PROOF is the answer and is not kept. */
struct challenge {
	char id[UUID_LEN + 1];
	uint8_t proof[PROOF_LEN];
	struct enrolment enrolment;
	const char *detail; /* JSON, for who decides */
	int64_t created;
	int64_t expiry; /* the first second in which it is too late */
};

/*
 * Keep an open question.  ENROLMENTS_FULL; HOST_REJECTED, EK_TAKEN, AK_TAKEN
 * when these keys cannot enrol together.
 */
enum status store_challenge_add(struct store *s, const struct challenge *c);

/*
 * Use up the question and, when PROOF is its answer, put the pair on record,
 * both or neither, durable when it returns; a pair that is there already
 * stays as it is.  ENROLMENT_UNKNOWN, ENROLMENT_USED, ENROLMENT_EXPIRED;
 * PROOF_WRONG, HOST_REJECTED, EK_TAKEN, AK_TAKEN, after which the question is
 * used up as well.
 */
enum status store_challenge_answer(struct store *s, const char *id,
    const uint8_t proof[PROOF_LEN], int64_t now, struct enrolment *out);

/* The pair with this attestation key.  ENROLMENT_UNKNOWN. */
enum status store_enrolment_get(struct store *s, const uint8_t *ak_name,
    size_t len, struct enrolment *out);

/* A question about a device, and its answer. */
struct device_asked {
	char identity[ASSAY_IDENTITY_MAX];
	bool elsewhere;
};

/* One appraisal, about to become part of the record. */
struct appraisal {
	const struct session *session;
	int64_t time;
	const char *verdict; /* "affirming" */
	int exit_status;
	const char *reasons; /* JSON array */
	const char *result;  /* signed */
	const uint8_t *evidence;
	size_t evidence_len;
	uint8_t digest[EVIDENCE_DIGEST]; /* SHA-256 of the evidence */

	/* The record that the verdict rests on, if one was asked for. */
	bool asked;
	uint8_t asked_name[ASSAY_NAME_MAX];
	size_t asked_len;
	int64_t revision; /* 0 when there was none */

	/* Whether these had signed for other hosts from SINCE on. */
	int64_t since;
	struct device_asked asked_device[ASSAY_DEVICES_MAX];
	size_t asked_devices;

	/* The host as it is now; only when the evidence was verified. */
	bool verified;
	struct assay_host host;
};

/*
 * Use up the session and keep evidence, appraisal, host and devices, all or
 * nothing, durable when it returns.  SESSION_UNKNOWN, SESSION_USED or
 * SESSION_EXPIRED when the session cannot be used at time A->time;
 * STORE_CONFLICT when what was asked for has changed since: then appraise
 * again.
 */
enum status store_appraisal_add(struct store *s, const struct appraisal *a);

/*
 * What is remembered of devices that signed for enrolled hosts: number I of
 * those that are expected of the host named NAME; one that has signed for
 * another from SINCE on.  FOUND is false when there is none.
 */
enum status store_device_expected(struct store *s, const uint8_t *name,
    size_t len, size_t i, struct assay_device *out, bool *found);
enum status store_device_elsewhere(struct store *s, const uint8_t *name,
    size_t len, const char *identity, int64_t since, struct assay_device *out,
    bool *found);

/* A device, and whether the last report of its host had it. */
struct device_seen {
	struct assay_device device;
	bool present;
	int64_t first_seen;
};

/* Calls FN for each device of the host named NAME, of all when it is NULL. */
typedef void device_seen_fn(void *arg, const struct device_seen *device);
enum status store_devices(struct store *s, const uint8_t *name, size_t len,
    device_seen_fn *fn, void *arg);

/* What accepting has changed: numbers of devices. */
struct accepted {
	int64_t expected;  /* are so from now on */
	int64_t forgotten; /* which the host does not have any more */
	int64_t taken;     /* from other hosts' records */
};

/*
 * An operator says that what the last report of this host showed of the
 * device is right, or of all when IDENTITY is NULL: that it is there, in no
 * other host, and in the place of what had its label; or that it is gone.
 * HOST_UNKNOWN, DEVICE_UNSEEN.
 */
enum status store_device_accept(struct store *s, const uint8_t *name,
    size_t len, const char *identity, struct accepted *out);

/* One key that was seen or decided about. */
struct key_seen {
	uint8_t name[ASSAY_NAME_MAX];
	size_t name_len;
	enum assay_enrolment enrolment;
	bool pending;       /* its pair is on record and waits for a decision */
	const char *detail; /* JSON about the endorsement key, or NULL */
	int64_t last_seen;        /* 0 when it never was */
	const char *last_verdict; /* NULL when it never was */
	int64_t appraisals;
};

/* Calls FN for each key, the last seen first. */
typedef void key_seen_fn(void *arg, const struct key_seen *key);
enum status store_keys(struct store *s, key_seen_fn *fn, void *arg);

/* An archived bundle; the caller frees DATA. */
struct archived {
	char session[UUID_LEN + 1];
	uint8_t nonce[SESSION_NONCE];
	int64_t time;
	uint8_t *data;
	size_t len;
};

/*
 * The bundle of a session, or of the last appraisal when ID is NULL.
 * SESSION_UNKNOWN when there is none, EVIDENCE_DROPPED when only the
 * appraisal was kept.
 */
enum status store_bundle(struct store *s, const char *id, struct archived *out);

/*
 * The key that signed the bundle with this digest, which was verified once;
 * HOST_UNKNOWN when there was none.
 */
enum status store_bundle_owner(struct store *s,
    const uint8_t digest[EVIDENCE_DIGEST], uint8_t name[ASSAY_NAME_MAX],
    size_t *len);

#endif
