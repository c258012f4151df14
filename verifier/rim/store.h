/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of reference values in normal form: ID.corim, the public key that
 * signed them in importer.pub, and one signature over all of them in
 * importer.index.  The private key is importer.pem unless it is kept
 * elsewhere.
 */
#ifndef RIM_STORE_H
#define RIM_STORE_H

#include "crypto.h"
#include "file.h"
#include "reading.h"

struct store {
	const char *folder;
	struct file key; /* PEM */
	struct public_key public_key;
};

/*
 * Make the folder and the key at first use.  KEY_PATH is NULL for the one in
 * the folder.  STORE_KEY when the folder was signed by another key.
 */
enum status store_open(const char *folder, const char *key_path,
    struct store *out, struct fault *fault);
void store_close(struct store *store);

enum store_outcome { STORE_ADDED, STORE_REPLACED, STORE_HAD_IT };

/*
 * Sign and write what was read.  When the same source is there already it
 * stays, with its older time of import, unless it was back-dated and this
 * import is not; READING then gets the times that stay.
 */
enum status store_put(const struct store *store, struct reading *reading,
    enum store_outcome *outcome, struct fault *fault);

/* Write importer.index anew, over every set in the folder that holds. */
enum status store_index(const struct store *store, struct fault *fault);

#endif
