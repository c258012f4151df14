/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control node of a Gaudi, MOCK: a file accel_controlD0 of a recorded
 * tree answers the one question about attestation, in the layout of
 * include/uapi/drm/habanalabs_accel.h, written down here once more by its
 * offsets.  Nothing in the answer is signed.
 *
 *	GAUDI_MOCK_FAIL   the errno that is given instead
 *	GAUDI_MOCK_WRONG  "nonce": of another question; else the offset of a
 *			  length that is told too large
 *	GAUDI_MOCK_BLOCK  the answer never comes
 */
#include "kernel_mock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

EXPORT int ioctl(int fd, unsigned long request, ...);

/* DRM_IOCTL_HL_INFO, and where things are in what it is given. */
enum { AT_SIZE = 8, AT_OP = 12, AT_NONCE = 16 };
#define HL_INFO 0xc0186440ul

/* struct hl_info_sec_attest */
enum {
	QUOTE_LEN = 4,
	PUBLIC_LEN = 6,
	CERTIFICATE_LEN = 8,
	PCR_COUNT = 10,
	PCR_LEN = 11,
	SIGNATURE_LEN = 12,
	PCRS = 13,
	QUOTE = 269,
	SIGNATURE = 779,
	PUBLIC = 1034,
	CERTIFICATE = 1544,
	WHOLE = 3592,
};

static void
put_text(uint8_t *answer, size_t len_at, size_t len_size, size_t at,
    const char *text)
{
	uint16_t n = (uint16_t)strlen(text);

	memcpy(answer + len_at, &n, len_size); /* little-endian hosts */
	memcpy(answer + at, text, n);
}

static void
fill(uint8_t answer[WHOLE], uint32_t nonce)
{
	const char *wrong = getenv("GAUDI_MOCK_WRONG");

	memset(answer, 0, WHOLE);
	memcpy(answer, &nonce, sizeof(nonce));
	answer[PCR_COUNT] = 2;
	answer[PCR_LEN] = 4;
	memcpy(answer + PCRS, "PCR0PCR1", 8);
	put_text(answer, QUOTE_LEN, 2, QUOTE, "MOCK QUOTE");
	put_text(answer, SIGNATURE_LEN, 1, SIGNATURE, "MOCK SIGNATURE");
	put_text(answer, PUBLIC_LEN, 2, PUBLIC, "MOCK PUBLIC");
	put_text(answer, CERTIFICATE_LEN, 2, CERTIFICATE, "MOCK CERTIFICATE");
	if (wrong == NULL)
		return;
	if (strcmp(wrong, "nonce") == 0)
		answer[0] ^= 1;
	else if (strcmp(wrong, "empty") == 0)
		memset(answer + QUOTE_LEN, 0, 2);
	else
		memset(answer + strtoul(wrong, NULL, 10), 0xff, 2);
}

static int
refuse(int error)
{
	errno = error;
	return -1;
}

int
ioctl(int fd, unsigned long request, ...)
{
	char path[MOCK_PATH_MAX];
	uint8_t *args;
	uint64_t to;
	uint32_t size, op, nonce;
	va_list ap;

	va_start(ap, request);
	args = va_arg(ap, uint8_t *);
	va_end(ap);
	mock_path(fd, path);
	if (!mock_ends(path, "/accel/accel_controlD0"))
		return (int)syscall(SYS_ioctl, fd, request, args);
	if (getenv("GAUDI_MOCK_BLOCK") != NULL)
		for (;;)
			(void)pause();
	if (mock_number("GAUDI_MOCK_FAIL") != 0)
		return refuse((int)mock_number("GAUDI_MOCK_FAIL"));

	/* For reading, this one question, in its whole length. */
	memcpy(&to, args, sizeof(to));
	memcpy(&size, args + AT_SIZE, sizeof(size));
	memcpy(&op, args + AT_OP, sizeof(op));
	memcpy(&nonce, args + AT_NONCE, sizeof(nonce));
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		return refuse(EBADF);
	if (request != HL_INFO || op != 27)
		return refuse(ENOTTY);
	if (size != WHOLE)
		return refuse(EINVAL);
	fill((uint8_t *)(uintptr_t)to, nonce);
	return 0;
}
