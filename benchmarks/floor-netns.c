/* The floor for named net namespaces: unshare, bind, umount, and the file of each name, in one process.
   Prints the nanoseconds of each round asked for by a line "COUNT PREFIX" on standard input. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void check(int result, const char *call)
{
    if (result < 0) {
        perror(call);
        exit(1);
    }
}

int main(void)
{
    int count;
    char prefix[64], path[128];
    while (scanf("%d %63s", &count, prefix) == 2) {
        long long start = now();
        for (int i = 0; i < count; i++) {
            snprintf(path, sizeof path, "/run/netns/%s%d", prefix, i);
            int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
            check(file, path);
            close(file);
            check(unshare(CLONE_NEWNET), "unshare");
            check(mount("/proc/thread-self/ns/net", path, "none", MS_BIND, NULL), "mount");
        }

        for (int i = 0; i < count; i++) {
            snprintf(path, sizeof path, "/run/netns/%s%d", prefix, i);
            check(umount2(path, MNT_DETACH), "umount2");
            check(unlink(path), "unlink");
        }

        printf("%lld\n", now() - start);
        fflush(stdout);
    }

    return 0;
}
