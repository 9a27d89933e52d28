using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using Xunit;

namespace LinuxNamespaces.UnitTests;

public class NamespaceListTests
{
    // As Linux 6.19 to 7.3 answer: a cursor at or past the last id gives ENOENT, not 0.
    private static NamespaceList.Reader Kernel(int count, List<int> sizes) => (cursor, ids) =>
    {
        sizes.Add(ids.Length);
        ulong[] left = [.. Enumerable.Range(1, count).Select(id => (ulong)id * 3).Where(id => id > cursor)];
        if (left.Length == 0)
        {
            Marshal.SetLastPInvokeError(LibC.ENOENT);
            return -1;
        }

        int given = Math.Min(left.Length, ids.Length);
        left.AsSpan(0, given).CopyTo(ids);
        return given;
    };

    [Fact]
    public void Every_number_of_namespaces_is_read_wholly()
    {
        int[] multiples = [.. Enumerable.Range(1, 16).Select(times => times * 512)];
        foreach (int count in multiples.SelectMany(multiple => new[] { multiple - 1, multiple, multiple + 1 }))
        {
            List<int> sizes = [];
            Assert.Equal(Enumerable.Range(1, count).Select(id => (ulong)id * 3), NamespaceList.Read(Kernel(count, sizes), 512)!);

            // The list is that of the last call alone, which had room to spare.
            Assert.True(sizes[^1] > count);
        }
    }

    [Theory]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(4096)]
    [InlineData(4100)]
    public void Where_the_largest_buffer_is_full_the_rest_is_asked_for(int count) =>
        Assert.Equal(count, NamespaceList.Read(Kernel(count, []), 512, 2048)!.Count);

    [Fact]
    public void No_namespaces_are_an_empty_list() => Assert.Equal([], NamespaceList.Read(Kernel(0, []), 512)!);

    [Fact]
    public void A_kernel_without_the_call_gives_none() => Assert.Null(NamespaceList.Read(
        (_, _) =>
        {
            Marshal.SetLastPInvokeError(LibC.ENOSYS);
            return -1;
        },
        512));
}
