using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>The result for one of several names.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The result.</param>
/// <param name="Problem">The error; null for none.</param>
internal sealed record NameResult<T>(string Name, T? Value, Exception? Problem)
{
    /// <summary>
    /// Does the same for several names on a thread, in one go. One that fails does not stop the others; where the
    /// caller gives up, those done by then are returned.
    /// </summary>
    internal static List<NameResult<T>> ForEach(
        NamespaceThread thread, IReadOnlyList<string> names, Func<string, T> action, CancellationToken cancellation) => thread.Run(() =>
    {
        List<NameResult<T>> results = new(names.Count);
        for (int i = 0; i < names.Count && !cancellation.IsCancellationRequested; i++)
        {
            try
            {
                results.Add(new(names[i], action(names[i]), null));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception exception) when (exception is NamespaceException or LinuxException)
            {
                results.Add(new(names[i], default, exception));
            }
        }

        return results;
    });
}
