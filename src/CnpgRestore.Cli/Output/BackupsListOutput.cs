using System.Globalization;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints what <c>backups list</c> found out.</summary>
static class BackupsListOutput
{
    public static void Write(CliSession session, FolderSurvey survey)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, BackupsListDocument.From(survey), CliJson.Readable.BackupsListDocument);
            return;
        }

        WriteBackups(session, survey);
        session.Result.WriteLine();
        WriteWindow(session, survey);
        WriteFindings(session, survey.Findings);
    }

    /// <summary>A time as a person reads it in a table.</summary>
    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";

    private static void WriteBackups(CliSession session, FolderSurvey survey)
    {
        var now = session.Clock.GetUtcNow();
        var table = new Table().NoBorder();
        foreach (var (title, isNumber) in new[] { ("BACKUP", false), ("FINISHED", false), ("AGE", true), ("STATE", false), ("SIZE", true), ("TIMELINE", true), ("POSTGRES", true) })
        {
            table.AddColumn(new TableColumn(title) { Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = true });
        }

        foreach (var backup in survey.Catalog.Backups)
        {
            var finished = backup.State == BackupState.Usable ? backup.Info?.EndTime : null;
            table.AddRow(
                backup.Id.ToString(),
                Time(finished),
                finished is { } time ? Age(now - time) : "-",
                backup.State.ToString().ToLowerInvariant(),
                backup.Size.ToString(),
                backup.Info?.Timeline?.ToString() ?? "-",
                backup.Info?.Version?.ToString() ?? "-");
        }

        session.Result.Rows(table);
    }

    private static void WriteWindow(CliSession session, FolderSurvey survey)
    {
        if (survey.Window.Spans.Count == 0)
        {
            session.Result.Line("Nothing in this folder can be restored.");
        }

        foreach (var span in survey.Window.Spans)
        {
            session.Result.Line($"recovery window  {Time(span.First)}  to  {Last(span)}");
            session.Result.Line($"  from           base backup {span.Backups[0].Id}{(span.Backups.Count > 1 ? $" or a newer one ({span.Backups.Count} in all)" : "")}");
            session.Result.Line($"  to             {span.Path.LastSegment}, {End(span)}");
        }

        session.Result.WriteLine();
        foreach (var line in TimelineDrawing.Draw(survey.Catalog, survey.Window, session.Result.Profile.Width))
        {
            session.Result.Line(line);
        }
    }

    private static string Last(RecoverySpan span) => span.Last is { } last
        ? $"{Time(last)} (last commit)"
        : span.Tail.Damage is not null ? "an unknown moment: see the warning"
        : "the same moment: no later commit in the segments that were read";

    private static string End(RecoverySpan span) => span.Route.Gap is { } gap ? $"then {gap} is missing" : "where the archive ends";

    private static void WriteFindings(CliSession session, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            session.Result.WriteLine();
            session.Result.Write(new Markup(finding.Severity switch
            {
                FindingSeverity.Error => "[red]error:[/]   ",
                FindingSeverity.Warning => "[yellow]warning:[/] ",
                FindingSeverity.Note => "note:    ",
            }));
            session.Result.Line(finding.Text);
            if (finding.Evidence is { } evidence)
            {
                session.Result.Line($"         {evidence}");
            }
        }
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)age.TotalSeconds)}s"),
    };
}
