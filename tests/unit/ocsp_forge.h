/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP responses of a made-up authority, with anything wrong in them. */
#ifndef ASSAY_OCSP_FORGE_H
#define ASSAY_OCSP_FORGE_H

#include "x509_forge.h"

/* Every element that has a length of its own. */
enum of_place {
	OF_NOWHERE,
	OF_RESPONSE,
	OF_STATUS,
	OF_BYTES_TAG,
	OF_BYTES,
	OF_TYPE,
	OF_BASIC_STRING,
	OF_BASIC,
	OF_DATA,
	OF_RESPONDER,
	OF_PRODUCED,
	OF_SINGLES,
	OF_SINGLE,
	OF_ID,
	OF_ID_HASH,
	OF_NAME_HASH,
	OF_KEY_HASH,
	OF_SERIAL,
	OF_STATE,
	OF_REVOKED_AT, /* of an answer that is "revoked", as is the next */
	OF_REASON,
	OF_THIS_UPDATE,
	OF_NEXT_TAG,
	OF_NEXT_UPDATE,
	OF_SINGLE_EXTENSIONS_TAG, /* of one that has some, as are the next */
	OF_SINGLE_EXTENSIONS,
	OF_EXTENSION,
	OF_EXTENSIONS_TAG, /* of a response that has some, as is the next */
	OF_EXTENSIONS,
	OF_ALGORITHM,
	OF_SIGNATURE,
	OF_CERTS_TAG, /* of a response that has some, as is the next */
	OF_CERTS,
	OF_PLACES
};

/* What is done to the element at a place, before anything is signed. */
enum of_damage {
	OF_TRAILING,   /* a zero at the end of its content */
	OF_CUT,        /* the last byte of its content is left out */
	OF_INDEFINITE, /* indefinite length, with the two zeros */
	OF_LONG,       /* a length that is not the shortest */
	OF_TAG,        /* another tag */
	OF_LEFT_OUT,   /* the element is not there */
	OF_DAMAGES
};

enum of_state { OF_GOOD, OF_REVOKED, OF_UNKNOWN };

/* One SingleResponse. */
struct of_single {
	uint64_t serial;
	enum hash hash; /* HASH_NONE: one that is not known */
	const char *issuer;
	const struct xf_key *issuer_key;
	enum of_state state;
	int64_t revoked_at;
	int reason; /* -1: none */
	int64_t this_update, next_update;
	bool no_next;
	bool extension, critical;
};

enum { OF_SINGLES_MAX = 3, OF_CERTS_MAX = 10 };

struct of_recipe {
	int status;
	const char *type; /* digits of the OID */
	bool version;     /* v1, written out */
	bool by_key;
	const char *responder; /* its name */
	const struct xf_key *signer;
	const struct xf_key *responder_key; /* when not the signer's own */
	enum hash hash;
	struct of_single single[OF_SINGLES_MAX];
	size_t count;
	bool nonce, critical; /* extensions of the response */
	struct bytes cert[OF_CERTS_MAX];
	size_t certs;
	bool bad_signature;
	enum of_place place;
	enum of_damage damage;
};

/* A sound response by ISSUER: SERIAL is good for a week from AT. */
struct of_recipe of_sound(const char *issuer, const struct xf_key *key,
    uint64_t serial, int64_t at);

/* The response, in the memory of x509_forge.h, and what is signed of it. */
struct bytes of_make(const struct of_recipe *r);
struct bytes of_data(const struct of_recipe *r);

/* A response around DATA, whatever that is, signed and with certificates. */
struct bytes of_around(const struct of_recipe *r, struct bytes data);

#endif
