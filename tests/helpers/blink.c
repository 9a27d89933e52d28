/* Makes namespaces that live for a moment.
 *
 *   blink COUNT LIFE GAP
 *
 * starts COUNT processes, one every GAP milliseconds, each in a uts namespace of its own for LIFE milliseconds. Prints "ready",
 * waits for a line of input, makes them, and prints their PIDs in one line at the end.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void rest(long milliseconds)
{
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
	while (nanosleep(&time, &time))
		;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1;
	long life = argc > 2 ? atol(argv[2]) : 100;
	long gap = argc > 3 ? atol(argv[3]) : 20;
	pid_t *all = calloc(count, sizeof *all);
	puts("ready");
	fflush(stdout);
	if (getchar() == EOF)
		return 1;
	for (int i = 0; i < count; i++) {
		all[i] = fork();
		if (all[i] == 0) {
			if (unshare(CLONE_NEWUTS))
				_exit(1);
			rest(life);
			_exit(0);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		rest(gap);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	for (int i = 0; i < count; i++)
		printf("%d ", all[i]);
	printf("\n");
	return 0;
}
