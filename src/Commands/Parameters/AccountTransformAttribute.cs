using System;
using System.Management.Automation;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>Lets a parameter of an id take the name of a user or group, as the accounts of the session have it.</summary>
/// <param name="isUser">Whether it is a user; else a group.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AccountTransformAttribute(bool isUser) : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : inputData;

        // PowerShell's own conversion refuses an empty text, and knows numbers of every form.
        if (value is not string { Length: > 0 } text || LanguagePrimitives.TryConvertTo(text, out uint _))
        {
            return value;
        }

        try
        {
            return isUser ? AccountLookup.UserId(text) : AccountLookup.GroupId(text);
        }
        catch (NamespaceException exception)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}
