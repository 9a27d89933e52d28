/* Makes a machine hard to look at.
 *
 *   crowd processes N   N sleeping processes
 *   crowd churn N       N processes a second that start and end at once
 *   crowd nets N        N net namespaces, held by descriptors
 *   crowd files N       N descriptors, the last one of a new uts namespace; root may have more than the hard limit
 *   crowd mounts N PATH N bind mounts with odd names below a tmpfs on PATH, in a mount namespace of its own; each
 *                       500th is that of a new uts namespace, the last one on "PATH/last ..."
 *
 * Prints "ready NUMBER" (for files and mounts: the inode of the last namespace), and undoes it all when its input ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

static void wait_for_end(unsigned long number)
{
	char byte;
	printf("ready %lu\n", number);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
}

static int open_or_die(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	int count = argc > 2 ? atoi(argv[2]) : 0;
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files))
		die("getrlimit");
	struct rlimit more = { count + 100, count + 100 };
	if (files.rlim_max < more.rlim_max && setrlimit(RLIMIT_NOFILE, &more) == 0)
		files = more;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files))
		die("setrlimit");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!strcmp(what, "processes")) {
		for (int i = 0; i < count; i++) {
			pid_t child = fork();
			if (child < 0)
				die("fork");
			if (child == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				for (;;)
					pause();
			}
		}
		wait_for_end(count);
	} else if (!strcmp(what, "churn")) {
		struct pollfd input = { 0, POLLIN, 0 };
		struct timespec gap = { 0, 1000000000L / count };
		printf("ready %d\n", count);
		fflush(stdout);
		signal(SIGCHLD, SIG_IGN);
		while (poll(&input, 1, 0) == 0) {
			if (fork() == 0)
				_exit(0);
			nanosleep(&gap, NULL);
		}
	} else if (!strcmp(what, "nets")) {
		for (int i = 0; i < count; i++) {
			if (unshare(CLONE_NEWNET))
				die("unshare");
			open_or_die("/proc/self/ns/net");
		}
		wait_for_end(count);
	} else if (!strcmp(what, "files")) {
		for (int i = 1; i < count; i++)
			open_or_die("/dev/null");
		int old = open_or_die("/proc/self/ns/uts");
		struct stat status;
		if (unshare(CLONE_NEWUTS) || fstat(open_or_die("/proc/self/ns/uts"), &status) || setns(old, CLONE_NEWUTS))
			die("uts");
		wait_for_end(status.st_ino);
	} else if (!strcmp(what, "mounts") && argc > 3) {
		const char *root = argv[3];
		char path[4096], source[4096];
		struct stat status = { 0 };
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("none", root, "tmpfs", 0, "nr_inodes=0"))
			die("mnt");
		snprintf(source, sizeof source, "%s/source", root);
		if (mkdir(source, 0755))
			die(source);
		for (int i = 1; i <= count; i++) {
			/* A blank, a tab, a newline, a backslash, what looks like an escape, two alphabets and a comment. */
			snprintf(path, sizeof path, "%s/%s \t\n\\ \\040 ä 命 #%d", root, i == count ? "last" : "odd", i);
			if (i % 500) {
				if (mkdir(path, 0755) || mount(source, path, NULL, MS_BIND, NULL))
					die(path);
				continue;
			}
			int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
			if (file < 0 || close(file) || unshare(CLONE_NEWUTS) || mount("/proc/self/ns/uts", path, NULL, MS_BIND, NULL) || stat(path, &status))
				die(path);
		}
		/* The last is kept by its mount alone. */
		if (unshare(CLONE_NEWUTS))
			die("uts");
		wait_for_end(status.st_ino);
	} else {
		fprintf(stderr, "crowd: what is '%s'?\n", what);
		return 2;
	}
	return 0;
}
