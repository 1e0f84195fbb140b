using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints one base backup.</summary>
static class BackupsShowOutput
{
    public static void Write(CliSession session, ServerFolder folder, BaseBackup backup, RecoveryRoute route)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, BackupsShowDocument.From(folder, backup, route), CliJson.Readable.BackupsShowDocument);
            return;
        }

        foreach (var (name, value) in Fields(backup, route))
        {
            if (value is not null)
            {
                session.Result.Line($"{name,-16}{value}");
            }
        }
    }

    private static IEnumerable<(string Name, string? Value)> Fields(BaseBackup backup, RecoveryRoute route)
    {
        var info = backup.Info ?? new BackupInfo();
        yield return ("backup", backup.Id.ToString());
        yield return ("name", info.Name);
        yield return ("state", backup.Why is null ? "usable" : $"{backup.State.ToString().ToLowerInvariant()}: {backup.Why}");
        yield return ("begun", info.BeginTime is { } begin ? BackupsListOutput.Time(begin) : null);
        yield return ("finished", info.EndTime is { } end ? BackupsListOutput.Time(end) : null);
        yield return ("postgres", info.Version?.ToString());
        yield return ("system id", info.SystemId?.ToString());
        yield return ("timeline", info.Timeline?.ToString());
        yield return ("needs WAL", info.BeginWal is null ? null : $"{info.BeginWal} to {info.EndWal?.ToString() ?? "?"}");
        yield return ("consistent at", info.EndLsn?.ToString());
        yield return ("reaches", Reaches(route));
        yield return ("size", backup.Size.ToString());
        foreach (var tablespace in info.Tablespaces)
        {
            yield return ("tablespace", $"{tablespace.Name} ({tablespace.Oid}) at {tablespace.Location}");
        }

        foreach (var part in backup.Tars.SelectMany(series => series.Parts))
        {
            yield return ("tar", $"{part.Object.Key.Name}  {new ByteSize(part.Object.Size)}");
        }
    }

    private static string? Reaches(RecoveryRoute route) => route switch
    {
        { Path: null } => route.Refusal is null ? null : $"nothing: {route.Refusal}",
        { Path: { } path, Gap: { } gap } => $"{path.LastSegment}, then {gap} is missing",
        { Path: { } path } => $"{path.LastSegment}, where the archive ends",
    };
}
