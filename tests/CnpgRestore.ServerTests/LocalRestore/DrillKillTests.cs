using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.LocalRestore;

/// <summary>A drill that is ended in the middle of its replay leaves no process behind.</summary>
[Collection(nameof(DrillCollection))]
public sealed class DrillKillTests(DrillFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new("killed");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string To => Path.Combine(_folder.Path, "drill");

    public async ValueTask InitializeAsync() => await PostgresUser.OwnAsync(_folder.Path, Ct);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task After_kill_9_PostgreSQL_ends_by_itself()
    {
        await using var drill = StartDrill();
        var process = await InReplayAsync();

        (await ToolProcess.RunAsync(new ToolCommand("kill", "-KILL", $"{process}"), Ct)).Succeeded();

        await RunningProcesses.UntilNoneNamesAsync(To, Ct);
        Assert.DoesNotContain("ready to accept connections", await File.ReadAllTextAsync(Path.Combine(To, "postgres.log"), Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task After_a_signal_it_cleans_up_and_says_so(string signal, int exitCode)
    {
        // The replay takes a moment, and a signal from a busy machine may take longer: then it comes to the checks behind it.
        var checks = Path.Combine(_folder.Path, "checks.sql");
        await File.WriteAllTextAsync(checks, "SELECT pg_sleep(60);\n", Ct);
        await using var drill = StartDrill("--check-sql", checks);
        var process = await InReplayAsync();

        (await ToolProcess.RunAsync(new ToolCommand("kill", $"-{signal}", $"{process}"), Ct)).Succeeded();
        var result = await drill.WaitAsync(Ct);

        Assert.Equal(exitCode, result.ExitCode);
        await RunningProcesses.UntilNoneNamesAsync(To, Ct);
        Assert.False(Directory.Exists(To));
    }

    private ToolProcess StartDrill(params string[] options)
    {
        Requirement.Programs(Path.Combine(TestEnvironment.PostgresPrograms, "postgres"));
        return ToolProcess.Start(DrillProgram.Command($"file://{fixture.Mirror}", ["--backup-id", fixture.FirstBackup, "--to", To, .. options]));
    }

    /// <summary>The drill's own process id, once PostgreSQL is replaying.</summary>
    private async Task<int> InReplayAsync()
    {
        var log = Path.Combine(To, "pgdata", "postmaster.pid");
        await WaitUntilAsync(() => File.Exists(log));
        return RunningProcesses.Naming(To).Single(id => RunningProcesses.CommandLineOf(id).StartsWith($"{NativeProgram.Path} drill", StringComparison.Ordinal));
    }

    private static async Task WaitUntilAsync(Func<bool> reached)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(Patience);
        while (!reached())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), deadline.Token);
        }
    }
}
