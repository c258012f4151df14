/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A platform: where accelerators are found and how they are asked.  A port
 * is one constant struct; the simulator is a port like any other.
 */
#ifndef ASSAY_PLATFORM_H
#define ASSAY_PLATFORM_H

#include "bytes.h"
#include "claims.h"
#include "evidence.h"
#include "status.h"

enum { DEVICE_EVIDENCE_MAX = 48 * 1024, MODEL_MAX = 32, MEDIA_TYPE_MAX = 80 };

/* One accelerator as found.  Plain data, owned by the caller. */
struct device {
	char label[LABEL_MAX]; /* "gpu-0", in PCI address order */
	uint8_t model[MODEL_MAX];
	size_t model_len;
	struct fact_list facts;
	bool signs; /* the port can fetch device-signed evidence */
	/* Private to the port, so that evidence can be asked for later. */
	uint32_t handle;
};

struct board {
	struct device device[DEVICES_MAX];
	size_t count;
};

/*
 * NAME is what is written before the colon of a platform string.  SIMULATED
 * marks ports whose every output must say so.
 *
 * open: ARG is what follows the colon, or "".  Returns a context in *CTX.
 * survey: find every device and its facts; BOARD is valid only on OK.
 * evidence: ask DEVICE to sign NONCE.  TYPE receives the media type, OUT the
 *	evidence.  Only called when DEVICE->signs.
 * close: NULL is fine.
 */
struct platform {
	const char *name;
	bool simulated;
	enum status (*open)(const char *arg, void **ctx);
	enum status (*survey)(void *ctx, struct board *board);
	enum status (*evidence)(void *ctx, const struct device *device,
	    const uint8_t nonce[NONCE_LEN], char type[MEDIA_TYPE_MAX],
	    struct writer *out);
	void (*close)(void *ctx);
};

/* NULL-terminated; made from the list in platform/CMakeLists.txt. */
extern const struct platform *const platforms[];

/*
 * Split "name:argument" and find the port.  PLATFORM_UNKNOWN when there is
 * none; ARG points into SPEC.
 */
enum status platform_find(
    const char *spec, const struct platform **out, const char **arg);

#endif
