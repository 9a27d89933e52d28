using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>
/// System calls prepared outside, with their strings in memory, for a thread that is in the mount namespace of others: there nothing may be looked up,
/// loaded or compiled, because a path means a file of theirs. The result of a call can be an argument of later ones.
/// </summary>
internal sealed unsafe class CallList : IDisposable
{
    private const int Width = 9;

    private readonly List<nint> _memory = [];
    private readonly List<Call> _calls = [];
    private int _slots;

    /// <summary>The calls, in their order.</summary>
    internal IReadOnlyList<Call> Calls => _calls;

    /// <summary>The number of places for results.</summary>
    internal int Slots => _slots;

    /// <summary>Adds a call.</summary>
    /// <param name="subject">The object of the call, for the error.</param>
    /// <param name="result">Keeps what the call returns; null checks only that it does not fail.</param>
    /// <param name="number">The number of the call.</param>
    /// <param name="arguments">Its arguments.</param>
    internal void Add(string subject, Slot? result, nint number, params ReadOnlySpan<Argument> arguments) => _calls.Add(new Call(subject, result, number, [.. arguments]));

    /// <summary>A place for what a call returns.</summary>
    internal Slot NewSlot() => new(_slots++);

    /// <summary>The address of a text with its NUL.</summary>
    internal static Argument Text(string text) => Bytes(Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>The address of bytes.</summary>
    internal static Argument Bytes(ReadOnlySpan<byte> bytes) => new(0, false, bytes.ToArray());

    /// <summary>Makes ready what running needs: everything it calls has been called once.</summary>
    internal Program Prepare()
    {
        // The first call of an imported function looks for its library.
        _ = LibC.syscall5(SystemCallNumber.close, -1, 0, 0, 0, 0);
        _ = Errno.Last;
        nint[] words = new nint[_calls.Count * Width];
        for (int i = 0; i < _calls.Count; i++)
        {
            Call call = _calls[i];
            Span<nint> row = words.AsSpan(i * Width, Width);
            row[0] = call.Number;
            for (int j = 0; j < call.Arguments.Length; j++)
            {
                row[1 + j] = call.Arguments[j].Data is byte[] data ? Copy(data) : call.Arguments[j].Value;
                row[6] |= call.Arguments[j].IsSlot ? (nint)1 << j : 0;
            }

            row[7] = call.Result is Slot slot ? slot.Index : -1;
        }

        nint[] slots = new nint[_slots];
        Array.Fill(slots, -1);
        return new Program(words, slots);
    }

    /// <summary>The subject of a call, for the error.</summary>
    internal string SubjectOf(int index) => _calls[index].Subject;

    public void Dispose()
    {
        foreach (nint memory in _memory)
        {
            Marshal.FreeHGlobal(memory);
        }

        _memory.Clear();
    }

    private nint Copy(byte[] bytes)
    {
        nint memory = Marshal.AllocHGlobal(bytes.Length);
        _memory.Add(memory);
        bytes.CopyTo(new Span<byte>((void*)memory, bytes.Length));
        return memory;
    }

    /// <summary>One call.</summary>
    internal sealed record Call(string Subject, Slot? Result, nint Number, Argument[] Arguments);

    /// <summary>Where a result is kept.</summary>
    internal readonly record struct Slot(int Index);

    /// <summary>A number, the address of bytes, or the result of a call before.</summary>
    internal readonly record struct Argument(nint Value, bool IsSlot, byte[]? Data = null)
    {
        public static implicit operator Argument(int value) => new(value, false);

        public static implicit operator Argument(uint value) => new((nint)value, false);

        public static implicit operator Argument(nint value) => new(value, false);

        public static implicit operator Argument(Slot slot) => new(slot.Index, true);
    }

    /// <summary>The list in a form that runs without anything else.</summary>
    internal sealed class Program(nint[] words, nint[] slots)
    {
        private readonly nint[] _words = words;
        private readonly nint[] _slots = slots;

        /// <summary>The call that failed; -1 where none has.</summary>
        internal int Failed { get; private set; } = -1;

        /// <summary>Its errno.</summary>
        internal int Error { get; private set; }

        /// <summary>Runs the calls until one fails.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal void Run()
        {
            for (int at = 0; at < _words.Length; at += Width)
            {
                nint result = LibC.syscall5(_words[at], Value(at, 0), Value(at, 1), Value(at, 2), Value(at, 3), Value(at, 4));
                if (result < 0)
                {
                    Failed = at / Width;
                    Error = Marshal.GetLastPInvokeError();
                    return;
                }

                if (_words[at + 7] >= 0)
                {
                    _slots[_words[at + 7]] = result;
                }
            }
        }

        /// <summary>Closes the descriptors that calls have returned.</summary>
        internal void CloseAll()
        {
            foreach (nint slot in _slots)
            {
                if (slot >= 0)
                {
                    _ = LibC.close((int)slot);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private nint Value(int at, int index)
        {
            nint value = _words[at + 1 + index];
            return (_words[at + 6] & (1 << index)) != 0 ? _slots[value] : value;
        }
    }
}
