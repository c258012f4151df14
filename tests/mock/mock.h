/* SPDX-License-Identifier: Apache-2.0 */
/* What the mock libraries of all drivers share. */
#ifndef ASSAY_MOCK_H
#define ASSAY_MOCK_H

#define EXPORT __attribute__((visibility("default")))

/* A variable of the environment; empty when it is not set. */
const char *mock_setting(const char *name);
/* Append the name of a function that was called to the file LOG. */
void mock_log(const char *log, const char *name);
/* Somebody looked up a function that changes a device: end the process. */
void mock_trip(const char *name);

/*
 * A function that would change a device.  Its address is asked for when it
 * is looked up, and that is where the trap is.
 */
typedef int mock_trapped(void);
#define TRAP(symbol)                                                           \
	__attribute__((used)) static mock_trapped *trap_##symbol(void)         \
	{                                                                      \
		mock_trip(#symbol);                                            \
		return NULL;                                                   \
	}                                                                      \
	EXPORT int symbol(void) __attribute__((ifunc("trap_" #symbol)));

#endif
