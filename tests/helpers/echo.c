/* A TCP echo, independent of the module: "echo listen ADDRESS PORT" serves one connection, "echo send ADDRESS PORT
   TEXT" prints what comes back, "echo ask ..." does so without closing its half first. Numeric addresses of either family. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *address;
    if (argc < 4 || getaddrinfo(argv[2], argv[3], &hints, &address) != 0)
        return 2;

    struct timeval patience = { .tv_sec = 10 };
    int on = 1, sock = socket(address->ai_family, address->ai_socktype, 0);
    setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    char buffer[1024];
    ssize_t length;
    if (strcmp(argv[1], "listen") == 0) {
        if (bind(sock, address->ai_addr, address->ai_addrlen) != 0 || listen(sock, 1) != 0) {
            perror("listen");
            return 1;
        }

        puts("ready");
        fflush(stdout);
        int client = accept(sock, NULL, NULL);
        while (client >= 0 && (length = read(client, buffer, sizeof buffer)) > 0)
            if (write(client, buffer, length) != length)
                return 1;
        return client < 0;
    }

    if (connect(sock, address->ai_addr, address->ai_addrlen) != 0) {
        perror("connect");
        return 1;
    }

    if (write(sock, argv[4], strlen(argv[4])) < 0)
        return 1;
    if (strcmp(argv[1], "ask") == 0) {
        length = recv(sock, buffer, strlen(argv[4]), MSG_WAITALL);
        return length < 0 || fwrite(buffer, 1, length, stdout) != (size_t)length;
    }

    if (shutdown(sock, SHUT_WR) != 0)
        return 1;
    while ((length = read(sock, buffer, sizeof buffer)) > 0)
        fwrite(buffer, 1, length, stdout);
    return length < 0;
}
