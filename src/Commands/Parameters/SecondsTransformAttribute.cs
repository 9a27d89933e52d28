using System;
using System.Globalization;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>
/// Lets a parameter of a time take a number of seconds, as <c>unshare</c> and Start-Sleep do: PowerShell's own conversion takes a number for
/// units of 100 nanoseconds, and the same number as text for days.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecondsTransformAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => ToTime(seconds),
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal => ToTime(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => value,
        };
    }

    private static TimeSpan ToTime(double seconds)
    {
        try
        {
            return TimeSpan.FromSeconds(seconds);
        }
        catch (Exception exception) when (exception is OverflowException or ArgumentException)
        {
            throw new ArgumentTransformationMetadataException(string.Create(CultureInfo.InvariantCulture, $"{seconds} seconds are more than a TimeSpan can hold."), exception);
        }
    }
}
