// Says what a program finds when it is started: open descriptors, signal mask and dispositions.
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    printf("descriptors");
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory))
            printf(" %s", entry->d_name);
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("\nblocked");
    for (int i = 1; i < 65; i++)
        if (sigismember(&mask, i) == 1)
            printf(" %d", i);
    printf("\nignored");
    for (int i = 1; i < 65; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            printf(" %d", i);
    }
    printf("\n");
    return 0;
}
