using System.Globalization;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs;
using CnpgRestore.Runs.FromDump;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.Runs;

public sealed class PastLoadsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-loads-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-02T14:00:00Z", CultureInfo.InvariantCulture));

    [Fact]
    public void Loads_that_came_to_their_end_are_told_newest_first()
    {
        Load("/mnt/app-1.sql.gz", minutes: 3);
        _clock.Advance(TimeSpan.FromDays(1));
        Load("/mnt/app-2.sql.gz", minutes: 5);

        Assert.Equal(
            [new PastLoad(At("2026-11-03T14:08:00Z"), "/mnt/app-2.sql.gz", new ByteSize(7 << 20), TimeSpan.FromMinutes(5)), new PastLoad(At("2026-11-02T14:03:00Z"), "/mnt/app-1.sql.gz", new ByteSize(7 << 20), TimeSpan.FromMinutes(3))],
            PastLoads.Read(_folder.FullName));
    }

    [Fact]
    public void Of_a_run_that_went_on_the_load_that_did_the_work_counts()
    {
        Load("/mnt/app.sql.gz", minutes: 4, journal => Step(journal, JournalEntry.StepStarted, JournalEntry.StepFinished));

        Assert.Equal(TimeSpan.FromMinutes(4), Assert.Single(PastLoads.Read(_folder.FullName)).Took);
    }

    [Fact]
    public void What_did_not_end_what_is_a_part_and_what_is_damaged_tells_nothing()
    {
        Load("/mnt/part.sql.gz", minutes: 1, section: "app");
        using (var journal = Begin("/mnt/stopped.sql.gz"))
        {
            Step(journal, JournalEntry.StepStarted, JournalEntry.RunStopped);
        }

        var damaged = new StateFolder(_folder.FullName).JournalOf(new RunId("20261101t140000z-from-dump-4f2a"));
        using (var writer = new StreamWriter(damaged))
        {
            writer.Write("no JSON\n{}\n");
        }

        Assert.Empty(PastLoads.Read(_folder.FullName));
    }

    [Fact]
    public void Nothing_is_made_where_there_is_no_journal()
    {
        var nowhere = Path.Combine(_folder.FullName, "nowhere");

        Assert.Empty(PastLoads.Read(nowhere));
        Assert.False(Directory.Exists(nowhere));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Load(string dump, int minutes, Action<Journal>? then = null, string? section = null)
    {
        using var journal = Begin(dump, section);
        Step(journal, JournalEntry.StepStarted);
        _clock.Advance(TimeSpan.FromMinutes(minutes));
        Step(journal, JournalEntry.StepFinished);
        then?.Invoke(journal);
        journal.Append(JournalEntry.RunFinished);
    }

    private Journal Begin(string dump, string? section = null)
    {
        var journal = Journal.Create(new StateFolder(_folder.FullName), "from-dump", "app@1", _clock);
        var decision = new FromDumpDecision(journal.Run.Value, "postgres://db", "here", "1", "app", dump, 7 << 20, At("2026-11-01T00:00:00Z"), section, LoadStrategy.Swap, 2, "side", "former", [], null, []);
        journal.Append(JournalEntry.Decided, entry => entry with { Text = decision.ToJson() });
        return journal;
    }

    private static void Step(Journal journal, params string[] types)
    {
        foreach (var type in types)
        {
            journal.Append(type, entry => entry with { Step = "load" });
        }
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
