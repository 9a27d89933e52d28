namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Where a field lies in a kernel structure, and what it is.</summary>
/// <param name="Offset">In bytes, from the beginning of the structure.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Type">The type id of the field; of a pointer, what it points to. Typedefs and qualifiers are looked through.</param>
/// <param name="IsPointer">Whether the field is a pointer.</param>
internal readonly record struct BtfField(int Offset, int Size, uint Type, bool IsPointer);
