using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>The last line of a journal as a power cut leaves it, torn: the program goes on. Every byte of every kind of line: JournalTests.</summary>
public sealed class TornJournalTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_run_goes_on_with_a_journal_whose_last_line_is_torn() => TearAsync(stride: 40);

    [Fact(Explicit = true)]
    public Task A_run_goes_on_with_a_journal_whose_last_line_is_torn_at_any_byte() => TearAsync(stride: 1);

    private async Task TearAsync(int stride)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 5);
        var command = scene.Command([RenameScene.Source, RenameScene.Target, "--yes"]);
        var expected = await scene.SourceAsync();
        Assert.Null(await KilledRun.AtAsync(command, KillMoment.Recorded("copy-backup-info")));
        var journal = Directory.GetFiles(Path.Combine(scene.State, "runs")).Single();
        var whole = await File.ReadAllBytesAsync(journal, Ct);
        var last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        Assert.True(whole.Length - last > stride, "there is a line to tear");

        for (var length = last; length < whole.Length; length += stride)
        {
            await File.WriteAllBytesAsync(journal, whole[..length], Ct);

            var result = await ToolProcess.RunAsync(command, Ct);

            Assert.True(result.ExitCode == 0, $"torn at byte {length}: {result.Error}");
            Assert.Equal(expected, await scene.TargetAsync());
            Assert.Contains("\"run_resumed\"", await File.ReadAllTextAsync(journal, Ct), StringComparison.Ordinal);
        }
    }
}
