using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Operations.Start.Child;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The variables of a program.</summary>
public class EnvironmentBlockTests
{
    [Fact]
    public void Entries_stay_as_they_are_and_in_order()
    {
        string[] entries = ["B=2", "A=", "odd", "Ä=ü€😀", "B=3"];
        EnvironmentBlock block = [.. entries];
        Assert.Equal(5, block.Count);
        Assert.Equal(entries, block);
        Assert.Equal(string.Concat(entries.Select(entry => entry + "\0")), Encoding.UTF8.GetString(block.Bytes));
    }

    [Fact]
    public void Names_and_values_become_entries()
    {
        EnvironmentBlock block = EnvironmentBlock.Of(new Dictionary<string, string> { ["A"] = "1=2", ["B"] = new string('x', 10_000) });
        Assert.Equal(["A=1=2", "B=" + new string('x', 10_000)], block);

        // The next one begins anew.
        Assert.Empty(EnvironmentBlock.Of(new Dictionary<string, string>()));
        Assert.Equal(2, block.Count());
    }

    [Theory]
    [InlineData("PATH", "/bin")]
    [InlineData("PA", null)]
    [InlineData("EMPTY", "")]
    [InlineData("odd", null)]
    [InlineData("MISSING", null)]
    public void A_value_is_found_by_its_whole_name(string name, string? value)
    {
        EnvironmentBlock block = ["PATHS=no", "PATH=/bin", "PATH=/later", "EMPTY=", "odd"];
        Assert.Equal(value, block.Find(name));
    }

    [Fact]
    public void A_NUL_would_end_the_variable_and_is_refused()
    {
        Assert.Equal("InvalidRequest", Assert.Throws<NamespaceException>(() => EnvironmentBlock.Create(["A=b\0c"])).ErrorId);
        Assert.Equal("InvalidRequest", Assert.Throws<NamespaceException>(() => EnvironmentBlock.Of(new Dictionary<string, string> { ["A\0"] = "b" })).ErrorId);
    }
}
