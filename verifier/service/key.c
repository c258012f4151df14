/* SPDX-License-Identifier: Apache-2.0 */
#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <assay/result.h>

enum { PEM_MAX = 8192 };

/* Make a key at PATH, unless another process was quicker. */
static enum status
key_make(const char *path, struct fault *fault)
{
	char pem[1024];
	enum status st;
	long n;

	n = assay_key(ASSAY_KEY_NEW, NULL, pem, sizeof(pem));
	if (n <= 0 || n >= (long)sizeof(pem)) {
		st = fault_set(
		    fault, CRYPTO_FAILED, "%s: no key could be made", path);
		goto out;
	}
	st = file_write(path, pem, (size_t)n, 0600, FILE_KEEP, NULL, fault);
out:
	explicit_bzero(pem, sizeof(pem));
	return st;
}

enum status
key_load(const char *path, struct signing_key *out, struct fault *fault)
{
	struct signing_key key = {0};
	enum status st;
	long n;

	/* First start: nothing has that name, not even a dangling link. */
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
	    errno == ENOENT && (st = key_make(path, fault)) != OK)
		goto out;
	if ((st = file_read(path, PEM_MAX, &key.pem, fault)) != OK)
		goto out;
	if ((key.pem.mode & 077) != 0) {
		st = fault_set(fault, FILE_MODE,
		    "%s: mode %04o lets others at the key; chmod 600 it", path,
		    (unsigned)key.pem.mode);
		goto out;
	}

	/* Deriving the public half shows that it is a key of our kind. */
	n = assay_key(ASSAY_KEY_JWK, (const char *)key.pem.data, key.jwk,
	    sizeof(key.jwk));
	if (n <= 0 || n >= (long)sizeof(key.jwk)) {
		st = fault_set(fault, KEY_MALFORMED,
		    "%s: not a private P-384 key in PEM; name another file "
		    "and one is made",
		    path);
		goto out;
	}

	*out = key;
	memset(&key, 0, sizeof(key));
	st = OK;
out:
	key_free(&key);
	return st;
}

void
key_free(struct signing_key *key)
{
	file_free(&key->pem);
}
