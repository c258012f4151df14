/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the witnesses of this host share: where sysfs and procfs are, and
 * the libraries that they have loaded.  Each witness is one file.
 */
#ifndef ASSAY_VENDOR_H
#define ASSAY_VENDOR_H

#include "nvml.h"
#include "platform.h"

enum { VENDOR_AMD = 0x1002, VENDOR_NVIDIA = 0x10de, VENDOR_INTEL = 0x8086 };
enum { VENDOR_HABANA = 0x1da3 };

/* Descriptors of directories; PROC and DEV are -1 when there is none. */
struct vendors {
	void *pci; /* the port that finds the devices */
	int sys, proc, dev;
	struct nvml nvml;
};

/* A function's name, and where its address goes in a struct. */
struct vendor_symbol {
	const char *name;
	size_t at;
};

/*
 * Load the library of that fixed name; its handle becomes the first member
 * of TABLE, and each function goes to its place, NULL when there is none.
 * Returns how many there are.
 */
size_t vendor_library(void *table, const char *library,
    const struct vendor_symbol *symbols, size_t count);

extern const struct witness witness_nvidia_proc; /* the driver, in procfs */
extern const struct witness witness_nvidia;      /* its library */
extern const struct witness witness_amdgpu;
extern const struct witness witness_kfd; /* the compute part of amdgpu */
extern const struct witness witness_xe;
extern const struct witness witness_habanalabs;

/* The device's address as the kernel writes it; false when it has none. */
bool vendor_address(const struct device *d, char out[24]);

/* The device's directory in sysfs, which the caller closes; or -1. */
int vendor_directory(const struct vendors *v, const struct device *d);

/*
 * The directory at PATH below DIR, which the caller closes; or -1.  A part
 * that ends in '*' is the first entry whose name begins so.
 */
int vendor_enter(int dir, struct bytes path);

/*
 * The text of the file at PATH below DIR, without newlines and spaces at its
 * end, as a string; false when there is none or it is longer than a page.
 */
enum { VENDOR_FILE_MAX = 4096 };
bool vendor_file(int dir, const char *path, char text[VENDOR_FILE_MAX + 1]);

/*
 * One attribute of one file.  How text becomes a value: as it is, a number
 * of units that are DIVISOR to one of the fact's, or the largest clock in a
 * list such as "0: 300Mhz".
 */
enum vendor_form { FORM_TEXT, FORM_NUMBER, FORM_CLOCKS };

struct vendor_row {
	enum fact_key key;
	const char *path; /* as for vendor_enter, and a file's name */
	enum vendor_form form;
	uint64_t divisor;      /* of numbers; 0 counts as 1 */
	const char *component; /* it is firmware too, by this name; or NULL */
};

/* Rows with this key are components and no facts. */
#define FACT_NONE ((enum fact_key)(-1))

/* Read every row below DIR; what is missing or malformed is passed over. */
void vendor_read(int dir, const struct vendor_row *rows, size_t count,
    enum fact_source source, struct device *d);

/*
 * Write the item that carries REPORT and CHAIN, in PEM, as RATS tools
 * exchange it: [{"arch","certificate","evidence","nonce"}], with the
 * architecture of D as its driver names it.  OUT->failed: it does not fit.
 */
void nvidia_item(const struct device *d, struct bytes chain,
    struct bytes report, const uint8_t nonce[NONCE_LEN], struct writer *out);

/*
 * Device-signed evidence: an array of one entry with report and chain.
 * DEVICE_UNSIGNED when the device signs nothing in its mode,
 * DEVICE_UNRESPONSIVE when it is lost, PERMISSION, DEVICE_LIBRARY.
 */
enum status nvidia_evidence(struct vendors *v, const struct device *d,
    const uint8_t nonce[NONCE_LEN], struct writer *out);

/*
 * The quote that a Gaudi signs: [nonce, bytes in a PCR, PCRs, quote,
 * signature, public area, certificate], where the nonce is the first four
 * bytes of NONCE, little-endian.  DEVICE_UNSIGNED when it signs nothing,
 * DEVICE_NONCE_MISMATCH, PERMISSION, DEVICE_LIBRARY.
 */
enum status gaudi_evidence(const struct vendors *v, const struct device *d,
    const uint8_t nonce[NONCE_LEN], struct writer *out);

/*
 * The report of this guest's TEE below SYS, see struct platform: [provider,
 * generation, outblob, ? auxblob].
 */
enum status tsm_report(int sys, const uint8_t *in, struct writer *out);

/* Facts about confidential computing; sets d->signs when it is on. */
void nvidia_cc(const struct nvml *n, unsigned architecture, struct device *d);

#endif
