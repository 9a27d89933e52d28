/* The least that reading every task by a BPF iterator can cost: a C program with libbpf that reads the same, and counts the
 * rows. For each line of input one read; prints its nanoseconds. The argument is the compiled floor-tasks.bpf.c. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char buffer[64 * 1024];
	struct bpf_object *object = bpf_object__open_file(argc > 1 ? argv[1] : "floor-tasks.bpf.o", NULL);
	if (!object || bpf_object__load(object))
		return 1;
	struct bpf_program *program = bpf_object__find_program_by_name(object, "namespaces");
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	if (!link)
		return 1;
	while (getchar() != EOF) {
		struct timespec a, b;
		long total = 0, got;
		clock_gettime(CLOCK_MONOTONIC, &a);
		int fd = bpf_iter_create(bpf_link__fd(link));
		while ((got = read(fd, buffer, sizeof buffer)) > 0)
			total += got;
		close(fd);
		clock_gettime(CLOCK_MONOTONIC, &b);
		if (got < 0 || total == 0)
			return 1;
		printf("%lld\n", (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec);
		fflush(stdout);
	}
	return 0;
}
