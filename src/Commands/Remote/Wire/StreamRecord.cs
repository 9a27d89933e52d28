using System;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;

namespace LinuxNamespaces.Commands.Remote.Wire;

/// <summary>
/// The records of PowerShell's streams as text and back. Objects travel as they do in remoting; a record is taken apart and
/// made anew, so that it comes out as a record and not as a picture of one.
/// </summary>
internal static class StreamRecord
{
    private const int Depth = 1;

    internal static string Serialize(object? record) => record switch
    {
        ErrorRecord error => FromTable(ToTable(error)),
        InformationalRecord text => FromTable(new() { ["Message"] = text.Message }),
        InformationRecord information => FromTable(ToTable(information)),
        ProgressRecord progress => FromTable(ToTable(progress)),
        _ => PSSerializer.Serialize(record, Depth),
    };

    /// <summary>The object itself, whether the serializer wrapped it or not.</summary>
    internal static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    internal static object? ToObject(string text) => PSSerializer.Deserialize(text);

    internal static string ToMessage(string text) => Text(ToTable(text), "Message");

    internal static ErrorRecord ToError(string text)
    {
        Hashtable table = ToTable(text);
        ErrorRecord record = ErrorRecords.FromInside(Text(table, "Message"), Text(table, "Id"), (ErrorCategory)Number(table, "Category"), table["Target"]);
        record.CategoryInfo.Activity = Text(table, "Activity");
        record.CategoryInfo.Reason = Text(table, "Reason");
        record.CategoryInfo.TargetName = Text(table, "TargetName");
        record.CategoryInfo.TargetType = Text(table, "TargetType");
        if (table["Details"] is string details)
        {
            record.ErrorDetails = new ErrorDetails(details) { RecommendedAction = Text(table, "Action") };
        }

        return record;
    }

    internal static ProgressRecord ToProgress(string text)
    {
        Hashtable table = ToTable(text);
        return new ProgressRecord(Number(table, "ActivityId"), Text(table, "Activity"), Text(table, "Status"))
        {
            ParentActivityId = Number(table, "ParentActivityId"),
            CurrentOperation = Text(table, "CurrentOperation"),
            PercentComplete = Number(table, "PercentComplete"),
            SecondsRemaining = Number(table, "SecondsRemaining"),
            RecordType = (ProgressRecordType)Number(table, "RecordType"),
        };
    }

    internal static (object? Data, string[] Tags) ToInformation(string text)
    {
        Hashtable table = ToTable(text);
        string[] tags = Text(table, "Tags").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (table["HostMessage"] is not string message)
        {
            return (table["Data"], tags);
        }

        HostInformationMessage host = new() { Message = message, NoNewLine = table["NoNewLine"] is true };
        host.ForegroundColor = table["Foreground"] is int foreground ? (ConsoleColor)foreground : null;
        host.BackgroundColor = table["Background"] is int background ? (ConsoleColor)background : null;
        return (host, tags);
    }

    private static Hashtable ToTable(ErrorRecord error) => new()
    {
        ["Message"] = error.Exception.Message,
        ["Id"] = error.FullyQualifiedErrorId,
        ["Category"] = (int)error.CategoryInfo.Category,
        ["Activity"] = error.CategoryInfo.Activity,
        ["Reason"] = error.CategoryInfo.Reason,
        ["TargetName"] = error.CategoryInfo.TargetName,
        ["TargetType"] = error.CategoryInfo.TargetType,
        ["Target"] = error.TargetObject,
        ["Details"] = error.ErrorDetails?.Message,
        ["Action"] = error.ErrorDetails?.RecommendedAction,
    };

    private static Hashtable ToTable(ProgressRecord progress) => new()
    {
        ["ActivityId"] = progress.ActivityId,
        ["ParentActivityId"] = progress.ParentActivityId,
        ["Activity"] = progress.Activity,
        ["Status"] = progress.StatusDescription,
        ["CurrentOperation"] = progress.CurrentOperation,
        ["PercentComplete"] = progress.PercentComplete,
        ["SecondsRemaining"] = progress.SecondsRemaining,
        ["RecordType"] = (int)progress.RecordType,
    };

    private static Hashtable ToTable(InformationRecord information)
    {
        Hashtable table = new() { ["Tags"] = string.Join('\n', information.Tags) };
        if (information.MessageData is HostInformationMessage host)
        {
            table["HostMessage"] = host.Message;
            table["NoNewLine"] = host.NoNewLine;
            table["Foreground"] = (int?)host.ForegroundColor;
            table["Background"] = (int?)host.BackgroundColor;
        }
        else
        {
            table["Data"] = information.MessageData;
        }

        return table;
    }

    // One level for the table, one for what is in it.
    private static string FromTable(Hashtable table) => PSSerializer.Serialize(table, Depth + 1);

    private static Hashtable ToTable(string text) => (Hashtable)Unwrap(PSSerializer.Deserialize(text))!;

    private static string Text(Hashtable table, string key) => Convert.ToString(table[key], CultureInfo.InvariantCulture) ?? string.Empty;

    private static int Number(Hashtable table, string key) => table[key] is int number ? number : 0;
}
