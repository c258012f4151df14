/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
#include "state.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"

#define STATE_MAGIC "ASSAYST1"
enum { STATE_SIGNED = 8 + 8 + STATE_DIGEST, STATE_USED = STATE_SIGNED + 32 };

static bool
slot_decode(struct bytes slot, struct chain *out)
{
	struct reader r = reader_of(slot);
	struct bytes magic = read_bytes(&r, 8), digest, sum;
	struct digest want;

	out->counter = read_be64(&r);
	digest = read_bytes(&r, STATE_DIGEST);
	sum = read_bytes(&r, 32);
	if (r.failed || !bytes_eq(magic, BYTES_LIT(STATE_MAGIC)))
		return false;
	if (hash_one(HASH_SHA256, bytes_sub(slot, 0, STATE_SIGNED), &want) !=
	        OK ||
	    !bytes_eq(sum, digest_view(&want)))
		return false;
	memcpy(out->digest, digest.p, STATE_DIGEST);
	return bytes_is_zero(r.rest);
}

enum status
state_decode(struct bytes file, struct chain *out)
{
	bool found = false;

	memset(out, 0, sizeof(*out));
	if (file.n == 0)
		return OK;
	if (file.n > STATE_FILE)
		return STATE_DAMAGED;
	for (size_t i = 0; i < 2; i++) {
		size_t at = i * STATE_SLOT;
		size_t n = file.n < at ? 0 : file.n - at;
		struct chain c;

		if (n > STATE_SLOT)
			n = STATE_SLOT;
		if (!slot_decode(bytes_sub(file, at, n), &c) ||
		    c.counter % 2 != i)
			continue;
		if (!found || c.counter > out->counter)
			*out = c;
		found = true;
	}
	return found ? OK : STATE_DAMAGED;
}

enum status
state_encode(const struct chain *chain, uint8_t slot[STATE_SLOT])
{
	struct writer w = writer_of(slot, STATE_SLOT);
	struct digest sum;
	enum status st;

	memset(slot, 0, STATE_SLOT);
	write_str(&w, STATE_MAGIC);
	write_be64(&w, chain->counter);
	write_bytes(&w, BYTES_OF(chain->digest));
	if ((st = hash_one(HASH_SHA256, writer_view(&w), &sum)) != OK)
		return st;
	write_bytes(&w, digest_view(&sum));
	return w.failed ? INTERNAL : OK;
}

enum status
state_load(int fd, struct chain *out)
{
	uint8_t file[STATE_FILE + 1];
	size_t have = 0;

	while (have < sizeof(file)) {
		ssize_t n =
		    pread(fd, file + have, sizeof(file) - have, (off_t)have);

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return FILE_READ;
		have += n > 0 ? (size_t)n : 0;
	}
	return state_decode(bytes_view(file, have), out);
}

enum status
state_store(int fd, const struct chain *chain)
{
	uint8_t slot[STATE_SLOT];
	size_t done = 0;
	enum status st;

	if ((st = state_encode(chain, slot)) != OK)
		return st;
	while (done < STATE_SLOT) {
		ssize_t n = pwrite(fd, slot + done, STATE_SLOT - done,
		    (off_t)(chain->counter % 2 * STATE_SLOT + done));

		if (n < 0 && errno != EINTR)
			return FILE_WRITE;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0 ? OK : FILE_WRITE;
}
