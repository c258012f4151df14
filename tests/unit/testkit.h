/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of core and verifier share. */
#ifndef ASSAY_TESTKIT_H
#define ASSAY_TESTKIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"
#include "status.h"

/* Two codes by their names, so that a failure can be read. */
#define assert_status(got, want)                                               \
	assert_string_equal(status_name(got), status_name(want))

/* Elements of an array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Run FN once for each of COUNT rows, under the row's name: its first member
 * is a const char *.  Then the TESTS that need no row.
 */
int kit_run_rows(const char *group, const void *rows, size_t size,
    size_t count, void (*fn)(void **row), const struct CMUnitTest *tests,
    size_t test_count);

/* Read digits into OUT, which must have room; fails the test if it cannot. */
struct bytes kit_hex(const char *digits, uint8_t *out, size_t cap);

/*
 * A file below the folder of samples.  The caller frees P.  P is NULL when
 * the file is not there.
 */
struct bytes kit_sample(const char *relative);
/* Is the folder of samples there at all?  If not, tests end with 77. */
bool kit_have_samples(void);

#endif
