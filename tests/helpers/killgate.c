/* Kills a program while a child that it starts is at a gate, or right before the child mounts something.
 *
 *   killgate KIND N program [argument...]
 *
 * KIND is what counts, and the Nth of it is not made: "gates", or "mounts" for the mounts of children too. At a gate the child reports its number, and the
 * program writes a zero to open it: eight bytes into a pipe. All descendants are traced. Prints what was about to be made; "none" where the program exits
 * before. A second line, "left", says that some process has not ended by itself within a minute of the kill.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "stops.h"

#define MOST_GATES 8
#define PATIENCE 60

static const struct call calls[] = {
	{ SYS_write, -1, "write" }, { SYS_mount, -1, "mount" }, { SYS_umount2, -1, "umount2" }, { SYS_move_mount, -1, "move_mount" }, { SYS_pivot_root, -1, "pivot_root" },
};
#define CALLS (sizeof calls / sizeof calls[0])

static pid_t first;

/* Whether a thread is one of the program that was started first. */
static int is_of_first(pid_t pid)
{
	char path[64], line[256];
	int group = 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file) && sscanf(line, "Tgid: %d", &group) != 1)
		;
	if (file)
		fclose(file);
	return group == first;
}

static int is_pipe(pid_t pid, int descriptor)
{
	char path[64], target[16] = "";
	snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, descriptor);
	return readlink(path, target, sizeof target - 1) > 0 && strncmp(target, "pipe:", 5) == 0;
}

/* The name of what a thread is about to make, if it counts. */
static const char *name_of(pid_t pid, int with_mounts)
{
	static char name[64];
	static long last;
	struct __ptrace_syscall_info info;
	long number = -1;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0)
		return NULL;
	if (info.seccomp.nr != SYS_write) {
		for (size_t i = 1; i < CALLS; i++)
			if ((long)info.seccomp.nr == calls[i].number)
				return with_mounts && !is_of_first(pid) ? calls[i].name : NULL;
		return NULL;
	}
	struct iovec local = { &number, sizeof number }, other = { (void *)info.seccomp.args[1], sizeof number };
	if (info.seccomp.args[2] != sizeof number || process_vm_readv(pid, &local, 1, &other, 1, 0) != sizeof number)
		return NULL;
	if (number < 0 || number >= MOST_GATES || !is_pipe(pid, info.seccomp.args[0]))
		return NULL;
	if (is_of_first(pid) && number == 0) {
		snprintf(name, sizeof name, "open %ld", last);
		return name;
	}
	if (is_of_first(pid))
		return NULL;
	last = number;
	snprintf(name, sizeof name, "reach %ld", number);
	return name;
}

static void ring(int signal)
{
	(void)signal;
}

/* All that is left has to end by itself. */
static void drain(void)
{
	int status;
	pid_t pid;
	struct sigaction action = { .sa_handler = ring };
	sigaction(SIGALRM, &action, NULL);
	alarm(PATIENCE);
	while ((pid = waitpid(-1, &status, __WALL)) > 0)
		if (WIFSTOPPED(status))
			ptrace(PTRACE_CONT, pid, 0, signal_of(status));
	if (errno == EINTR)
		puts("left");
}

int main(int count, char **words)
{
	int status;
	int with_mounts = count > 3 && strcmp(words[1], "mounts") == 0;
	int left = atoi(words[2]);
	pid_t pid;
	first = start_traced(words + 3, calls, CALLS, PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (pid == first) {
				puts("none");
				return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
			}
			continue;
		}
		if (is_before_call(status)) {
			const char *name = name_of(pid, with_mounts);
			if (name && --left == 0) {
				puts(name);
				kill(first, SIGKILL);
				ptrace(PTRACE_CONT, pid, 0, 0);
				drain();
				return 0;
			}
		}
		ptrace(PTRACE_CONT, pid, 0, signal_of(status));
	}
	return 1;
}
