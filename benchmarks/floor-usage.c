/* The least a measurement can cost: in one thread, the eight namespace links, stat, statm, io, smaps_rollup and the number of descriptors of
 * every process. For each line of input one look; prints its nanoseconds. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const links[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
static const char *const files[] = { "stat", "statm", "io", "smaps_rollup" };

int main(void)
{
	char path[300], buffer[4096];
	while (getchar() != EOF) {
		struct timespec a, b;
		struct dirent *entry;
		clock_gettime(CLOCK_MONOTONIC, &a);
		DIR *proc = opendir("/proc");
		while ((entry = readdir(proc))) {
			struct stat descriptors;
			if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
				continue;
			for (int i = 0; i < 8; i++) {
				snprintf(path, sizeof path, "/proc/%s/ns/%s", entry->d_name, links[i]);
				if (readlink(path, buffer, sizeof buffer) < 0)
					continue;
			}
			for (int i = 0; i < 4; i++) {
				snprintf(path, sizeof path, "/proc/%s/%s", entry->d_name, files[i]);
				int fd = open(path, O_RDONLY | O_CLOEXEC);
				/* Kernel threads have no memory to tell of. */
				if (fd >= 0) {
					if (read(fd, buffer, sizeof buffer) < 0)
						buffer[0] = 0;
					close(fd);
				}
			}
			snprintf(path, sizeof path, "/proc/%s/fd", entry->d_name);
			if (stat(path, &descriptors) != 0)
				continue;
		}
		closedir(proc);
		clock_gettime(CLOCK_MONOTONIC, &b);
		printf("%lld\n", (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec);
		fflush(stdout);
	}
	return 0;
}
