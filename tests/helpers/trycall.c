/* Makes system calls in a way that the kernel refuses, and says for each which errno it gave: so a filter before the kernel shows. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *name, long result)
{
	printf("%s %d\n", name, result == -1 ? errno : 0);
}

int main(void)
{
	void *nowhere = (void *)1;
	tell("chroot", syscall(SYS_chroot, nowhere));
	tell("fchmodat", syscall(SYS_fchmodat, -1, nowhere, 0));
	tell("listen", syscall(SYS_listen, -1, 1));
	tell("prctl", syscall(SYS_prctl, 15 /* PR_SET_NAME */, nowhere, 0, 0, 0));
	tell("ioctl-TIOCNOTTY", syscall(SYS_ioctl, -1, TIOCNOTTY, 0));
	tell("ioctl-TIOCSTI", syscall(SYS_ioctl, -1, TIOCSTI, nowhere));

	/* The kernel looks at the lower half of the number alone. */
	tell("ioctl-TIOCSTI-upper", syscall(SYS_ioctl, -1, 0x100000000UL | TIOCSTI, nowhere));
	return 0;
}
