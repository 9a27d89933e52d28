using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace LinuxNamespaces.UnitTests;

/// <summary>
/// What the methods of an assembly call, read from its code. Of a type that is made, everything that could be called without its
/// name (overrides, iterators) counts as called: rather too much than too little.
/// </summary>
internal sealed class CallGraph : IDisposable
{
    private static readonly Dictionary<int, OpCode> s_codes = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(code => (int)(ushort)code.Value);

    private readonly PEReader _file;
    private readonly MetadataReader _reader;
    private readonly Dictionary<string, TypeDefinitionHandle> _types = [];

    internal CallGraph(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _reader = _file.GetMetadataReader();
        foreach (TypeDefinitionHandle type in _reader.TypeDefinitions)
        {
            _types[NameOf(type)] = type;
        }
    }

    /// <summary>The strings in all code that a type's methods lead to, but for those of methods left out ("Type.Method").</summary>
    internal HashSet<string> StringsFrom(string typeName, IReadOnlyCollection<string> except)
    {
        HashSet<string> strings = [];
        HashSet<EntityHandle> seen = [];
        Stack<EntityHandle> open = new();
        AddType(_types[typeName], all: true, open);

        // Helpers of a base count where they are called; the engine calls overrides alone.
        for (TypeDefinitionHandle? type = BaseOf(_types[typeName]); type is TypeDefinitionHandle current; type = BaseOf(current))
        {
            AddType(current, all: false, open, isMade: true);
        }

        while (open.TryPop(out EntityHandle next))
        {
            if (seen.Add(next) && next.Kind == HandleKind.MethodDefinition)
            {
                MethodDefinition method = _reader.GetMethodDefinition((MethodDefinitionHandle)next);
                TypeDefinitionHandle owner = method.GetDeclaringType();
                if (!except.Contains($"{NameOf(owner)}.{_reader.GetString(method.Name)}"))
                {
                    AddType(owner, all: false, open, isMade: _reader.GetString(method.Name) == ".ctor");
                    Read(method, strings, open);
                }
            }
        }

        return strings;
    }

    public void Dispose() => _file.Dispose();

    private string NameOf(TypeDefinitionHandle handle) => _reader.GetString(_reader.GetTypeDefinition(handle).Name);

    private TypeDefinitionHandle? BaseOf(TypeDefinitionHandle handle)
    {
        EntityHandle parent = _reader.GetTypeDefinition(handle).BaseType;
        return parent.Kind == HandleKind.TypeDefinition ? (TypeDefinitionHandle)parent : null;
    }

    private void AddType(TypeDefinitionHandle handle, bool all, Stack<EntityHandle> open, bool isMade = false)
    {
        foreach (MethodDefinitionHandle method in _reader.GetTypeDefinition(handle).GetMethods())
        {
            MethodDefinition definition = _reader.GetMethodDefinition(method);
            bool isVirtual = (definition.Attributes & System.Reflection.MethodAttributes.Virtual) != 0;
            if (all || (isMade && isVirtual) || _reader.GetString(definition.Name) == ".cctor")
            {
                open.Push(method);
            }
        }
    }

    private void Read(MethodDefinition method, HashSet<string> strings, Stack<EntityHandle> open)
    {
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        BlobReader code = _file.GetMethodBody(method.RelativeVirtualAddress).GetILReader();
        while (code.RemainingBytes > 0)
        {
            int number = code.ReadByte();
            OpCode instruction = s_codes[number == 0xFE ? 0xFE00 | code.ReadByte() : number];
            switch (instruction.OperandType)
            {
                case OperandType.InlineString:
                    strings.Add(_reader.GetUserString(MetadataTokens.UserStringHandle(code.ReadInt32() & 0xFFFFFF)));
                    break;
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok:
                    Follow(MetadataTokens.EntityHandle(code.ReadInt32()), open);
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                default:
                    code.Offset += SizeOf(instruction.OperandType);
                    break;
            }
        }
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    private void Follow(EntityHandle target, Stack<EntityHandle> open)
    {
        switch (target.Kind)
        {
            case HandleKind.MethodDefinition:
                open.Push(target);
                break;
            case HandleKind.MethodSpecification:
                Follow(_reader.GetMethodSpecification((MethodSpecificationHandle)target).Method, open);
                break;
            case HandleKind.FieldDefinition:
                AddType(_reader.GetFieldDefinition((FieldDefinitionHandle)target).GetDeclaringType(), all: false, open);
                break;
            case HandleKind.MemberReference:
                FollowGeneric(_reader.GetMemberReference((MemberReferenceHandle)target), open);
                break;
        }
    }

    // A member of a generic type of this assembly, by its name.
    private void FollowGeneric(MemberReference member, Stack<EntityHandle> open)
    {
        if (member.Parent.Kind != HandleKind.TypeSpecification)
        {
            return;
        }

        BlobReader signature = _reader.GetBlobReader(_reader.GetTypeSpecification((TypeSpecificationHandle)member.Parent).Signature);
        if (signature.ReadSignatureTypeCode() == SignatureTypeCode.GenericTypeInstance)
        {
            signature.ReadCompressedInteger();
            if (signature.ReadTypeHandle() is { Kind: HandleKind.TypeDefinition } handle)
            {
                string name = _reader.GetString(member.Name);
                foreach (MethodDefinitionHandle method in _reader.GetTypeDefinition((TypeDefinitionHandle)handle).GetMethods().Where(each => _reader.GetString(_reader.GetMethodDefinition(each).Name) == name))
                {
                    open.Push(method);
                }
            }
        }
    }
}
