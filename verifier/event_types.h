/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of events (PFP 1.06, 10.4.1, table 27), and what the digest of each
 * is made of.  An event's type and order among PCRs are not measured, and
 * its data only when the digest is made of them: what is said here is what
 * firmware ought to do, event_describe.h looks whether it did.
 */
#ifndef ASSAY_EVENT_TYPES_H
#define ASSAY_EVENT_TYPES_H

#include <stddef.h>
#include <stdint.h>

/*
 *	TYPE(constant, number, digest, form)
 *
 * digest: DATA, the event's data, to the last byte; PART, something within
 * the data that the form names; EITHER, some firmware does this, other
 * firmware hashes something else; OTHER, nothing that is in the log; NONE,
 * there is no digest.  form: how the data are read, event_describe.c.
 */
#define EVENT_TYPES(TYPE)                                                      \
	TYPE(EV_PREBOOT_CERT, 0x00, OTHER, BYTES)                              \
	TYPE(EV_POST_CODE, 0x01, EITHER, BLOB)                                 \
	TYPE(EV_UNUSED, 0x02, OTHER, BYTES)                                    \
	TYPE(EV_NO_ACTION, 0x03, NONE, NO_ACTION)                              \
	TYPE(EV_SEPARATOR, 0x04, DATA, SEPARATOR)                              \
	TYPE(EV_ACTION, 0x05, DATA, STRING)                                    \
	TYPE(EV_EVENT_TAG, 0x06, EITHER, TAGGED)                               \
	TYPE(EV_S_CRTM_CONTENTS, 0x07, OTHER, BLOB)                            \
	TYPE(EV_S_CRTM_VERSION, 0x08, DATA, VERSION)                           \
	TYPE(EV_CPU_MICROCODE, 0x09, OTHER, BLOB)                              \
	TYPE(EV_PLATFORM_CONFIG_FLAGS, 0x0a, EITHER, STRING)                   \
	TYPE(EV_TABLE_OF_DEVICES, 0x0b, EITHER, BYTES)                         \
	TYPE(EV_COMPACT_HASH, 0x0c, EITHER, STRING)                            \
	TYPE(EV_IPL, 0x0d, PART, IPL)                                          \
	TYPE(EV_IPL_PARTITION_DATA, 0x0e, EITHER, BYTES)                       \
	TYPE(EV_NONHOST_CODE, 0x0f, OTHER, STRING)                             \
	TYPE(EV_NONHOST_CONFIG, 0x10, EITHER, STRING)                          \
	TYPE(EV_NONHOST_INFO, 0x11, EITHER, STRING)                            \
	TYPE(EV_OMIT_BOOT_DEVICE_EVENTS, 0x12, DATA, OMIT)                     \
	TYPE(EV_POST_CODE2, 0x13, OTHER, BLOB)                                 \
	TYPE(EV_EFI_VARIABLE_DRIVER_CONFIG, 0x80000001, DATA, VARIABLE)        \
	TYPE(EV_EFI_VARIABLE_BOOT, 0x80000002, PART, VARIABLE)                 \
	TYPE(EV_EFI_BOOT_SERVICES_APPLICATION, 0x80000003, OTHER, IMAGE)       \
	TYPE(EV_EFI_BOOT_SERVICES_DRIVER, 0x80000004, OTHER, IMAGE)            \
	TYPE(EV_EFI_RUNTIME_SERVICES_DRIVER, 0x80000005, OTHER, IMAGE)         \
	TYPE(EV_EFI_GPT_EVENT, 0x80000006, DATA, GPT)                          \
	TYPE(EV_EFI_ACTION, 0x80000007, DATA, STRING)                          \
	TYPE(EV_EFI_PLATFORM_FIRMWARE_BLOB, 0x80000008, OTHER, BLOB)           \
	TYPE(EV_EFI_HANDOFF_TABLES, 0x80000009, OTHER, TABLES)                 \
	TYPE(EV_EFI_PLATFORM_FIRMWARE_BLOB2, 0x8000000a, OTHER, BLOB2)         \
	TYPE(EV_EFI_HANDOFF_TABLES2, 0x8000000b, OTHER, TABLES2)               \
	TYPE(EV_EFI_VARIABLE_BOOT2, 0x8000000c, DATA, VARIABLE)                \
	TYPE(EV_EFI_GPT_EVENT2, 0x8000000d, DATA, GPT)                         \
	TYPE(EV_EFI_HCRTM_EVENT, 0x80000010, OTHER, HCRTM)                     \
	TYPE(EV_EFI_VARIABLE_AUTHORITY, 0x800000e0, DATA, VARIABLE)            \
	TYPE(EV_EFI_SPDM_FIRMWARE_BLOB, 0x800000e1, DATA, SPDM)                \
	TYPE(EV_EFI_SPDM_FIRMWARE_CONFIG, 0x800000e2, DATA, SPDM)              \
	TYPE(EV_EFI_SPDM_DEVICE_POLICY, 0x800000e3, DATA, VARIABLE)            \
	TYPE(EV_EFI_SPDM_DEVICE_AUTHORITY, 0x800000e4, DATA, VARIABLE)

#define EVENT_TYPE(constant, number, digest, form)                             \
	static const uint32_t constant = (number);
EVENT_TYPES(EVENT_TYPE)
#undef EVENT_TYPE

#endif
