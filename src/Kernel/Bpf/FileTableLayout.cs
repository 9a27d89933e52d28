namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Where the kernel has a process's table of descriptors, and the functions that a program needs to walk it.</summary>
/// <param name="Table">files_struct.fdt</param>
/// <param name="Count">fdtable.max_fds</param>
/// <param name="Files">fdtable.fd</param>
/// <param name="Open">fdtable.open_fds</param>
/// <param name="FileType">The type id of struct file.</param>
/// <param name="BeginLoop">bpf_iter_num_new</param>
/// <param name="NextOfLoop">bpf_iter_num_next</param>
/// <param name="EndLoop">bpf_iter_num_destroy</param>
/// <param name="Cast">bpf_rdonly_cast</param>
internal sealed record FileTableLayout(int Table, int Count, int Files, int Open, uint FileType, uint BeginLoop, uint NextOfLoop, uint EndLoop, uint Cast);
