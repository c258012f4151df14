/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures whole processes, as a person who runs them meets them.
 *
 *	bench compare N COMMAND... -- COMMAND...
 *		runs both in turn, N times each: medians of the time from
 *		fork to exit, their ratio, and peak memory (ru_maxrss)
 *	bench pss N COMMAND...
 *		runs one N times and adds up, again and again while it runs,
 *		the proportional set size of its process and all below it
 *
 * Every command must exit 0 in a comparison; what it prints is dropped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 100000, WARM_UP = 5, DEPTH_MAX = 4, PAUSE_NS = 200000 };

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Start ARGV with its output dropped; -1 without a process. */
static pid_t
start(char **argv)
{
	pid_t pid = fork();
	int null;

	if (pid != 0)
		return pid;
	null = open("/dev/null", O_RDWR);
	if (null >= 0) {
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		if (null > 2)
			close(null);
	}
	execvp(argv[0], argv);
	_exit(127);
}

/* What one command took so far. */
struct series {
	char **argv;
	double *ms;
	long peak; /* KiB */
};

/* One run; false when it failed. */
static bool
measure(struct series *s, size_t at)
{
	struct rusage use;
	double begin = now_ms();
	pid_t pid = start(s->argv);
	int status;

	if (pid < 0)
		return false;
	while (wait4(pid, &status, 0, &use) < 0)
		if (errno != EINTR)
			return false;
	s->ms[at] = now_ms() - begin;
	if (use.ru_maxrss > s->peak)
		s->peak = use.ru_maxrss;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	fprintf(stderr, "bench: %s: status %x\n", s->argv[0],
	    (unsigned)status);
	return false;
}

static int
compare_ms(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *ms, size_t n)
{
	qsort(ms, n, sizeof(*ms), compare_ms);
	return n % 2 == 1 ? ms[n / 2] : (ms[n / 2 - 1] + ms[n / 2]) / 2;
}

/* Print what was measured; returns the median. */
static double
print_series(struct series *s, size_t n)
{
	double m = median(s->ms, n);
	const char *slash = strrchr(s->argv[0], '/');

	printf("  %-16s median %7.3f ms  fastest %7.3f  90%% below %7.3f  "
	       "peak %6ld KiB\n",
	    slash == NULL ? s->argv[0] : slash + 1, m, s->ms[0],
	    s->ms[n * 9 / 10], s->peak);
	return m;
}

/* Both commands in turn, so that whatever disturbs disturbs both. */
static int
run_compare(size_t n, char **argv)
{
	struct series a = {.argv = argv}, b = {0};
	double first, second;
	bool ok = true;

	while (*argv != NULL && strcmp(*argv, "--") != 0)
		argv++;
	if (*argv == NULL || argv == a.argv || argv[1] == NULL)
		return 64;
	*argv = NULL;
	b.argv = argv + 1;
	a.ms = calloc(n, sizeof(*a.ms));
	b.ms = calloc(n, sizeof(*b.ms));
	if (a.ms == NULL || b.ms == NULL)
		ok = false;

	for (size_t i = 0; ok && i < WARM_UP; i++)
		ok = measure(&a, 0) && measure(&b, 0);
	for (size_t i = 0; ok && i < n; i++)
		ok = measure(&a, i) && measure(&b, i);
	if (ok) {
		first = print_series(&a, n);
		second = print_series(&b, n);
		printf("  ratio of medians %.2f, of peaks %.2f\n",
		    first / second, (double)a.peak / (double)b.peak);
	}
	free(a.ms);
	free(b.ms);
	return ok ? 0 : 70;
}

/* The whole of a small file in /proc as text; "" when it has gone. */
static void
read_proc(pid_t pid, const char *name, char *out, size_t cap)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	if ((fd = open(path, O_RDONLY)) >= 0) {
		n = read(fd, out, cap - 1);
		close(fd);
	}
	out[n < 0 ? 0 : n] = '\0';
}

/* Processes and KiB of one moment. */
struct moment {
	unsigned processes;
	long pss;
};

/* Add PID and everything below it. */
static void
add_tree(pid_t pid, unsigned depth, struct moment *m)
{
	char text[4096], name[40], *at, *end;
	long kib;

	read_proc(pid, "smaps_rollup", text, sizeof(text));
	if ((at = strstr(text, "\nPss:")) == NULL)
		return;
	kib = strtol(at + 5, NULL, 10);
	m->pss += kib;
	m->processes += kib > 0;
	if (depth == DEPTH_MAX)
		return;
	snprintf(name, sizeof(name), "task/%d/children", (int)pid);
	read_proc(pid, name, text, sizeof(text));
	for (at = text;; at = end) {
		long child = strtol(at, &end, 10);

		if (end == at)
			break;
		add_tree((pid_t)child, depth + 1, m);
	}
}

/* Sample until the process ends; keep the largest moment. */
static unsigned
watch(pid_t pid, struct moment *most)
{
	static const struct timespec pause = {0, PAUSE_NS};
	unsigned samples = 0;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct moment m = {0};

		add_tree(pid, 0, &m);
		samples++;
		if (m.pss > most->pss)
			*most = m;
		nanosleep(&pause, NULL);
	}
	return samples;
}

static int
run_pss(size_t n, char **argv)
{
	struct moment most = {0};
	unsigned samples = 0;

	for (size_t i = 0; i < n; i++) {
		pid_t pid = start(argv);

		if (pid < 0)
			return 70;
		samples += watch(pid, &most);
	}
	printf("  most at one moment %ld KiB in %u processes (%u moments)\n",
	    most.pss, most.processes, samples);
	return most.pss > 0 ? 0 : 70;
}

int
main(int argc, char **argv)
{
	long n = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
	int rc = 64;

	if (n > 0 && n <= ROUNDS_MAX && strcmp(argv[1], "compare") == 0)
		rc = run_compare((size_t)n, argv + 3);
	else if (n > 0 && n <= ROUNDS_MAX && strcmp(argv[1], "pss") == 0)
		rc = run_pss((size_t)n, argv + 3);
	if (rc == 64)
		fprintf(stderr, "usage: bench compare N COMMAND... -- "
				"COMMAND...\n       bench pss N COMMAND...\n");
	return rc;
}
