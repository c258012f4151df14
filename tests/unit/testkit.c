/* SPDX-License-Identifier: Apache-2.0 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
kit_run_rows(const char *group, const void *rows, size_t size, size_t count,
    void (*fn)(void **row), const struct CMUnitTest *tests, size_t test_count)
{
	struct CMUnitTest *all = calloc(count + test_count, sizeof(*all));
	const uint8_t *at = rows;
	int rc;

	if (all == NULL)
		return 1;
	for (size_t i = 0; i < count; i++) {
		const void *row = at + i * size;

		memcpy(&all[i].name, row, sizeof(all[i].name));
		all[i].test_func = fn;
		all[i].initial_state = (void *)(uintptr_t)row;
	}
	if (test_count > 0)
		memcpy(all + count, tests, test_count * sizeof(*tests));
	rc = _cmocka_run_group_tests(
	    group, all, count + test_count, NULL, NULL);
	free(all);
	return rc;
}

struct bytes
kit_hex(const char *digits, uint8_t *out, size_t cap)
{
	ptrdiff_t n = bytes_from_hex(digits, strlen(digits), out, cap);

	assert_true(n >= 0);
	return bytes_view(out, (size_t)n);
}

static const char *
samples(void)
{
	const char *dir = getenv("ASSAY_SAMPLES");

	return dir != NULL ? dir : "";
}

bool
kit_have_samples(void)
{
	return *samples() != '\0' && access(samples(), R_OK | X_OK) == 0;
}

struct bytes
kit_sample(const char *relative)
{
	char path[1024];
	uint8_t *p = NULL;
	size_t n = 0;
	long size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", samples(), relative);
	if ((file = fopen(path, "rb")) == NULL)
		return (struct bytes){NULL, 0};
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 &&
	    fseek(file, 0, SEEK_SET) == 0 &&
	    (p = malloc((size_t)size + 1)) != NULL) {
		n = fread(p, 1, (size_t)size, file);
		p[n] = '\0';
	}
	fclose(file);
	return bytes_view(p, n);
}
