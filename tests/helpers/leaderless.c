// A process whose main thread has ended while another lives on. Says "ready" and ends with its input.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *live(void *unused)
{
    (void)unused;
    char text[512] = "";
    char path[64];

    // The main thread is gone when its directory has lost its namespaces.
    snprintf(path, sizeof(path), "/proc/self/task/%d/ns/net", (int)getpid());
    while (readlink(path, text, sizeof(text) - 1) > 0)
        usleep(1000);
    puts("ready");
    fflush(stdout);
    char c;
    while (read(0, &c, 1) > 0)
        ;
    exit(0);
}

int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, live, NULL) != 0)
        return 1;
    pthread_exit(NULL);
}
