/* SPDX-License-Identifier: Apache-2.0 */
/* Eight made-up GPUs and four switches, and every way to get them wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nvidia_topology.h"

enum { GPUS = 8, SWITCHES = 4, ALL = GPUS + SWITCHES };

static struct nvidia_member group[ALL + 1];
static const struct nvidia_member *order[ALL + 1];

/* GPU i is 1 followed by i, switch i is 2 followed by i. */
static void
name_of(uint8_t pdi[NVIDIA_PDI], bool is_switch, unsigned i)
{
	memset(pdi, 0x11, NVIDIA_PDI);
	pdi[0] = is_switch ? 2 : 1;
	pdi[1] = (uint8_t)i;
}

static void
make_group(void)
{
	for (unsigned i = 0; i < ALL; i++) {
		struct nvidia_member *m = &group[i];

		*m = (struct nvidia_member){.is_switch = i >= GPUS};
		name_of(m->pdi, m->is_switch, m->is_switch ? i - GPUS : i);
		m->peers = m->is_switch ? GPUS : SWITCHES;
		for (unsigned k = 0; k < m->peers; k++)
			name_of(m->peer[k], !m->is_switch, k);
		order[i] = m;
	}
}

static enum status
judge(size_t count)
{
	char detail[200];

	return nvidia_topology(order, count, detail, sizeof(detail));
}

static void
whole_group(void **state)
{
	(void)state;
	make_group();
	assert_int_equal(judge(ALL), OK);
}

static void
wrong_numbers(void **state)
{
	(void)state;
	make_group();
	assert_int_equal(judge(0), NVIDIA_TOPOLOGY);
	assert_int_equal(judge(ALL - 1), NVIDIA_TOPOLOGY);
	order[ALL] = &group[0];
	assert_int_equal(judge(ALL + 1), NVIDIA_TOPOLOGY);
}

/* Each member in turn names a stranger, one too few, one too many. */
static void
wrong_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		make_group();
		group[i].peer[0][7] ^= 1;
		assert_int_equal(judge(ALL), NVIDIA_TOPOLOGY);
		make_group();
		group[i].peers--;
		assert_int_equal(judge(ALL), NVIDIA_TOPOLOGY);
		make_group();
		name_of(group[i].peer[group[i].peers++], false, 99);
		assert_int_equal(judge(ALL), NVIDIA_TOPOLOGY);
		make_group();
		group[i].pdi[7] ^= 1;
		assert_int_equal(judge(ALL), NVIDIA_TOPOLOGY);
	}
}

/* Links to one switch count once, idle links not; bytes are reversed. */
static void
from_report(void **state)
{
	uint8_t links[NVIDIA_LINKS * NVIDIA_PDI] = {0};
	const uint8_t own[NVIDIA_PDI] = {9};
	struct nvidia_report rep = {.switch_pdis = BYTES_OF(links)};
	struct nvidia_member m;

	(void)state;
	links[0] = 8;
	links[7] = 1;
	memcpy(links + NVIDIA_PDI, links, NVIDIA_PDI);
	nvidia_member_of(&rep, own, &m);
	assert_int_equal(m.peers, 1);
	assert_int_equal(m.peer[0][0], 1);
	assert_int_equal(m.peer[0][7], 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_group),
	    cmocka_unit_test(wrong_numbers),
	    cmocka_unit_test(wrong_names),
	    cmocka_unit_test(from_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
