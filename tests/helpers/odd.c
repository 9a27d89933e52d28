/* Processes that are hard to look at. Prints "ready PID" and waits for the end of its input.
 *
 *   odd zombie HEX     a child that ended with the name HEX spells, and is not waited for
 *   odd args HEX COUNT a child whose command line is the argument HEX spells, COUNT times
 *   odd churn          children that start and end as fast as they can
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char *unhex(const char *hex)
{
	size_t length = strlen(hex) / 2;
	char *text = calloc(1, length + 1);
	for (size_t i = 0; i < length; i++) {
		unsigned byte;
		sscanf(hex + 2 * i, "%2x", &byte);
		text[i] = (char)byte;
	}
	return text;
}

int main(int argc, char **argv)
{
	char byte;
	/* The child that "args" executes: its arguments are what the test is about. */
	if (getenv("ODD_SLEEP")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(atoi(getenv("ODD_SLEEP")), "", 1) != 1)
			return 1;
		for (;;)
			pause();
	}
	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "churn")) {
		struct pollfd input = { .fd = 0, .events = POLLIN };
		printf("ready %d\n", getpid());
		fflush(stdout);
		while (poll(&input, 1, 0) == 0) {
			pid_t batch[16];
			for (int i = 0; i < 16; i++)
				if ((batch[i] = fork()) == 0)
					_exit(0);
			for (int i = 0; i < 16; i++)
				waitpid(batch[i], NULL, 0);
		}
		return 0;
	}
	if (argc < 3)
		return 2;
	char *text = unhex(argv[2]);
	int executed[2];
	if (pipe(executed) != 0)
		return 1;
	pid_t child = fork();
	if (child == 0) {
		if (!strcmp(argv[1], "zombie")) {
			prctl(PR_SET_NAME, text);
			_exit(0);
		}
		int count = argc > 3 ? atoi(argv[3]) : 1;
		char **arguments = calloc(count + 1, sizeof *arguments);
		for (int i = 0; i < count; i++)
			arguments[i] = text;
		char end[16];
		snprintf(end, sizeof end, "%d", executed[1]);
		setenv("ODD_SLEEP", end, 1);
		execv("/proc/self/exe", arguments);
		_exit(1);
	}
	if (!strcmp(argv[1], "zombie")) {
		siginfo_t info;
		waitid(P_PID, child, &info, WEXITED | WNOWAIT);
	} else {
		/* A process has its arguments when it runs. */
		char byte;
		close(executed[1]);
		if (read(executed[0], &byte, 1) != 1)
			return 1;
	}
	printf("ready %d\n", child);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 0;
}
