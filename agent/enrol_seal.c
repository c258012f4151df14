/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/* Enrolment: which keys this TPM has, and the proof that it has them. */
#include <inttypes.h>
#include <unistd.h>

#include "crypto.h"
#include "enrol.h"
#include "rot.h"
#include "say.h"

enum { CERT_MAX = 4096, CHAIN_MAX = 8192, PUBLIC_MAX = 1024 };

/* The certificate that the operator has named. */
static enum status
read_cert(const struct job *job, struct writer *cert)
{
	ssize_t n;

	if (job->fd[FD_EK_CERT] < 0)
		return OK;
	n = read(job->fd[FD_EK_CERT], cert->p, cert->cap);
	if (n <= 0 || (size_t)n == cert->cap)
		return say(FILE_TOO_LARGE, "--ek-cert: empty, or %zu bytes "
		                           "and more", cert->cap);
	cert->n = (size_t)n;
	return OK;
}

/* KEYS: certificate, chain, both public areas, each as a TPM2B. */
static enum status
show_keys(const struct job *job, struct rot *rot, struct channel *front)
{
	uint8_t cert[CERT_MAX], chain[CHAIN_MAX], pub[PUBLIC_MAX];
	static uint8_t all[KEYS_MAX];
	struct writer w[] = {writer_of(cert, sizeof(cert)),
	    writer_of(chain, sizeof(chain)), writer_of(pub, sizeof(pub))};
	struct writer keys = writer_of(all, sizeof(all));
	enum status st;

	if ((st = read_cert(job, &w[0])) != OK)
		return st;
	if ((st = rot_ek(rot, &w[0], &w[1], &w[2])) != OK)
		return say(st, "endorsement key: %s (TPM response 0x%" PRIx32
		               ")", status_text(st), rot_last_rc(rot));
	for (size_t i = 0; i < 3; i++) {
		write_be16(&keys, (uint16_t)w[i].n);
		write_bytes(&keys, writer_view(&w[i]));
	}
	write_be16(&keys, (uint16_t)rot_ak_public(rot).n);
	write_bytes(&keys, rot_ak_public(rot));
	return channel_send(
	    front, MESSAGE_KEYS, writer_view(&keys), job->deadline);
}

/* CREDENTIAL in, PROOF out; the secret stays here. */
static enum status
prove(const struct job *job, struct rot *rot, struct channel *front)
{
	uint8_t blob[CREDENTIAL_MAX], secret[HASH_MAX];
	struct writer wb = writer_of(blob, sizeof(blob));
	struct writer ws = writer_of(secret, sizeof(secret));
	const struct bytes said[] = {BYTES_LIT("assay/enrol/1"),
	    rot_ak_name(rot), rot_ek_name(rot)};
	struct digest proof;
	enum status st = channel_receive(
	    front, MESSAGE_CREDENTIAL, &wb, job->deadline);

	if (st != OK)
		return st;
	if ((st = rot_activate(rot, writer_view(&wb), &ws)) != OK)
		return say(st, "opening the credential: %s (TPM response "
		               "0x%" PRIx32 ")",
		    status_text(st), rot_last_rc(rot));
	st = hmac_parts(HASH_SHA256, writer_view(&ws), said, 3, &proof);
	if (st == OK && rot_keep_ak(rot) != OK)
		say_note("the attestation key is not kept in the TPM: its "
		         "owner has a password; it is made anew at each start");
	return st != OK ? st
	                : channel_send(front, MESSAGE_PROOF,
	                      digest_view(&proof), job->deadline);
}

enum status
enrol_seal_run(const struct job *job)
{
	struct channel front =
	    channel_of(job->fd[FD_SEAL_FRONT], ROLE_SEAL, ROLE_SEND, &enrol_messages);
	struct rot *rot = NULL;
	enum status st = crypto_init_verify();

	if (st == OK && (st = rot_open(job->config->tpm, &rot)) != OK)
		(void)say(st, "%s: %s", job->config->tpm, status_text(st));
	if (st == OK)
		st = show_keys(job, rot, &front);
	if (st == OK && !job->keys_only)
		st = prove(job, rot, &front);
	rot_close(rot);
	return st;
}
