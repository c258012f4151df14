/* SPDX-License-Identifier: Apache-2.0 */
/* The traps of mock libraries. */
#ifndef ASSAY_TRAP_H
#define ASSAY_TRAP_H

/* The test fails unless looking SYMBOL up in LIBRARY ends the process. */
void trap_expect(const char *library, const char *symbol);

#endif
