// Counts a signal for a while after its first arrival: signalcount FILE [NUMBER [MILLISECONDS]]. Writes "ready PID" and then "count N" to the file, and
// exits with 40 and the count.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void on_signal(int number)
{
    (void)number;
    count++;
}

int main(int argc, char **argv)
{
    int number = argc > 2 ? atoi(argv[2]) : SIGTERM;
    long milliseconds = argc > 3 ? atol(argv[3]) : 1000;
    FILE *file = argc > 1 ? fopen(argv[1], "w") : NULL;
    struct sigaction action;
    sigset_t one, before;
    if (file == NULL)
        return 1;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(number, &action, NULL);
    sigemptyset(&one);
    sigaddset(&one, number);
    sigprocmask(SIG_BLOCK, &one, &before);
    fprintf(file, "ready %d\n", (int)getpid());
    fflush(file);
    while (count == 0)
        sigsuspend(&before);

    sigprocmask(SIG_SETMASK, &before, NULL);
    struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    while (nanosleep(&left, &left) != 0)
        ;

    fprintf(file, "count %d\n", (int)count);
    fclose(file);
    return 40 + count;
}
