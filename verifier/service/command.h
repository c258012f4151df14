/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of assay-verifier.  Each prints its own errors and returns
 * the exit status.
 */
#ifndef SERVICE_COMMAND_H
#define SERVICE_COMMAND_H

#include <jansson.h>

#include "config.h"

int command_serve(const struct config *config);
int command_list(const struct config *config);
int command_approve(const struct config *config);
int command_reject(const struct config *config);
int command_export(const struct config *config);
int command_devices(const struct config *config);
int command_accept(const struct config *config);

/* The frame that every --json has; takes over DATA. */
enum status command_print(json_t *data, struct fault *fault);

/* The TPM Name that HEX is; WHAT is what the user calls it. */
enum status command_name(const char *what, const char *hex,
    uint8_t name[ASSAY_NAME_MAX], size_t *len, struct fault *fault);

#endif
