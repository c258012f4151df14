/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA's library that speaks SPDM with a device through its configuration
 * space, which takes root; as NVIDIA's own attestation-sdk declares it
 * (corelib_client.cpp).  The table is every function that is looked up: each
 * finds a device or reads from it, but for the end of a conversation.
 */
#ifndef ASSAY_CORELIB_H
#define ASSAY_CORELIB_H

#include <stddef.h>
#include <stdint.h>

#define CORELIB_LIBRARY "libcorelib.so.1"

/* Opaque. */
struct corelib_manager;
struct corelib_device;
struct corelib_client;

/* All return 0 for success.  A length says how much fits, then how much is. */
#define CORELIB_SYMBOLS(S)                                                     \
	S(int, manager, corelib_device_manager_create,                         \
	    (struct corelib_manager **))                                       \
	S(int, discover, corelib_device_manager_discover_inband_gpus,          \
	    (struct corelib_manager *, struct corelib_device **, size_t *))    \
	S(int, description, corelib_device_get_description,                    \
	    (struct corelib_device *, char *, size_t *))                       \
	S(int, client, corelib_spdm_client_create,                             \
	    (struct corelib_device *, struct corelib_client **))               \
	S(void, close, corelib_spdm_client_destroy, (struct corelib_client *)) \
	S(int, certificate, corelib_spdm_get_certificate,                      \
	    (struct corelib_client *, uint8_t, uint8_t *, size_t *))           \
	S(int, transcript, corelib_spdm_get_measurement_transcript,            \
	    (struct corelib_client *, uint8_t, const uint8_t *, size_t,        \
	        uint8_t *, size_t *))

/* The library, loaded; it stays until the process ends. */
struct corelib {
	void *library;
#define MEMBER(type, member, symbol, arguments) type(*member) arguments;
	CORELIB_SYMBOLS(MEMBER)
#undef MEMBER
};

#endif
