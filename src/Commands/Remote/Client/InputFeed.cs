using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text;
using System.Threading;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>The pipeline input as bytes, for any number of programs that read it while it arrives.</summary>
internal sealed class InputFeed
{
    private readonly object _lock = new();
    private readonly List<byte[]> _blocks = [];
    private bool _isComplete;

    /// <summary>Text becomes a line in UTF-8; bytes stay what they are.</summary>
    internal void Add(object? item)
    {
        byte[] block = item switch
        {
            null => [],
            byte one => [one],
            byte[] bytes => bytes,
            _ => Encoding.UTF8.GetBytes(LanguagePrimitives.ConvertTo<string>(item) + "\n"),
        };
        lock (_lock)
        {
            _blocks.Add(block);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>No more will come.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Has every reader look whether it is still wanted.</summary>
    internal void Wake()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>All of it, from the beginning; waits for more until there will be none, or it is not wanted any longer.</summary>
    internal IEnumerable<byte[]> Read(Func<bool> isUnwanted)
    {
        for (int next = 0; TryGet(next, isUnwanted, out byte[] block); next++)
        {
            yield return block;
        }
    }

    private bool TryGet(int index, Func<bool> isUnwanted, out byte[] block)
    {
        lock (_lock)
        {
            while (index >= _blocks.Count && !_isComplete && !isUnwanted())
            {
                Monitor.Wait(_lock);
            }

            block = index < _blocks.Count ? _blocks[index] : [];
            return index < _blocks.Count;
        }
    }
}
