using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Report;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>A verdict in front of a person: what blocks first stands first.</summary>
static class DoctorOutput
{
    // To the end of the line (ECMA-48, EL).
    private const string Erase = "\e[K";

    public static void Write(CliSession session, Verdict verdict)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, DoctorDocument.From(verdict), CliJson.Readable.DoctorDocument);
            return;
        }

        if (session.Verbose)
        {
            foreach (var line in Surroundings.Of(verdict.Examination))
            {
                session.Result.Line(line);
            }

            session.Result.WriteLine();
        }

        foreach (var finding in verdict.Findings)
        {
            WriteFinding(session, finding);
        }

        foreach (var note in verdict.Examination.Notes)
        {
            session.Result.Line($"not read: {note}");
        }

        if (verdict.Examination.Notes.Count > 0)
        {
            session.Result.WriteLine();
        }

        session.Result.Line(Summary(verdict));
    }

    public static string Summary(Verdict verdict)
    {
        var exam = verdict.Examination;
        var counts = verdict.Findings.GroupBy(finding => finding.Severity)
            .Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}{(group.Key == Severity.Broken || group.Count() == 1 ? "" : "s")}");
        var unread = exam.Notes.Count == 0 ? "" : $"; {exam.Notes.Count} not read";
        return $"{exam.Cluster} in namespace {exam.Namespace}: {verdict.StateWord}{(verdict.Findings.Count == 0 ? "" : $" ({string.Join(", ", counts)})")}{unread}";
    }

    /// <summary>Of <c>--watch</c>, on a terminal: that it is alive, and how old what stands above is. It overwrites itself.</summary>
    public static void ShowWaiting(CliSession session, Verdict verdict) =>
        ShowStatus(session, $"looked at {BackupsListOutput.Time(verdict.Examination.Time)}: {verdict.StateWord}; again every few seconds, Ctrl-C ends it");

    public static void ShowHanging(CliSession session, Verdict verdict) =>
        ShowStatus(session, $"{BackupsListOutput.Time(session.Clock.GetUtcNow())}: still waiting for an answer; what stands above is of {BackupsListOutput.Time(verdict.Examination.Time)}");

    private static void ShowStatus(CliSession session, string text)
    {
        if (session.IsTerminal && !session.Quiet)
        {
            // A line that wraps could not be overwritten.
            session.Progress.Profile.Out.Writer.Write($"\r{Erase}{text[..Math.Min(text.Length, session.Progress.Profile.Width - 1)]}");
        }
    }

    public static void EndWaiting(CliSession session)
    {
        if (session.IsTerminal && !session.Quiet)
        {
            session.Progress.Profile.Out.Writer.Write($"\r{Erase}");
        }
    }

    /// <summary>In a document, all of the new look; as text, a block of lines with the time in front.</summary>
    public static void WriteChange(CliSession session, Verdict now, VerdictChange change)
    {
        EndWaiting(session);
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, DoctorDocument.From(change.After), CliJson.Readable.DoctorDocument);
            return;
        }

        var time = BackupsListOutput.Time(now.Examination.Time);
        foreach (var note in change.Unread)
        {
            session.Result.Line($"{time}  not read {note}");
        }

        if (change.ReadAgain)
        {
            session.Result.Line($"{time}  read     everything that could not be read is read again");
        }

        if (change.Phase is { } phase)
        {
            session.Result.Line($"{time}  phase    {phase}");
        }

        foreach (var finding in change.Gone)
        {
            session.Result.Line($"{time}  gone     {finding.Id}: {finding.What}");
        }

        foreach (var finding in change.Changed)
        {
            session.Result.Line($"{time}  now      {finding.Id}: {finding.What}");
        }

        foreach (var finding in change.Come)
        {
            session.Result.Line($"{time}  {finding.Severity.ToString().ToLowerInvariant(),-8} {finding.Id}: {finding.What}");
            if (finding.Command is { } command)
            {
                session.Result.Line($"{new string(' ', time.Length)}  do       {command}");
            }
        }

        session.Result.Line($"{time}  {(change.IsPartial ? "as far as is known: " : "")}{Summary(change.After)}");
        session.Result.WriteLine();
    }

    private static void WriteFinding(CliSession session, Finding finding)
    {
        session.Result.Write(new Markup(finding.Severity switch
        {
            Severity.Broken => "[red]broken:[/]  ",
            Severity.Warning => "[yellow]warning:[/] ",
            Severity.Note => "note:    ",
        }));
        session.Result.Line(finding.What);
        foreach (var evidence in finding.Evidence)
        {
            session.Result.Line($"  seen   {evidence.Object}: {evidence.Text}");
        }

        session.Result.Line($"  cause  {finding.Ailment.Cause}");
        session.Result.Line($"  do     {finding.Ailment.Repair}");
        if (finding.Command is { } command)
        {
            session.Result.Line($"         {command}");
        }

        session.Result.Line($"  id     {finding.Id}");
        session.Result.WriteLine();
    }
}
