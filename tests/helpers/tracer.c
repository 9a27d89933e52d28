/* Somebody inside who tries to trace every process as soon as it appears there, and to open its memory.
 *
 *   tracer
 *
 * Prints "ready"; at the end of its input "refused N traced N early N memory N": how many processes it saw that it could not
 * trace yet, how many it traced in the end, and how many of them were not sleep yet when it stopped them or opened their memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define AHEAD 64

static int refused, traced, early, memory;

/* Whether it still runs what it was before it became the program, or nobody knows. */
static int is_early(pid_t pid)
{
	char path[64], link[256];
	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	ssize_t length = readlink(path, link, sizeof link);
	return length > 0 && !memmem(link, length, "sleep", 5);
}

/* Once it is open it stays open: the memory of before could be read at leisure. */
static void open_memory(pid_t pid)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	memory += is_early(pid);
	close(fd);
}

/* Stops it as soon as may be, and waits for its end. */
static void follow(pid_t pid)
{
	int status;
	traced++;
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	for (int first = 1; waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status); first = 0) {
		if (first)
			early += is_early(pid);
		ptrace(PTRACE_CONT, pid, 0, 0);
	}
}

int main(void)
{
	struct pollfd input = { .fd = 0, .events = POLLIN };
	pid_t last = getpid(), refusing = 0;
	puts("ready");
	fflush(stdout);
	while (poll(&input, 1, 0) == 0) {
		for (pid_t pid = last + 1; pid < last + AHEAD; pid++) {
			if (kill(pid, 0) && errno == ESRCH)
				continue;
			open_memory(pid);
			if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
				follow(pid);
				last = pid;
			} else if (errno == EPERM && pid != refusing) {
				refused++;
				refusing = pid;
			}
		}
	}
	printf("refused %d traced %d early %d memory %d\n", refused, traced, early, memory);
	return 0;
}
