/* Kills a program right before the Nth call by which it makes or removes a file, or mounts or unmounts anything.
 *
 *   killat N PATH program [argument...]
 *
 * Of files only those count whose path contains PATH. Prints the name of the call; "none" where the program exits before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "stops.h"

static const struct call calls[] = {
	{ SYS_openat, 1, "openat" }, { SYS_unlinkat, 1, "unlinkat" }, { SYS_mount, -1, "mount" }, { SYS_umount2, -1, "umount2" }, { SYS_move_mount, -1, "move_mount" },
#ifdef SYS_unlink
	{ SYS_unlink, 0, "unlink" },
#endif
};
#define CALLS (sizeof calls / sizeof calls[0])

/* The name of the call a thread is about to make, if it counts. */
static const char *name_of(pid_t pid, const char *part)
{
	struct __ptrace_syscall_info info;
	char path[4096] = "";
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0)
		return NULL;
	for (size_t i = 0; i < CALLS; i++) {
		if ((long)info.seccomp.nr != calls[i].number)
			continue;
		if (calls[i].path < 0)
			return calls[i].name;
		/* Pages that follow the text need not be there. */
		char *remote = (char *)info.seccomp.args[calls[i].path];
		for (size_t length = sizeof path - 1; length > 0; length /= 2) {
			struct iovec local = { path, length }, other = { remote, length };
			if (process_vm_readv(pid, &local, 1, &other, 1, 0) > 0)
				break;
		}
		return strstr(path, part) && (calls[i].number != SYS_openat || info.seccomp.args[2] & O_CREAT) ? calls[i].name : NULL;
	}
	return NULL;
}

int main(int count, char **words)
{
	int status;
	int left = atoi(words[1]);
	pid_t pid, first = start_traced(words + 3, calls, CALLS, 0);
	(void)count;
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (pid == first) {
				puts("none");
				return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
			}
			continue;
		}
		if (is_before_call(status)) {
			const char *name = name_of(pid, words[2]);
			if (name && --left == 0) {
				kill(first, SIGKILL);
				while (waitpid(-1, &status, __WALL) > 0 || errno == EINTR)
					;
				puts(name);
				return 0;
			}
		}
		ptrace(PTRACE_CONT, pid, 0, signal_of(status));
	}
	return 1;
}
