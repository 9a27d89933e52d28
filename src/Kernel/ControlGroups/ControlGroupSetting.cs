namespace LinuxNamespaces.Kernel.ControlGroups;

/// <summary>A value for a file of a control group.</summary>
/// <param name="Controller">The controller that the file belongs to.</param>
/// <param name="File">The name of the file.</param>
/// <param name="Value">The text to write.</param>
/// <param name="IsOptional">Whether the limit is in force without this file.</param>
/// <param name="OrElse">The file of other kernels.</param>
internal sealed record ControlGroupSetting(string Controller, string File, string Value, bool IsOptional = false, ControlGroupSetting? OrElse = null);
