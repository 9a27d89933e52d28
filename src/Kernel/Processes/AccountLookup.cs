using System.Globalization;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>Ids of users and groups by name, from whatever sources nsswitch.conf(5) names.</summary>
internal static unsafe class AccountLookup
{
    private const int BufferSize = 256 * 1024;

    /// <summary>A number as itself, or the uid of that name.</summary>
    internal static uint UserId(string nameOrNumber) => Parse(nameOrNumber) ?? Find(nameOrNumber, isUser: true);

    /// <summary>A number as itself, or the gid of that name.</summary>
    internal static uint GroupId(string nameOrNumber) => Parse(nameOrNumber) ?? Find(nameOrNumber, isUser: false);

    // -1 means "no id" to the kernel.
    private static uint? Parse(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != uint.MaxValue && !text.EndsWith('\0') ? id : null;

    private static uint Find(string name, bool isUser)
    {
        if (name.Contains('\0'))
        {
            throw Unknown(name, isUser);
        }

        byte[] buffer = new byte[BufferSize];
        fixed (byte* strings = buffer)
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
        {
            if (isUser)
            {
                LibC.passwd user;
                LibC.passwd* found;
                if (LibC.getpwnam_r(text, &user, strings, BufferSize, &found) == 0 && found is not null)
                {
                    return user.pw_uid;
                }
            }
            else
            {
                LibC.group group;
                LibC.group* found;
                if (LibC.getgrnam_r(text, &group, strings, BufferSize, &found) == 0 && found is not null)
                {
                    return group.gr_gid;
                }
            }
        }

        throw Unknown(name, isUser);
    }

    private static NamespaceException Unknown(string name, bool isUser) =>
        new(ErrorIds.AccountNotFound, $"There is no {(isUser ? "user" : "group")} '{SafeText.Escape(name)}'.", "Give a name that exists, or a number up to 4294967294.");
}
