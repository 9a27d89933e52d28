# A TCP echo for both families and any number of connections: "echo.py PORT" says "ready" and serves until it is killed.
import contextlib
import socket
import sys
import threading


def serve(client):
    with client, contextlib.suppress(OSError):
        while data := client.recv(1024):
            client.sendall(data)


with socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True) as server:
    print("ready", flush=True)
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
