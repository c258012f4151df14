/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of assay-verifier.  Each prints its own errors and returns
 * the exit status.
 */
#ifndef SERVICE_COMMAND_H
#define SERVICE_COMMAND_H

#include "config.h"

int command_serve(const struct config *config);
int command_list(const struct config *config);
int command_approve(const struct config *config);
int command_reject(const struct config *config);
int command_export(const struct config *config);

#endif
