/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [seal] [send] */
#include "enrol.h"

static const struct message_rule rules[] = {
    {MESSAGE_KEYS, ROLE_SEAL, ROLE_SEND, 1, KEYS_MAX},
    {MESSAGE_CREDENTIAL, ROLE_SEND, ROLE_SEAL, 1, CREDENTIAL_MAX},
    {MESSAGE_PROOF, ROLE_SEAL, ROLE_SEND, PROOF_LEN, PROOF_LEN},
};

const struct message_table enrol_messages = {
    rules, sizeof(rules) / sizeof(rules[0])};
