/* The least a scan can cost: in one thread, the eight namespace links, stat and cmdline of every process.
 * For each line of input one scan; prints its nanoseconds. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char *const links[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };

static void read_file(const char *pid, const char *name)
{
	char path[300], buffer[4096];
	snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, buffer, sizeof buffer) < 0)
			perror(path);
		close(fd);
	}
}

int main(void)
{
	char path[300], buffer[64];
	while (getchar() != EOF) {
		struct timespec a, b;
		struct dirent *entry;
		clock_gettime(CLOCK_MONOTONIC, &a);
		DIR *proc = opendir("/proc");
		while ((entry = readdir(proc))) {
			if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
				continue;
			for (int i = 0; i < 8; i++) {
				snprintf(path, sizeof path, "/proc/%s/ns/%s", entry->d_name, links[i]);
				if (readlink(path, buffer, sizeof buffer) < 0)
					continue;
			}
			read_file(entry->d_name, "stat");
			read_file(entry->d_name, "cmdline");
		}
		closedir(proc);
		clock_gettime(CLOCK_MONOTONIC, &b);
		printf("%lld\n", (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec);
		fflush(stdout);
	}
	return 0;
}
