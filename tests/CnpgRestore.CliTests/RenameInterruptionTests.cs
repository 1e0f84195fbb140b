using System.Globalization;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>Signals, kills, two runs at once, and journals that a power cut has torn.</summary>
public sealed class RenameInterruptionTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT", 130, S3Operation.ListObjects)]
    [InlineData("INT", 130, S3Operation.CopyObject)]
    [InlineData("INT", 130, S3Operation.DeleteObjects)]
    [InlineData("TERM", 143, S3Operation.CopyObject)]
    [InlineData("TERM", 143, S3Operation.DeleteObjects)]
    public async Task A_signal_ends_the_run_with_its_code_and_one_line_how_to_go_on(string signal, int exitCode, S3Operation during)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 60);
        var before = await scene.SourceAsync();
        ToolProcess? running = null;
        var started = new TaskCompletionSource<ToolProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Proxy.On(during, number => number == (during == S3Operation.CopyObject ? 20 : 1), async _ =>
        {
            await (await started.Task).SignalAsync(signal, Ct);
            await RenameTests.WaitAsync(() => running!.HasExited);
        });

        await using (running = ToolProcess.Start(scene.Command([RenameScene.Source, RenameScene.Target, "--yes", "-r"])))
        {
            started.SetResult(running);
            var result = await running.WaitAsync(Ct);

            Assert.Equal(exitCode, result.ExitCode);
            Assert.Single(result.Error.Split('\n'), line => line.StartsWith("hint:", StringComparison.Ordinal) && line.Contains("run the same command again; it continues where it stopped", StringComparison.Ordinal));
        }

        scene.Proxy.Heal();
        await scene.Proxy.SettledAsync(Ct);
        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);
        Assert.Equal(before, await scene.TargetAsync());
        Assert.Empty(await scene.SourceAsync());
    }

    [Fact]
    public async Task An_interrupted_json_run_ends_in_exit_error()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 10);
        using var hold = new SemaphoreSlim(0);
        scene.Proxy.On(S3Operation.CopyObject, _ => true, _ => hold.WaitAsync(Ct));
        await using var running = ToolProcess.Start(scene.Command([RenameScene.Source, RenameScene.Target, "--yes", "-o", "json"]));
        await RenameTests.WaitAsync(() => scene.Proxy.Count(S3Operation.CopyObject) > 0);

        await running.SignalAsync("INT", Ct);
        var result = await running.WaitAsync(Ct);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("\"message_type\":\"exit_error\",\"code\":130", result.Error, StringComparison.Ordinal);
        hold.Release(100);
    }

    [Theory]
    [InlineData("postgres-v17", "postgres-v17-backup")]
    [InlineData("postgres-v17-backup", "postgres-v17")]
    [InlineData("postgres-v17", "elsewhere")]
    [InlineData("other", "postgres-v17-backup")]
    public async Task A_second_run_on_one_of_the_folders_is_told_who_holds_it(string source, string target)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        await scene.PutAsync("other/wals/x", "x");
        using var hold = new SemaphoreSlim(0);
        scene.Proxy.On(S3Operation.CopyObject, _ => true, _ => hold.WaitAsync(Ct));
        await using var first = ToolProcess.Start(scene.Command([RenameScene.Source, RenameScene.Target, "--yes"]));
        await RenameTests.WaitAsync(() => scene.Proxy.Count(S3Operation.CopyObject) > 0);

        var second = await scene.RunAsync(source, target, "--yes");

        Assert.Equal(11, second.ExitCode);
        Assert.Contains("another run holds", second.Error, StringComparison.Ordinal);
        Assert.Contains($"process {first.ProcessId.ToString(CultureInfo.InvariantCulture)} on {Environment.MachineName}", second.Error, StringComparison.Ordinal);
        hold.Release(100);
        Assert.Equal(0, (await first.WaitAsync(Ct)).ExitCode);
    }

    [Fact]
    public async Task A_killed_run_holds_nothing()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        using var hold = new SemaphoreSlim(0);
        scene.Proxy.On(S3Operation.CopyObject, _ => true, _ => hold.WaitAsync(Ct));
        await using var first = ToolProcess.Start(scene.Command([RenameScene.Source, RenameScene.Target, "--yes"]));
        await RenameTests.WaitAsync(() => scene.Proxy.Count(S3Operation.CopyObject) > 0);
        first.Kill();
        hold.Release(100);
        scene.Proxy.Heal();
        // The lock goes with the last of its threads, and what it had asked for is still being answered.
        await first.WaitAsync(Ct);
        await scene.Proxy.SettledAsync(Ct);

        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public async Task A_journal_whose_last_line_is_torn_is_gone_on_with(double kept)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        var path = await InterruptedJournalAsync(scene);
        var bytes = await File.ReadAllBytesAsync(path, Ct);
        var last = Array.LastIndexOf(bytes, (byte)'\n', bytes.Length - 2) + 1;
        await File.WriteAllBytesAsync(path, bytes[..(last + (int)((bytes.Length - 1 - last) * kept))], Ct);

        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);

        Assert.Equal(path, Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)));
        var lines = await File.ReadAllLinesAsync(path, Ct);
        Assert.All(lines, line => Assert.NotNull(System.Text.Json.JsonDocument.Parse(line)));
        Assert.Contains("\"type\":\"run_resumed\"", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.Contains("\"type\":\"run_finished\"", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_is_damaged_inside_refuses_and_names_the_line()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        var path = await InterruptedJournalAsync(scene);
        var lines = await File.ReadAllLinesAsync(path, Ct);
        lines[1] = lines[1][..10];
        await File.WriteAllLinesAsync(path, lines, Ct);
        var before = await scene.EverythingAsync();

        var result = await scene.MoveAsync("-r");

        Assert.Equal(15, result.ExitCode);
        Assert.Contains($"journal {path} is damaged in line 2", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await scene.EverythingAsync());

        File.Move(path, path + ".damaged");
        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);
    }

    /// <summary>A run that was killed during the copy.</summary>
    private static async Task<string> InterruptedJournalAsync(RenameScene scene)
    {
        scene.Proxy.On(S3Operation.CopyObject, number => number == 3, exchange => exchange.AnswerAsync(403, "AccessDenied"));
        Assert.Equal(12, (await scene.MoveAsync("-r")).ExitCode);
        return Directory.GetFiles(Path.Combine(scene.State, "runs")).Single();
    }
}
