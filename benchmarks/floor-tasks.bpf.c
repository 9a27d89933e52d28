/* The program of floor-tasks.c: what the module's own task iterator reads, in C with CO-RE. */
#define SEC(name) __attribute__((section(name), used))
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;

static long (*bpf_seq_write)(void *m, const void *data, u32 len) = (void *)127;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
typedef struct { u32 val; } kuid_t;
struct ns_common { u64 ns_id; u32 inum; };
struct user_namespace { struct user_namespace *parent; kuid_t owner; struct ns_common ns; };
struct cgroup_namespace { struct ns_common ns; struct user_namespace *user_ns; };
struct ipc_namespace { struct ns_common ns; struct user_namespace *user_ns; };
struct mnt_namespace { struct ns_common ns; struct user_namespace *user_ns; };
struct net { struct ns_common ns; struct user_namespace *user_ns; };
struct time_namespace { struct ns_common ns; struct user_namespace *user_ns; };
struct uts_namespace { struct ns_common ns; struct user_namespace *user_ns; };
struct pid_namespace { u32 level; struct pid_namespace *parent; struct ns_common ns; struct user_namespace *user_ns; };
struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
	struct time_namespace *time_ns, *time_ns_for_children;
	struct cgroup_namespace *cgroup_ns;
};
struct cred { kuid_t euid; struct user_namespace *user_ns; };
struct pid { u32 level; };
struct task_struct {
	int pid, tgid;
	struct task_struct *real_parent, *group_leader;
	const struct cred *real_cred;
	char comm[16];
	struct nsproxy *nsproxy;
	struct pid *thread_pid;
	void *cgroups;
};
struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };
#pragma clang attribute pop

struct row {
	int pid, tid, ppid;
	u32 uid, changed, pid_parent;
	u64 comm[2];
	u32 inum[8], child_pid, child_time, owner[8], owner_uid[8];
	u64 cgroups, id[8];
};

#define READ(i, n) do { \
	row.inum[i] = (n)->ns.inum; \
	if (__builtin_preserve_field_info((n)->ns.ns_id, 2)) row.id[i] = (n)->ns.ns_id; \
	row.owner[i] = (n)->user_ns->ns.inum; \
	row.owner_uid[i] = (n)->user_ns->owner.val; } while (0)

SEC("iter/task") int namespaces(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct row row = {};
	if (!task)
		return 0;
	struct nsproxy *proxy = task->nsproxy;
	const struct cred *cred = task->real_cred;
	if (task->pid != task->tgid && proxy == task->group_leader->nsproxy)
		return 0;
	row.pid = task->tgid;
	row.tid = task->pid;
	row.ppid = task->real_parent->tgid;
	row.uid = cred->euid.val;
	row.comm[0] = *(u64 *)&task->comm[0];
	row.comm[1] = *(u64 *)&task->comm[8];
	row.cgroups = (u64)task->cgroups;
	row.inum[6] = cred->user_ns->ns.inum;
	row.owner_uid[6] = cred->user_ns->owner.val;
	if (cred->user_ns->parent)
		row.owner[6] = cred->user_ns->parent->ns.inum;
	if (__builtin_preserve_field_info(cred->user_ns->ns.ns_id, 2))
		row.id[6] = cred->user_ns->ns.ns_id;
	if (proxy) {
		READ(0, proxy->cgroup_ns);
		READ(1, proxy->ipc_ns);
		READ(2, proxy->mnt_ns);
		READ(3, proxy->net_ns);
		READ(4, proxy->pid_ns_for_children);
		READ(5, proxy->time_ns);
		READ(7, proxy->uts_ns);
		row.child_pid = proxy->pid_ns_for_children->ns.inum;
		row.child_time = proxy->time_ns_for_children->ns.inum;
		if (task->thread_pid->level)
			row.pid_parent = proxy->pid_ns_for_children->parent->ns.inum;
	}
	row.changed = task->nsproxy != proxy;
	bpf_seq_write(ctx->meta->seq, &row, sizeof row);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
