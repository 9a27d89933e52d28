# Makes one object of each kind in the ipc namespace it is in, says which, and lives until its input ends.
import ctypes
import json
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.sem_open.restype = ctypes.c_void_p
libc.shmat.restype = ctypes.c_void_p


def check(result, call):
    if result in (-1, None):
        raise OSError(ctypes.get_errno(), call)
    return result


class Message(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_long), ("text", ctypes.c_char * 5)]


class Attributes(ctypes.Structure):
    _fields_ = [("flags", ctypes.c_long), ("maxmsg", ctypes.c_long), ("msgsize", ctypes.c_long), ("curmsgs", ctypes.c_long), ("spare", ctypes.c_long * 4)]


IPC_CREAT, O_CREAT_RDWR = 0o1000, 0o102
queue = check(libc.msgget(0x4711, IPC_CREAT | 0o640), "msgget")
check(libc.msgsnd(queue, ctypes.byref(Message(1, b"hello")), 5, 0), "msgsnd")
memory = check(libc.shmget(0x4712, 8192, IPC_CREAT | 0o600), "shmget")
check(libc.shmat(memory, None, 0), "shmat")
removed = check(libc.shmget(0, 4096, IPC_CREAT | 0o600), "shmget")
check(libc.shmat(removed, None, 0), "shmat")
check(libc.shmctl(removed, 0, None), "shmctl")
semaphores = check(libc.semget(0x4713, 3, IPC_CREAT | 0o666), "semget")

attributes = Attributes(0, 7, 96, 0)
posix = check(libc.mq_open(b"/jobs", O_CREAT_RDWR, 0o620, ctypes.byref(attributes)), "mq_open")
check(libc.mq_send(posix, b"one", 3, 0), "mq_send")
check(libc.mq_send(posix, b"three", 5, 0), "mq_send")
shared = check(libc.shm_open(b"/cache", O_CREAT_RDWR, 0o644), "shm_open")
check(libc.ftruncate(shared, ctypes.c_long(12288)), "ftruncate")
check(libc.sem_open(b"/gate", 0o100, 0o600, 5), "sem_open")

print(json.dumps({"queue": queue, "memory": memory, "removed": removed, "semaphores": semaphores}), flush=True)
sys.stdin.read()
