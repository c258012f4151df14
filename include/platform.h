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

/* Firmware and drivers of a device, by name and version. */
enum { COMPONENTS_MAX = 32, COMPONENT_NAME_MAX = 24, COMPONENT_TEXT_MAX = 64 };

struct component_list {
	struct {
		char name[COMPONENT_NAME_MAX];
		uint8_t version[COMPONENT_TEXT_MAX];
		size_t len;
	} c[COMPONENTS_MAX];
	size_t n;
};

/*
 * False when the list is full, there is one of that NAME, or VERSION is not
 * text of 1 to COMPONENT_TEXT_MAX bytes.
 */
bool component_add(
    struct component_list *l, const char *name, struct bytes version);
/*
 * Write them as claim 273 has them: [ + [295, bstr] ], each byte string a
 * measured component (RFC 10013) { 1: [name, [version]], 5: version }.
 */
void components_encode(const struct component_list *l, struct writer *w);

/* One accelerator as found.  Plain data, owned by the caller. */
struct device {
	char label[LABEL_MAX]; /* "gpu-0", in PCI address order */
	uint8_t model[MODEL_MAX];
	size_t model_len;
	struct fact_list facts;
	struct component_list components;
	bool signs; /* the port can fetch device-signed evidence */
	/* Private to the port, so that evidence can be asked for later. */
	uint32_t handle;
};

struct board {
	struct device device[DEVICES_MAX];
	size_t count;
};

/* The text of a fact, or its number; empty or 0 when there is none. */
struct bytes device_text(
    const struct device *d, enum fact_key key, enum fact_source source);
uint64_t device_number(
    const struct device *d, enum fact_key key, enum fact_source source);

/*
 * A witness knows more about devices that were found: a vendor's driver, or
 * the library that speaks to it.  It is heard in a process that is given up
 * when no answer comes, so nothing it does to CTX lasts beyond that process.
 *
 * begin: load what is needed; may be NULL.  What fails is told later, as the
 *	state of each device.
 * testify: add to the facts of one device of VENDOR.  begin may not have
 *	been called, if an earlier process did so and was given up.
 */
struct witness {
	const char *name;
	uint64_t vendor; /* PCI vendor id */
	void (*begin)(void *ctx);
	void (*testify)(void *ctx, struct device *device);
};

/*
 * NAME is what is written before the colon of a platform string.  SIMULATED
 * marks ports whose every output must say so.
 *
 * open: ARG is what follows the colon, or "".  Returns a context in *CTX.
 * survey: find every device and its facts; BOARD is valid only on OK.
 * witnesses: who else is to be heard; NULL-terminated, or NULL.
 * evidence: ask DEVICE to sign NONCE.  TYPE receives the media type, OUT the
 *	evidence.  Only called when DEVICE->signs; NULL: none ever does.
 * tee: the report of the TEE that this host is a guest of, over IN
 *	(TEE_NONCE_LEN bytes), as the item LABEL_TEE has it; without IN only
 *	the name of who would sign.  FILE_MISSING where there is no TEE,
 *	PERMISSION, DEVICE_CHANGED.  NULL: the port does not look for one.
 * close: NULL is fine.
 */
struct platform {
	const char *name;
	bool simulated;
	enum status (*open)(const char *arg, void **ctx);
	enum status (*survey)(void *ctx, struct board *board);
	const struct witness *const *witnesses;
	enum status (*evidence)(void *ctx, const struct device *device,
	    const uint8_t nonce[NONCE_LEN], char type[MEDIA_TYPE_MAX],
	    struct writer *out);
	enum status (*tee)(void *ctx, const uint8_t *in, struct writer *out);
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

/* The functions of vendors' libraries that may be called; NULL at the end. */
const char *platform_symbol(size_t i);

#endif
