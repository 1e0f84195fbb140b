using System.Globalization;
using CnpgRestore.Runs;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.Runs;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-journal-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-22T14:00:00.123Z", CultureInfo.InvariantCulture));
    private readonly StateFolder _state;

    public JournalTests() => _state = new StateFolder(_folder.FullName);

    [Fact]
    public void Whatever_is_written_is_read_again() => Gen.Select(Gen.String, Gen.String.Null()).Sample((step, text) =>
    {
        RunId run;
        using (var journal = Journal.Create(_state, "rename", "a -> b", _clock))
        {
            run = journal.Run;
            journal.Append(JournalEntry.StepStarted, entry => entry with { Step = step, Text = text });
        }

        var written = Journal.Read(_state.JournalOf(run))[^1];
        File.Delete(_state.JournalOf(run));
        Assert.Equal(new JournalEntry(JournalEntry.StepStarted, _clock.GetUtcNow()) { Step = step, Text = text }, written);
    }, iter: 50, threads: 1);

    [Fact]
    public void A_last_line_that_is_torn_at_any_byte_is_dropped_and_the_run_goes_on()
    {
        var (run, whole) = Interrupted();
        var path = _state.JournalOf(run);
        var last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (var length = last; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            using (var journal = Journal.Resume(_state, run, _clock))
            {
                Assert.Equal([JournalEntry.RunStarted, JournalEntry.StepStarted], journal.Entries.Select(entry => entry.Type));
            }

            Assert.Equal([JournalEntry.RunStarted, JournalEntry.StepStarted, JournalEntry.RunResumed], Journal.Read(path).Select(entry => entry.Type));
            Assert.Equal(run, _state.FindUnfinished("rename", "a -> b"));
        }
    }

    [Fact]
    public void A_first_line_that_is_torn_at_any_byte_is_no_run_yet()
    {
        var (run, whole) = Interrupted();
        var first = Array.IndexOf(whole, (byte)'\n');
        for (var length = 0; length <= first; length++)
        {
            File.WriteAllBytes(_state.JournalOf(run), whole[..length]);
            Assert.Null(_state.FindUnfinished("rename", "a -> b"));
        }
    }

    [Fact]
    public void Damage_in_front_of_the_last_line_refuses_at_every_byte()
    {
        var (run, whole) = Interrupted();
        var first = Array.IndexOf(whole, (byte)'\n');
        for (var at = 0; at < first; at += 7)
        {
            var damaged = whole.ToArray();
            damaged[at] = 0;
            File.WriteAllBytes(_state.JournalOf(run), damaged);

            var problem = Assert.Throws<RestoreException>(() => _state.FindUnfinished("rename", "a -> b")).Problem;

            Assert.Equal(ProblemCode.Refused, problem.Code);
            Assert.Contains("is damaged in line 1", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_finished_run_and_runs_of_others_are_not_gone_on_with()
    {
        using (var other = Journal.Create(_state, "rename", "c -> d", _clock))
        {
            Assert.Null(_state.FindUnfinished("rename", "a -> b"));
        }

        using (var journal = Journal.Create(_state, "rename", "a -> b", _clock))
        {
            Assert.Equal(journal.Run, _state.FindUnfinished("rename", "a -> b"));
            journal.Append(JournalEntry.RunFinished);
        }

        Assert.Null(_state.FindUnfinished("rename", "a -> b"));
    }

    [Fact]
    public void Fields_and_times_are_written_as_documented()
    {
        var (run, whole) = Interrupted();
        var lines = System.Text.Encoding.UTF8.GetString(whole).Split('\n');

        Assert.Matches("^20261122t140000z-rename-[0-9a-f]{4}$", run.Value);
        Assert.StartsWith($"{{\"type\":\"run_started\",\"time\":\"2026-11-22T14:00:00.123Z\",\"run\":\"{run}\",\"command\":\"rename\",\"subject\":\"a -> b\",\"version\":", lines[0], StringComparison.Ordinal);
        Assert.Equal("{\"type\":\"step_started\",\"time\":\"2026-11-22T14:00:00.123Z\",\"step\":\"copy-data\"}", lines[1]);
        Assert.Equal("{\"type\":\"run_stopped\",\"time\":\"2026-11-22T14:00:00.123Z\",\"step\":\"copy-data\",\"text\":\"it's \\\"über\\\"\"}", lines[2]);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (RunId Run, byte[] Whole) Interrupted()
    {
        using var journal = Journal.Create(_state, "rename", "a -> b", _clock);
        journal.Append(JournalEntry.StepStarted, entry => entry with { Step = "copy-data" });
        journal.Append(JournalEntry.RunStopped, entry => entry with { Step = "copy-data", Text = "it's \"über\"" });
        journal.Dispose();
        return (journal.Run, File.ReadAllBytes(_state.JournalOf(journal.Run)));
    }
}
