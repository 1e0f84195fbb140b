using CnpgRestore.Runs;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>Journals in front of a person.</summary>
static class RunsOutput
{
    public static void List(CliSession session, StateFolder state)
    {
        var items = state.List().Select(run => Item(run, Journal.Read(state.JournalOf(run)))).OfType<RunItem>().ToList();
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, new RunsDocument(items), CliJson.Readable.RunsDocument);
            return;
        }

        if (items.Count == 0)
        {
            session.Result.Line("no run was begun on this machine");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("RUN", "SUBJECT", "STATE", "STEP", "LAST");
        foreach (var item in items)
        {
            table.AddRow(Markup.Escape(item.Run), Markup.Escape(item.Subject), item.State, item.Step ?? "", DrillText.Moment(item.Last));
        }

        session.Result.Write(table);
    }

    /// <exception cref="RestoreException">Exit 10: this machine has no such journal.</exception>
    public static void Show(CliSession session, StateFolder state, RunId run)
    {
        if (!File.Exists(state.JournalOf(run)))
        {
            throw new RestoreException(ProblemCode.NotFound, $"no run {run} on this machine", state.JournalOf(run), "cnpg-restore runs list");
        }

        var entries = Journal.Read(state.JournalOf(run));
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

    private static RunItem? Item(RunId run, IReadOnlyList<JournalEntry> entries)
    {
        if (entries is not [var first, ..])
        {
            return null;
        }

        var last = entries[^1];
        var state = last.Type switch
        {
            JournalEntry.RunFinished => "finished",
            JournalEntry.RunStopped => "stopped",
            _ => "unfinished",
        };
        var step = entries.LastOrDefault(entry => entry.Step is not null);
        return new RunItem(run.Value, first.Command ?? "", first.Subject ?? "", state, step?.Step, last.Text, first.Time, last.Time);
    }
}
