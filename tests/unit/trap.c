/* SPDX-License-Identifier: Apache-2.0 */
#include "trap.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void
trap_expect(const char *library, const char *symbol)
{
	pid_t pid;
	int ws = 0;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

		(void)close(STDERR_FILENO);
		(void)signal(SIGABRT, SIG_DFL);
		if (handle == NULL)
			_exit(1);
		(void)dlsym(handle, symbol);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &ws, 0), pid);
	assert_true(WIFSIGNALED(ws) && WTERMSIG(ws) == SIGABRT);
}
