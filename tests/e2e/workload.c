/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simulated-workload STEPS SETTINGS LOG: a SIMULATED workload of a GPU, for
 * tests, of that many steps, or for 0 until SIGTERM.  Each step goes on from the checksum of the last one and from the
 * settings of the accelerator, which are read anew; its number and checksum
 * are a line of LOG.  At the end one line on standard output.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { TURNS = 400000, SETTINGS_MAX = 65536 };

static volatile sig_atomic_t told;

static void
on_term(int sig)
{
	(void)sig;
	told = 1;
}

static uint64_t
fold(uint64_t sum, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		sum = (sum ^ b[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
	return sum;
}

/* The settings as they are now. */
static uint64_t
fold_file(uint64_t sum, const char *path)
{
	static unsigned char text[SETTINGS_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (n <= 0) {
		perror(path);
		exit(1);
	}
	(void)close(fd);
	return fold(sum, text, (size_t)n);
}

static uint64_t
step(uint64_t sum)
{
	for (unsigned i = 0; i < TURNS; i++) {
		sum ^= sum << 13;
		sum ^= sum >> 7;
		sum ^= sum << 17;
	}
	return sum;
}

static double
seconds(clockid_t clock)
{
	struct timespec ts = {0, 0};

	(void)clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325), done = 0, steps;
	double began = seconds(CLOCK_MONOTONIC);
	FILE *log;

	if (argc != 4)
		return 64;
	steps = strtoull(argv[1], NULL, 10);
	if ((log = fopen(argv[3], "w")) == NULL)
		return 74;
	(void)signal(SIGTERM, on_term);
	for (; steps > 0 ? done < steps : !told; done++) {
		sum = step(fold_file(sum, argv[2]));
		(void)fprintf(log, "%" PRIu64 " %016" PRIx64 "\n", done, sum);
		(void)fflush(log);
	}
	(void)printf("SIMULATED %" PRIu64 " steps %016" PRIx64
	             " cpu %.3f wall %.3f\n",
	    done, sum, seconds(CLOCK_PROCESS_CPUTIME_ID),
	    seconds(CLOCK_MONOTONIC) - began);
	return fclose(log) == 0 ? 0 : 74;
}
