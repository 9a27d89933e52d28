/* filtered COMMAND…: runs it under a seccomp filter that refuses what docker's default profile refuses without CAP_SYS_ADMIN: clone(2) with a
   new namespace, clone3(2) as if the kernel had none, and what joins, mounts or names. filtered --unseen COMMAND…: no namespace can be opened
   by its id, as Linux 6.19 answers where the caller may not see it. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REFUSED(number) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

int main(int argc, char **argv)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        REFUSED(__NR_unshare),
        REFUSED(__NR_setns),
        REFUSED(__NR_mount),
        REFUSED(__NR_umount2),
        REFUSED(__NR_pivot_root),
        REFUSED(__NR_open_tree),
        REFUSED(__NR_move_mount),
        REFUSED(__NR_fsopen),
        REFUSED(__NR_fsmount),
        REFUSED(__NR_sethostname),
        REFUSED(__NR_bpf),
        REFUSED(__NR_open_by_handle_at),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_filter unseen[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_open_by_handle_at, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ESTALE),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof(code) / sizeof(*code), code };
    if (argc > 1 && strcmp(argv[1], "--unseen") == 0) {
        program.len = sizeof(unseen) / sizeof(*unseen);
        program.filter = unseen;
        argc--;
        argv++;
    }

    if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("filtered");
        return 125;
    }

    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 127;
}
