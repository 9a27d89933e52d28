/* What killat and killgate have in common: a program that stops for its tracer before some system calls. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* A system call, and which of its arguments is a path; -1 for none. */
struct call {
	int number;
	int path;
	const char *name;
};

static void stop_at(const struct call *calls, size_t count)
{
	struct sock_filter code[2 * count + 2], *next = code;
	*next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < count; i++) {
		*next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
		*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { .len = next - code, .filter = code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		exit(125);
}

/* Starts the program. It ends with its tracer; options are further ones of PTRACE_SETOPTIONS. */
static pid_t start_traced(char **words, const struct call *calls, size_t count, long options)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		stop_at(calls, count);
		execvp(words[0], words);
		exit(126);
	}
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL | options);
	ptrace(PTRACE_CONT, pid, 0, 0);
	return pid;
}

/* Whether a stop is one before a call. */
static int is_before_call(int status)
{
	return status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8);
}

/* The signal that a stop keeps from the program; 0 for a stop of the tracer's own. */
static int signal_of(int status)
{
	return status >> 16 == 0 && WSTOPSIG(status) != SIGSTOP ? WSTOPSIG(status) : 0;
}
