using System.Text.Json;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>
/// One line that a container of CNPG writes: JSON with a level, a logger and a message; for the logger <c>postgres</c> the message is a record of
/// PostgreSQL's own log, and for a program of Barman its stderr ([machinery] pkg/log, [cloudnative-pg] pkg/management/logpipe).
/// </summary>
/// <param name="Level"><c>info</c>, <c>error</c>; empty where the line is plain text.</param>
/// <param name="Logger">Empty where the line names none.</param>
/// <param name="Message">PostgreSQL's own message where it is a record of PostgreSQL.</param>
/// <param name="Error">What an error line says besides its message.</param>
/// <param name="Severity">PostgreSQL's: <c>LOG</c>, <c>FATAL</c>; null for all others.</param>
public sealed record LogRecord(string Level, string Logger, string Message, string? Error, string? Severity)
{
    /// <summary>The base backup that a line names; see <c>Target backup found</c>.</summary>
    public string? BackupId { get; private init; }

    public bool IsFromPostgres => Logger == "postgres";

    /// <summary>Message and error in one line for a person.</summary>
    public string Text => Error is null ? Message : $"{Message}: {Error}";

    public static LogRecord Parse(string line)
    {
        if (!line.StartsWith('{'))
        {
            return Plain(line);
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            return Read(json.RootElement);
        }
        catch (JsonException)
        {
            return Plain(line);
        }
    }

    private static LogRecord Plain(string line) => new("", "", line, null, null);

    private static LogRecord Read(JsonElement json) => new(
        json.Text("level") ?? "",
        json.Text("logger") ?? "",
        (json.Text("record", "message") ?? json.Text("msg") ?? "").TrimEnd(),
        json.Text("error") ?? Filled(json.Text("record", "detail")),
        json.Text("record", "error_severity"))
    {
        BackupId = json.Text("backup", "backup_id") ?? json.Text("backup", "id"),
    };

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
