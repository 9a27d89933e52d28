namespace LinuxNamespaces;

/// <summary>The headings below which about_LinuxNamespaces lists the ids of errors, in this order.</summary>
internal enum ErrorGroup
{
    Looking,
    Keeping,
    Net,
    Starting,
    Inside,
    Other,
}
