using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Report;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>A verdict in front of a person: what blocks first stands first.</summary>
static class DoctorOutput
{
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
