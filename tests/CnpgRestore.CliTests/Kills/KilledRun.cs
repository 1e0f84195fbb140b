using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>Runs a command and ends it with SIGKILL. Each way answers null where it was killed, or else how it had ended before.</summary>
static class KilledRun
{
    // What the shell and .NET call the end by signal 9.
    private const int Killed = 137;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>At an exact moment; the program alone, so that psql, git or pg_restore go on, or notice.</summary>
    public static async Task<ToolResult?> AtAsync(ToolCommand command, KillMoment moment)
    {
        var result = await ToolProcess.RunAsync(await KillSwitch.ArmAsync(command, moment.Words, moment.When, moment.Later), Ct);
        return result.ExitCode == Killed ? null : result;
    }

    /// <summary>By the clock, with its children, as a power cut would end them.</summary>
    public static async Task<ToolResult?> AfterAsync(ToolCommand command, TimeSpan time)
    {
        await using var running = ToolProcess.Start(command);
        var ending = running.WaitAsync(Ct);
        if (await Task.WhenAny(ending, Task.Delay(time, Ct)) != ending)
        {
            running.Kill();
        }

        var result = await ending;
        return result.ExitCode == Killed ? null : result;
    }

    /// <summary>At a request to the store, before or after it has its effect there. Returns when nothing is under way any more.</summary>
    /// <param name="number">From 1 on.</param>
    /// <param name="only">Which requests are counted; all where it is left out.</param>
    public static async Task<ToolResult?> AtRequestAsync(ToolCommand command, S3FaultProxy proxy, int number, bool afterEffect, S3Operation? only = null)
    {
        var started = new TaskCompletionSource<ToolProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        proxy.Inject(async exchange =>
        {
            if ((only is null || exchange.Call.Operation == only) && Interlocked.Increment(ref count) == number)
            {
                var answer = afterEffect ? await exchange.ForwardAsync() : null;
                (await started.Task).Kill();
                if (answer is null)
                {
                    exchange.Cut();
                }
                else
                {
                    await exchange.AnswerAsync(answer);
                }
            }
        });
        await using var running = ToolProcess.Start(command);
        started.SetResult(running);
        var result = await running.WaitAsync(Ct);
        proxy.Heal();
        await proxy.SettledAsync(Ct);
        return result.ExitCode == Killed ? null : result;
    }
}
