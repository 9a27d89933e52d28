// Starts and awaits /bin/true with files of its own as cheaply as C can: vfork-style clone, the calls that New-NamespaceProcess makes for eight
// read-only binds, /proc, a tmpfs and a small /dev on a tmpfs root, and exec. A line of input is a number of starts; the answer is the mean in nanoseconds.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static char stack[64 * 1024];
static int root;

static const char *sources[] = { "/usr/bin", "/usr/lib", "/usr/share", "/usr/sbin", "/usr/include", "/etc", "/var", "/opt" };

static void check(long result)
{
    if (result < 0)
        _exit(1);
}

static void bind_tree(const char *source, const char *target, unsigned long long attributes)
{
    struct mount_attr attr = { .attr_set = attributes };
    int tree = syscall(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE);
    check(tree);
    check(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr));
    check(syscall(SYS_move_mount, tree, "", root, target + 1, MOVE_MOUNT_F_EMPTY_PATH));
    close(tree);
}

static void mount_on(const char *type, const char *target, unsigned long flags, const char *data)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d%s", root, target);
    check(mount(type, path, type, flags, data));
}

static int child(void *unused)
{
    (void)unused;
    static const char *devices[] = { "null", "zero", "full", "random", "urandom", "tty" };
    static const char *links[][2] = { { "/proc/self/fd/0", "dev/stdin" }, { "/proc/self/fd/1", "dev/stdout" }, { "/proc/self/fd/2", "dev/stderr" }, { "/proc/self/fd", "dev/fd" }, { "/proc/kcore", "dev/core" }, { "pts/ptmx", "dev/ptmx" },
        { "usr/bin", "bin" }, { "usr/lib", "lib" }, { "usr/lib64", "lib64" } };
    char *arguments[] = { "/bin/true", NULL };
    check(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
    int context = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    check(context);
    check(syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "source", "tmpfs", 0));
    check(syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "mode", "0755", 0));
    check(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
    root = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    check(root);
    close(context);
    check(syscall(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
    mkdirat(root, "usr", 0755);
    check(fchmodat(root, "usr", 0755, 0));
    for (int i = 0; i < 8; i++) {
        mkdirat(root, sources[i] + 1, 0755);
        bind_tree(sources[i], sources[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    }
    mkdirat(root, "usr/lib64", 0755);
    bind_tree("/usr/lib64", "/usr/lib64", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    mkdirat(root, "proc", 0755);
    mount_on("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mkdirat(root, "tmp", 0755);
    mount_on("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
    mkdirat(root, "dev", 0755);
    mount_on("tmpfs", "/dev", MS_NOSUID | MS_NODEV, "mode=0755");
    for (int i = 0; i < 6; i++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/%s", devices[i]);
        mknodat(root, path + 1, S_IFREG | 0644, 0);
        bind_tree(path, path, MOUNT_ATTR_NOSUID);
    }
    mkdirat(root, "dev/pts", 0755);
    mount_on("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620");
    mkdirat(root, "dev/shm", 01777);
    check(fchmodat(root, "dev/shm", 01777, 0));
    for (int i = 0; i < 9; i++)
        check(symlinkat(links[i][0], root, links[i][1]));
    check(fchdir(root));
    check(syscall(SYS_pivot_root, ".", "."));
    check(umount2(".", MNT_DETACH));
    check(chdir("/"));
    execve(arguments[0], arguments, environ);
    _exit(127);
}

int main(void)
{
    int count;
    while (scanf("%d", &count) == 1) {
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        for (int i = 0; i < count; i++) {
            int status;
            pid_t pid = clone(child, stack + sizeof stack, SIGCHLD | CLONE_VM | CLONE_VFORK | CLONE_NEWPID | CLONE_NEWNS, NULL);
            if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
                return 1;
        }
        clock_gettime(CLOCK_MONOTONIC, &after);
        printf("%.0f\n", ((after.tv_sec - before.tv_sec) * 1e9 + (after.tv_nsec - before.tv_nsec)) / count);
        fflush(stdout);
    }
    return 0;
}
