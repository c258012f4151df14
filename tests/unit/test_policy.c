/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: every key, what is refused, what is never taken by accident. */
#include "testkit.h"

#include <string.h>

#include <assay/verify.h>

#include "forge.h"
#include "policy.h"

static const struct row {
	const char *name;
	const char *text;
	enum status want;
} rows[] = {
    {"least", "[policy]\n", OK},
    {"only_a_comment", "; nothing\n", OK},
    {"all_keys",
	"[policy]\nname = a b\nrequired-pcrs = sha256:0,7\n"
	"require-eventlog = no\nrequire-device-signed = no\n"
	"allow-software-tpm = yes\nallow-simulated = yes\n"
	"allow-pinned = yes\n",
	OK},
    {"dos_lines", "[policy]\r\nallow-pinned = yes\r\n", OK},
    {"no_newline_at_end", "[policy]\nallow-pinned = yes", OK},
    {"comment_behind", "[policy]\nallow-pinned = yes ; because\n", OK},
    {"empty", "", POLICY_MALFORMED},
    {"not_text", "[policy]\nname = \xff\n", POLICY_MALFORMED},
    {"not_a_pair", "[policy]\nallow-pinned\n", POLICY_MALFORMED},
    {"section_open", "[policy\nallow-pinned = yes\n", CONFIG_KEY},
    {"no_section", "allow-pinned = yes\n", CONFIG_KEY},
    {"other_section", "[agent]\nallow-pinned = yes\n", CONFIG_KEY},
    {"section_case", "[Policy]\nallow-pinned = yes\n", CONFIG_KEY},
    {"unknown_key", "[policy]\nallow-everything = yes\n", CONFIG_KEY},
    {"key_case", "[policy]\nAllow-Pinned = yes\n", CONFIG_KEY},
    {"key_misspelt", "[policy]\nrequire-event-log = yes\n", CONFIG_KEY},
    {"key_twice", "[policy]\nallow-pinned = yes\nallow-pinned = no\n",
	CONFIG_KEY},
    {"key_continued", "[policy]\nallow-pinned = yes\n no\n", CONFIG_KEY},
    {"key_twice_in_two_sections",
	"[policy]\nallow-pinned = no\n[policy]\nallow-pinned = yes\n",
	CONFIG_KEY},
    {"bool_true", "[policy]\nallow-pinned = true\n", CONFIG_VALUE},
    {"bool_case", "[policy]\nallow-pinned = Yes\n", CONFIG_VALUE},
    {"bool_empty", "[policy]\nallow-pinned =\n", CONFIG_VALUE},
    {"bool_1", "[policy]\nallow-pinned = 1\n", CONFIG_VALUE},
    {"name_empty", "[policy]\nname =\n", CONFIG_VALUE},
    {"name_64",
	"[policy]\nname = 0123456789012345678901234567890123456789012345678"
	"901234567890123\n",
	CONFIG_VALUE},
    {"pcrs_empty", "[policy]\nrequired-pcrs =\n", CONFIG_VALUE},
    {"pcrs_none", "[policy]\nrequired-pcrs = sha256:\n", CONFIG_VALUE},
    {"pcrs_24", "[policy]\nrequired-pcrs = sha256:24\n", CONFIG_VALUE},
    {"pcrs_md5", "[policy]\nrequired-pcrs = md5:1\n", CONFIG_VALUE},
};

static void
run_row(void **state)
{
	const struct row *row = *state;
	char error[128] = "";
	struct policy p;

	assert_status(policy_parse(bytes_str(row->text), &p, error,
			  sizeof(error)),
	    row->want);
	/* A refusal says so in one line. */
	assert_int_equal(error[0] != '\0', row->want != OK);
	assert_null(strchr(error, '\n'));
}

/* Nothing is allowed, everything is asked for, unless the text says so. */
static void
test_defaults(void **state)
{
	char error[128], text[128];
	struct policy p;
	struct writer w = writer_of(text, sizeof(text) - 1);

	(void)state;
	assert_status(
	    policy_parse(BYTES_LIT("[policy]\n"), &p, error, sizeof(error)),
	    OK);
	assert_true(p.require_eventlog);
	assert_true(p.require_device_signed);
	assert_false(p.allow_software_tpm);
	assert_false(p.allow_simulated);
	assert_false(p.allow_pinned);
	selection_to_text(&p.required_pcrs, &w);
	text[w.n] = '\0';
	assert_string_equal(text, "sha256:0,1,2,3,4,5,6,7,8,9,11,14");
	assert_int_equal(p.digest.n, 32);
}

/* A long line, of a comment too, must not become two lines. */
static void
test_long_line(void **state)
{
	char text[1024], error[128];
	struct policy p;

	(void)state;
	for (size_t n = 100; n < 900; n++) {
		strcpy(text, "[policy]\n;");
		memset(text + 10, 'x', n);
		strcpy(text + 10 + n, "allow-simulated = yes\n");
		if (policy_parse(bytes_str(text), &p, error, sizeof(error)) ==
		    OK)
			assert_false(p.allow_simulated);
		else
			assert_true(n > 100);
	}
}

static void
test_sizes(void **state)
{
	static char text[POLICY_MAX + 1];
	char error[128];
	struct policy p;

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_status(policy_parse(bytes_view(text, POLICY_MAX), &p, error,
			  sizeof(error)),
	    OK);
	assert_status(policy_parse(bytes_view(text, POLICY_MAX + 1), &p,
			  error, sizeof(error)),
	    POLICY_MALFORMED);
	assert_status(policy_parse(bytes_view("[policy]\n\0x", 11), &p, error,
			  sizeof(error)),
	    POLICY_MALFORMED);
}

/* A context whose policy was refused has none. */
static void
test_refused_leaves_none(void **state)
{
	static const char bad[] = "[policy]\nallow-pinned = maybe\n";
	struct assay *ctx = assay_new();
	char error[128];

	(void)state;
	assert_non_null(ctx);
	assert_int_equal(assay_add(ctx, ASSAY_POLICY, forge_policy,
			     strlen(forge_policy), error, sizeof(error)),
	    0);
	assert_int_equal(assay_add(ctx, ASSAY_POLICY, bad, strlen(bad), error,
			     sizeof(error)),
	    64);
	assert_non_null(strstr(error, "allow-pinned"));
	assert_int_equal(assay_add(ctx, (enum assay_input)9, bad, strlen(bad),
			     error, sizeof(error)),
	    64);
	assay_free(ctx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_long_line),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_refused_leaves_none),
	};

	if (crypto_init() != OK)
		return 1;
	return kit_run_rows("policy", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
}
