using System;
using System.Globalization;
using System.Linq;
using System.Runtime.Versioning;
using LinuxNamespaces;
using LinuxNamespaces.Operations.Find;

[assembly: SupportedOSPlatform("linux")]

// The module's main job through layers 1-3, on a machine without PowerShell: the namespaces of the machine as
// objects, then the same as the tree of their owners.
try
{
    InventoryResult all = NamespaceInventory.Read(new InventoryOptions());
    Console.WriteLine($"{"Type",-6} {"Inode",10} {"Procs",5} {"PID",7} {"User",-10} {"Source",-17} {"Name",-12} Command");
    foreach (NamespaceInfo ns in all.Namespaces)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ns.Type,-6} {ns.Inode,10} {ns.ProcessCount,5} {ns.ProcessId,7} {ns.UserName,-10} {ns.Source,-17} {ns.Name,-12} {ns.Command}"));
    }

    Console.WriteLine();
    Console.WriteLine("By owner:");
    foreach (NamespaceInfo ns in NamespaceInventory.Read(new InventoryOptions { Hierarchy = NamespaceHierarchy.Owner }).Namespaces)
    {
        Console.WriteLine(ns.Hierarchy);
    }

    Console.WriteLine();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{all.Namespaces.Count} namespaces of {all.Namespaces.Select(ns => ns.Type).Distinct().Count()} types, {all.ProcessCount} processes, {all.Count(InventoryProblemKind.ProcessHidden)} of them hidden from this user."));
    return 0;
}
catch (LinuxException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
