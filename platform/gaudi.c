/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quote of its PCRs that a Gaudi signs, through the control of its
 * driver that only tells (include/uapi/drm/habanalabs_accel.h of Linux).
 * The node beside the one for work is asked: opening the latter takes the
 * device from those who work with it, and closing it resets the device.
 */
#include "vendor.h"

#include "beneath.h"
#include "dcbor_put.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* struct hl_info_args */
struct info_args {
	uint64_t return_pointer;
	uint32_t return_size, op;
	uint32_t nonce, pad;
};

enum { HL_INFO_SECURED_ATTESTATION = 27 };

/* DRM_IOCTL_HL_INFO */
#define HL_INFO _IOWR('d', 0x40, struct info_args)

/* struct hl_info_sec_attest */
struct attestation {
	uint32_t nonce;
	uint16_t quote_len, public_len, certificate_len;
	uint8_t pcr_count, pcr_len, signature_len;
	uint8_t pcrs[256], quote[510], signature[255], public[510];
	uint8_t certificate[2046], pad[2];
};

_Static_assert(sizeof(struct info_args) == 24, "as the kernel has it");
_Static_assert(sizeof(struct attestation) == 3592, "as the kernel has it");

/* Open the node that only tells, for reading; or -1, as open(2) does. */
static int
open_control(const struct vendors *v, const struct device *d)
{
	int dir = vendor_directory(v, d), list = -1, nodes, fd = -1;
	char name[64] = "", node[96];

	errno = ENODEV;

	/* accel/accelN of the device is /dev/accel/accel_controlDN. */
	if (dir >= 0) {
		list = vendor_enter(dir, BYTES_LIT("accel"));
		close(dir);
	}
	if (list >= 0) {
		(void)beneath_first(list, "accel", name, sizeof(name));
		close(list);
	}
	if (strlen(name) <= 5 ||
	    strspn(name + 5, "0123456789") + 5 != strlen(name))
		return -1;
	(void)snprintf(node, sizeof(node), "accel_controlD%s", name + 5);
	if (v->dev < 0 || beneath_dir(v->dev, BYTES_LIT("accel"), &nodes) != OK)
		return -1;
	fd =
	    openat(nodes, node, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	close(nodes);
	return fd;
}

/* The last call did not succeed.  What is not known there is not signed. */
static enum status
failure(void)
{
	if (errno == EACCES || errno == EPERM)
		return PERMISSION;
	return errno == ENOTTY || errno == EINVAL || errno == EOPNOTSUPP
	           ? DEVICE_UNSIGNED
	           : DEVICE_LIBRARY;
}

enum status
gaudi_evidence(const struct vendors *v, const struct device *d,
    const uint8_t nonce[NONCE_LEN], struct writer *w)
{
	struct attestation a = {.nonce = 0};
	struct reader r = reader_of(bytes_view(nonce, sizeof(a.nonce)));
	struct info_args args = {(uintptr_t)&a, sizeof(a),
	    HL_INFO_SECURED_ATTESTATION, read_le32(&r), 0};
	int fd = open_control(v, d);
	enum status st;

	if (fd < 0)
		return failure();
	st = ioctl(fd, HL_INFO, &args) == 0 ? OK : failure();
	close(fd);
	if (st != OK)
		return st;

	/* No length beyond its field; another's nonce is no answer. */
	if (a.nonce != args.nonce)
		return DEVICE_NONCE_MISMATCH;
	if (a.pcr_count * a.pcr_len > (int)sizeof(a.pcrs) ||
	    a.quote_len > sizeof(a.quote) || a.quote_len == 0 ||
	    a.public_len > sizeof(a.public) || a.signature_len == 0 ||
	    a.certificate_len > sizeof(a.certificate))
		return DEVICE_LIBRARY;
	dcbor_put_array(w, 7);
	dcbor_put_uint(w, a.nonce);
	dcbor_put_uint(w, a.pcr_len);
	dcbor_put_bstr(w, bytes_view(a.pcrs, (size_t)a.pcr_count * a.pcr_len));
	dcbor_put_bstr(w, bytes_view(a.quote, a.quote_len));
	dcbor_put_bstr(w, bytes_view(a.signature, a.signature_len));
	dcbor_put_bstr(w, bytes_view(a.public, a.public_len));
	dcbor_put_bstr(w, bytes_view(a.certificate, a.certificate_len));
	return w->failed ? EVIDENCE_TOO_LARGE : OK;
}
