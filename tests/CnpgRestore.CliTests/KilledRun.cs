using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>A run that was killed (SIGKILL) when its journal said that a step, or one behind it, was done.</summary>
sealed class KilledRun : IAsyncDisposable
{
    private KilledRun(bool wasKilled) => WasKilled = wasKilled;

    /// <summary>False where the run had come to its end before the step.</summary>
    public bool WasKilled { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="state">Where the journal is written: another folder is another machine.</param>
    /// <param name="steps">All of the command, in the order in which they are done: a run may have done some more than its killer had seen.</param>
    public static async Task<KilledRun> AfterAsync(ToolCommand command, string state, IEnumerable<string> steps, string step)
    {
        var folder = Path.Combine(state, "runs");
        var reached = steps.SkipWhile(other => other != step).Select(reachedStep => $"\"step\":\"{reachedStep}\"").ToList();
        await using var running = ToolProcess.Start(command);
        while (!running.HasExited)
        {
            if (Journals(folder).Any(line => line.Contains("\"step_finished\"", StringComparison.Ordinal) && reached.Exists(word => line.Contains(word, StringComparison.Ordinal))))
            {
                running.Kill();
                await running.WaitAsync(Ct);
                return new KilledRun(wasKilled: true);
            }

            await Task.Delay(20, Ct);
        }

        var result = await running.WaitAsync(Ct);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return new KilledRun(wasKilled: false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<string> Journals(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var path in Directory.GetFiles(folder))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            foreach (var line in reader.ReadToEnd().Split('\n'))
            {
                yield return line;
            }
        }
    }
}
