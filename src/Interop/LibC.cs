namespace LinuxNamespaces.Interop;

/// <summary>
/// The C library, word for word: C names, one file per header, declarations only.
/// Pointers and plain integers; safety, strings and errors belong to the Kernel layer.
/// </summary>
internal static unsafe partial class LibC
{
    // The bare name: the runtime maps it to the real soname, on glibc and musl alike.
    private const string Name = "libc";
}
