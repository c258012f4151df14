/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A MOCK root of trust without any key: it notes what reaches it.  It
 * takes the place of platform/rot_tpm.c in a test that links this.
 */
#ifndef ASSAY_MOCK_ROT_H
#define ASSAY_MOCK_ROT_H

#include "bytes.h"

enum { MOCK_NAME_LEN = 34, MOCK_BLOB_MAX = 1024 };

struct mock_rot {
	unsigned opened, quoted, activated, kept;
	uint8_t blob[MOCK_BLOB_MAX]; /* of the last credential */
	size_t blob_len;
	/* It "signs", and before so many quotes the file LIST grows. */
	bool signs;
	unsigned grows;
	int list;
};

extern struct mock_rot mock_rot;

#endif
