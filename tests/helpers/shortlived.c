// For each line of input makes a child in namespaces of its own, which lives for as many microseconds as the line says and for which
// nobody waits; writes its PID.
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char line[64];
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        int pipes[2];
        char c;
        if (pipe(pipes) != 0)
            return 1;
        pid_t child = fork();
        if (child == 0) {
            if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET) != 0)
                _exit(1);
            close(pipes[0]);
            close(pipes[1]);
            usleep((unsigned)atoi(line));
            _exit(0);
        }
        close(pipes[1]);
        if (read(pipes[0], &c, 1) < 0)
            return 1;
        close(pipes[0]);
        printf("%d\n", (int)child);
        fflush(stdout);
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
