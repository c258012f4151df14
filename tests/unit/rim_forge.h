/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests of a made-up vendor, signed under a test root, with one thing
 * changed.  They are written in canonical form to begin with, so that what
 * is signed does not rest on the XML library under test.
 */
#ifndef ASSAY_RIM_FORGE_H
#define ASSAY_RIM_FORGE_H

#include "document.h"
#include "forge.h"

enum { RIM_FORGE_MAX = 32 * 1024 };

/* When the change is made. */
enum rim_stage {
	EDIT_NONE,
	EDIT_BODY,  /* in the document, before its digest is taken */
	EDIT_INFO,  /* in SignedInfo, before it is signed */
	EDIT_WHOLE, /* in the finished manifest */
	/* These take no text. */
	PLACE_FIRST,      /* the signature as first child */
	PLACE_IN_PAYLOAD, /* the signature inside the payload */
	PLACE_NOWHERE,    /* no signature */
	PLACE_TWICE,      /* two signatures */
	PLACE_WRAPPED,    /* the whole document inside another root */
	KEY_OTHER,        /* signed by a key that is not the leaf's */
	CERT_LEAF_ONLY,   /* the chain without its root */
	CERT_SWAPPED,     /* root before leaf */
	CERT_JUNK,        /* a root that is no certificate */
};

/*
 * Write a manifest with FIND replaced by PUT, once.  NULL when FIND is not
 * there; else text in static memory, valid until the next call.
 */
const char *rim_forge(const struct forge_board *board, enum rim_stage stage,
    const char *find, const char *put);

/* Signs DATA (SHA-384) with the board's key: r and s. */
bool rim_forge_sign(
    const struct forge_board *board, struct bytes data, uint8_t sig[96]);

/* A time at which the board's certificates are valid. */
#define RIM_FORGE_TIME INT64_C(1780000000) /* 2026-05-28 */

#endif
