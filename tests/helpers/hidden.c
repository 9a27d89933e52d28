/* Keeps one namespace alive in a way that is easy to overlook.
 *
 *   hidden KIND [PATH]
 *
 *   thread   net, by a thread; its process is in another
 *   child    time, by time_for_children
 *   pidchild pid, by pid_for_children and the child that is PID 1 in it
 *   fd       uts, by a descriptor
 *   socket   net, by a socket
 *   mount    uts, by a bind mount on PATH in the mount namespace of a process
 *   nobody   ipc, by a bind mount on PATH in a mount namespace without a process, itself held by a descriptor
 *   ghost    user, as the parent of the one its process is in
 *
 * Prints "ready KEEPER INODE DETAIL": who keeps the namespace, which, and the thread, descriptor or mount namespace.
 * Lives until its input ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

static unsigned long inode(const char *path)
{
	struct stat status;
	if (stat(path, &status))
		die(path);
	return status.st_ino;
}

static int open_or_die(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

static void ready(pid_t keeper, unsigned long ns, unsigned long detail)
{
	char byte;
	printf("ready %d %lu %lu\n", keeper, ns, detail);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
}

/* A user namespace may be made only by ids that are mapped. */
static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void *thread(void *up)
{
	char path[64];
	unsigned long found[2] = { 0, syscall(SYS_gettid) };
	if (unshare(CLONE_NEWNET))
		die("unshare");
	snprintf(path, sizeof path, "/proc/self/task/%lu/ns/net", found[1]);
	found[0] = inode(path);
	if (write(*(int *)up, found, sizeof found) != sizeof found)
		die("write");
	while (pause())
		;
	return NULL;
}

/* Binds a new namespace of ours on a path and leaves it again. */
static unsigned long bind_new(int flag, const char *link, const char *path)
{
	int old = open_or_die(link);
	unsigned long made;
	if (unshare(flag))
		die("unshare");
	made = inode(link);
	if (mount(link, path, NULL, MS_BIND, NULL))
		die("mount");
	if (setns(old, flag))
		die("setns");
	close(old);
	return made;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	const char *path = argc > 2 ? argv[2] : "";
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!strcmp(kind, "thread")) {
		int up[2];
		unsigned long found[2];
		pthread_t id;
		if (pipe(up) || pthread_create(&id, NULL, thread, &up[1]) || read(up[0], found, sizeof found) != sizeof found)
			die("thread");
		ready(getpid(), found[0], found[1]);
	} else if (!strcmp(kind, "child")) {
		if (unshare(0x80))
			die("unshare");
		ready(getpid(), inode("/proc/self/ns/time_for_children"), 0);
	} else if (!strcmp(kind, "pidchild")) {
		if (unshare(CLONE_NEWPID))
			die("unshare");
		pid_t child = fork();
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		ready(getpid(), inode("/proc/self/ns/pid_for_children"), child);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	} else if (!strcmp(kind, "fd") || !strcmp(kind, "socket")) {
		int net = !strcmp(kind, "socket");
		const char *link = net ? "/proc/self/ns/net" : "/proc/self/ns/uts";
		int old = open_or_die(link);
		if (unshare(net ? CLONE_NEWNET : CLONE_NEWUTS))
			die("unshare");
		unsigned long made = inode(link);
		int fd = net ? socket(AF_INET, SOCK_DGRAM, 0) : open_or_die(link);
		if (fd < 0 || setns(old, 0))
			die("setns");
		close(old);
		ready(getpid(), made, fd);
	} else if (!strcmp(kind, "mount")) {
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			die("mnt");
		unsigned long made = bind_new(CLONE_NEWUTS, "/proc/self/ns/uts", path);
		ready(getpid(), made, inode("/proc/self/ns/mnt"));
	} else if (!strcmp(kind, "nobody")) {
		int old = open_or_die("/proc/self/ns/mnt");
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			die("mnt");
		unsigned long made = bind_new(CLONE_NEWIPC, "/proc/self/ns/ipc", path);
		open_or_die("/proc/self/ns/mnt");
		unsigned long place = inode("/proc/self/ns/mnt");
		if (setns(old, CLONE_NEWNS))
			die("setns");
		ready(getpid(), made, place);
	} else if (!strcmp(kind, "ghost")) {
		if (unshare(CLONE_NEWUSER))
			die("unshare");
		unsigned long middle = inode("/proc/self/ns/user");
		put("/proc/self/setgroups", "deny");
		put("/proc/self/uid_map", "0 0 1");
		put("/proc/self/gid_map", "0 0 1");
		if (unshare(CLONE_NEWUSER))
			die("unshare");
		ready(getpid(), middle, inode("/proc/self/ns/user"));
	} else {
		fprintf(stderr, "hidden: what is '%s'?\n", kind);
		return 2;
	}
	return 0;
}
