using CnpgRestore.Runs;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>Journals in front of a person.</summary>
static class RunsOutput
{
    /// <param name="ns">The namespace that was asked as well; null where none was.</param>
    public static void List(CliSession session, IReadOnlyList<RunItem> items, string? ns)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, new RunsDocument(items), CliJson.Readable.RunsDocument);
            return;
        }

        if (items.Count == 0)
        {
            session.Result.Line(ns is null
                ? "no run was begun on this machine; Kubernetes is asked as well by: cnpg-restore runs list -n NAMESPACE"
                : $"no run was begun on this machine, and namespace {ns} has no record of an unfinished one");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("RUN", "SUBJECT", "STATE", "STEP", "LAST", "KNOWN FROM");
        foreach (var item in items)
        {
            table.AddRow(Markup.Escape(item.Run), Markup.Escape(item.Subject), item.State, item.Step ?? "", item.Last is { } last ? DrillText.Moment(last) : "", item.KnownFrom);
        }

        session.Result.Rows(table);
    }

    /// <exception cref="RestoreException">Exit 10: this machine has no such journal.</exception>
    public static void Show(CliSession session, StateFolder state, RunId run)
    {
        if (state.Read(run) is not [_, ..] entries)
        {
            throw new RestoreException(ProblemCode.NotFound, $"no run {run} on this machine", state.JournalOf(run), "cnpg-restore runs list");
        }

        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, new RunDocument(run.Value, entries), CliJson.Readable.RunDocument);
            return;
        }

        foreach (var entry in entries)
        {
            var where = entry.Host is null ? "" : $" on {entry.Host}";
            session.Result.Line($"{DrillText.Moment(entry.Time)}  {entry.Type,-14} {entry.Step ?? entry.Subject}{where}{(entry.Text is null ? "" : $": {entry.Text}")}");
        }
    }
}
