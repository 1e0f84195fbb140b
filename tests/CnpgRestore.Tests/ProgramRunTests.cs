using System.Diagnostics;

namespace CnpgRestore.Tests;

public sealed class ProgramRunTests
{
    [Fact]
    public async Task What_it_said_and_how_it_ended_is_told_apart()
    {
        var run = await ProgramRun.RunAsync("sh", ["-c", "echo out; echo err >&2; pwd; cat; echo $LC_ALL $GIT_TERMINAL_PROMPT; exit 7"], TestContext.Current.CancellationToken, folder: "/");
        Assert.Equal(new ProgramRun(7, "out\n/\nC 0\n", "err\n"), run);
    }

    [Fact]
    public async Task One_that_does_not_end_is_killed_with_its_children()
    {
        using var patience = new CancellationTokenSource();
        var seconds = $"86400.{Environment.ProcessId}";
        var run = ProgramRun.RunAsync("sh", ["-c", $"sleep {seconds} & wait"], patience.Token);
        await UntilAsync(seconds, isThere: true);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await UntilAsync(seconds, isThere: false);
    }

    // A signal takes its time.
    private static async Task UntilAsync(string seconds, bool isThere)
    {
        var start = Stopwatch.GetTimestamp();
        while (CommandLines().Any(line => line == $"sleep\0{seconds}\0") != isThere)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"sleep is {(isThere ? "not there" : "still there")}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (IOException)
            {
                // It ended between the listing and the reading.
                continue;
            }

            yield return line;
        }
    }
}
