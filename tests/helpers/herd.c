/* A herd of sleeping processes in namespaces, for comparing and timing.
 *
 *   herd SETS PROCESSES [held]
 *
 * makes SETS sets of the eight kinds of namespaces with PROCESSES processes spread over them, and with "held" two
 * namespaces held by descriptors (uts, net) and one by a socket (net). Prints a line "ready" with the PIDs of the set
 * leaders, and with "held" one more line with the inode of the last, waits for the end of its input, and takes the whole herd with it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALL (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWCGROUP | 0x80)

static void die(const char *what) { perror(what); exit(1); }

/* Sleeps until its parent ends. */
static void sleep_on(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static pid_t lead(int processes)
{
	int up[2];
	char byte = 0;
	if (pipe(up))
		die("pipe");
	pid_t leader = fork();
	if (leader < 0)
		die("fork");
	if (leader == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(ALL))
			die("unshare");
		for (int i = 1; i < processes; i++) {
			pid_t child = fork();
			if (child < 0)
				die("fork");
			if (child == 0) {
				close(up[0]);
				close(up[1]);
				sleep_on();
			}
		}
		if (write(up[1], &byte, 1) != 1)
			die("write");
		close(up[0]);
		close(up[1]);
		sleep_on();
	}
	close(up[1]);
	if (read(up[0], &byte, 1) != 1)
		exit(1);
	close(up[0]);
	return leader;
}

/* Gives the inode of the net namespace that a socket alone keeps. */
static unsigned long hold(void)
{
	struct stat status;
	char path[64];
	int up[2];
	char byte = 0;
	if (pipe(up))
		die("pipe");
	pid_t child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNET | CLONE_NEWUTS) || write(up[1], &byte, 1) != 1)
			die("unshare");
		sleep_on();
	}
	close(up[1]);
	if (read(up[0], &byte, 1) != 1)
		die("read");
	close(up[0]);
	snprintf(path, sizeof path, "/proc/%d/ns/net", child);
	int net = open(path, O_RDONLY);
	snprintf(path, sizeof path, "/proc/%d/ns/uts", child);
	int uts = open(path, O_RDONLY);
	if (net < 0 || uts < 0)
		die(path);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);

	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0 || unshare(CLONE_NEWNET) || stat("/proc/self/ns/net", &status) || socket(AF_INET, SOCK_DGRAM, 0) < 0 || setns(home, CLONE_NEWNET))
		die("socket");
	close(home);
	return status.st_ino;
}

int main(int argc, char **argv)
{
	int sets = argc > 1 ? atoi(argv[1]) : 1;
	int processes = argc > 2 ? atoi(argv[2]) : sets;
	char byte;
	/* Whatever the shell that started all this has left open is not the herd's. */
	syscall(SYS_close_range, 3, ~0U, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "herd) x");
	pid_t *leaders = calloc(sets, sizeof *leaders);
	for (int i = 0; i < sets; i++)
		leaders[i] = lead(processes / sets + (i < processes % sets));
	unsigned long socket_only = argc > 3 && !strcmp(argv[3], "held") ? hold() : 0;
	printf("ready");
	for (int i = 0; i < sets; i++)
		printf(" %d", leaders[i]);
	printf("\n");
	if (socket_only)
		printf("socket %lu\n", socket_only);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	/* Their own children follow by PDEATHSIG. */
	for (int i = 0; i < sets; i++) {
		kill(leaders[i], SIGKILL);
		waitpid(leaders[i], NULL, 0);
	}
	return 0;
}
