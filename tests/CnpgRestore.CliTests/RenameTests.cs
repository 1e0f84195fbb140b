using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>The folder move as a person or a script sees it.</summary>
public sealed class RenameTests(TestBed bed)
{
    private const int Segments = 30;
    private const int Objects = Segments + 6;

    private static readonly string[] Steps = ["copy-data", "copy-backup-info", "prove", "check-unchanged", "remove-source", "prove-removed"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_r_the_target_is_a_copy_and_the_source_stays()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var before = await scene.SourceAsync();

        var result = await scene.MoveAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(before, await scene.SourceAsync());
        Assert.Equal(before, await scene.TargetAsync());
        Assert.Contains("postgres-v17/ copied to postgres-v17-backup/", result.Output, StringComparison.Ordinal);
        Assert.Contains($"verified  {Objects} objects", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, scene.Proxy.Count(S3Operation.DeleteObjects));
    }

    [Fact]
    public async Task With_r_the_source_is_gone_and_nothing_else()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        await scene.PutAsync("postgres-v17-other/wals/x", "stays");
        await scene.PutAsync("postgres-v17.txt", "stays");
        var before = await scene.SourceAsync();

        var result = await scene.MoveAsync("-r");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(before, await scene.TargetAsync());
        Assert.Equal(Objects + 2, (await scene.EverythingAsync()).Count);
        Assert.Contains($"removed   {Objects} objects", result.Output, StringComparison.Ordinal);
        Assert.Equal(Objects, scene.Proxy.Count(S3Operation.CopyObject));
        Assert.Equal(0, scene.Proxy.Count(S3Operation.GetObject) + scene.Proxy.Count(S3Operation.PutObject));
    }

    [Fact]
    public async Task A_bucket_path_bounds_what_is_moved()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 0);
        await scene.S3.PutAsync(new S3Folder(scene.Bucket, "team/a/postgres-v17/"), SampleFolder.Create(2, 'a'), Ct);
        await scene.PutAsync("postgres-v17/outside", "stays");

        var result = await scene.MoveAsync("-r", "--bucket", $"s3://{scene.Bucket}/team/a");

        Assert.Equal(0, result.ExitCode);
        var everything = await scene.EverythingAsync();
        Assert.Contains("postgres-v17/outside", everything.Keys);
        Assert.Equal(8, everything.Keys.Count(key => key.StartsWith("team/a/postgres-v17-backup/", StringComparison.Ordinal)));
        Assert.Equal(9, everything.Count);
    }

    [Fact]
    public async Task Each_backup_info_is_copied_after_everything_else_and_removed_before_it()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var keysAtInfo = new List<int>();
        scene.Proxy.Inject(async exchange =>
        {
            if (exchange.Call is { Operation: S3Operation.CopyObject } call && call.Key.EndsWith("/backup.info", StringComparison.Ordinal))
            {
                keysAtInfo.Add((await scene.TargetAsync()).Keys.Count(key => !key.EndsWith("/backup.info", StringComparison.Ordinal)));
            }
        });
        var infosAtSecondDelete = -1;
        scene.Proxy.On(S3Operation.DeleteObjects, number => number == 2, async _ =>
            infosAtSecondDelete = (await scene.SourceAsync()).Keys.Count(key => key.EndsWith("/backup.info", StringComparison.Ordinal)));

        Assert.Equal(0, (await scene.MoveAsync("-r", "--parallel", "1")).ExitCode);

        Assert.Equal([Objects - 2, Objects - 2], keysAtInfo);
        Assert.Equal(0, infosAtSecondDelete);
    }

    [Fact]
    public async Task A_partial_copy_is_gone_on_with_and_told_so()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var all = await scene.SourceAsync();
        foreach (var key in all.Keys.Where((_, index) => index % 2 == 0))
        {
            await scene.S3.Client.CopyObjectAsync(scene.Bucket, $"postgres-v17/{key}", scene.Bucket, $"postgres-v17-backup/{key}", Ct);
        }

        var result = await scene.MoveAsync("-r");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"{Objects / 2} objects are in postgres-v17-backup/ already, alike: an interrupted copy continues", result.Error, StringComparison.Ordinal);
        Assert.Equal(Objects / 2, scene.Proxy.Count(S3Operation.CopyObject));
        Assert.Equal(all, await scene.TargetAsync());
        Assert.Empty(await scene.SourceAsync());
    }

    [Fact]
    public async Task A_copy_is_later_made_a_move_by_the_same_names_with_r()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var before = await scene.SourceAsync();
        Assert.Equal(0, (await scene.MoveAsync()).ExitCode);

        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);

        Assert.Equal(Objects, scene.Proxy.Count(S3Operation.CopyObject));
        Assert.Equal(before, await scene.TargetAsync());
        Assert.Empty(await scene.SourceAsync());
    }

    [Fact]
    public async Task Verify_full_reads_both_sides_and_finds_a_target_that_only_looks_equal()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        Assert.Equal(0, (await scene.MoveAsync("--verify=full")).ExitCode);
        Assert.Equal(2 * Objects, scene.Proxy.Count(S3Operation.GetObject));

        // One byte of one object, and a listing that still shows the ETag of the right content.
        const string key = "wals/00000002.history";
        var right = (await scene.TargetAsync())[key];
        await scene.PutAsync($"{RenameScene.Target}/{key}", $"A {key}");
        var wrong = (await scene.TargetAsync())[key];
        scene.Proxy.On(S3Operation.ListObjects, _ => true, async exchange =>
        {
            var answer = await exchange.ForwardAsync();
            await exchange.AnswerAsync(answer.WithText(answer.Text.Replace(wrong.Trim('"'), right.Trim('"'), StringComparison.Ordinal)));
        });

        var result = await scene.MoveAsync("-r", "--verify=full");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains($"postgres-v17-backup/{key} differs from postgres-v17/{key}", result.Error, StringComparison.Ordinal);
        Assert.Equal(Objects, (await scene.SourceAsync()).Count);
        Assert.Equal(0, scene.Proxy.Count(S3Operation.DeleteObjects));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-r")]
    public async Task A_dry_run_prints_the_steps_that_would_run_and_changes_nothing(string option)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        string[] options = option.Length > 0 ? [option] : [];
        var before = await scene.EverythingAsync();

        var dry = await scene.RunAsync([RenameScene.Source, RenameScene.Target, "--dry-run", "-o", "json", .. options]);

        Assert.Equal(0, dry.ExitCode);
        Assert.Equal(before, await scene.EverythingAsync());
        Assert.Empty(Directory.GetFiles(scene.State, "*", SearchOption.AllDirectories));
        var planned = Messages(dry.Output).Single();
        Assert.Equal("plan", Type(planned));

        var real = Messages((await scene.MoveAsync(["-o", "json", .. options])).Output);
        Assert.Equal(planned.ToString(), real[0].ToString());
        var ids = planned.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("id").GetString());
        Assert.Equal(ids, real.Where(message => Type(message) == "step_started").Select(message => message.GetProperty("step").GetString()));
        Assert.Equal(option == "-r" ? Steps : Steps[..3], ids);
    }

    [Fact]
    public async Task A_dry_run_in_text_names_each_step_and_needs_no_consent()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);

        var result = await scene.RunAsync(RenameScene.Source, RenameScene.Target, "-r", "--dry-run");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"move {Objects} objects", result.Output, StringComparison.Ordinal);
        Assert.Contains("5. remove the source (removes data)", result.Output, StringComparison.Ordinal);
        Assert.Contains("undo: cnpg-restore rename postgres-v17-backup postgres-v17", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_end_in_a_summary()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);

        var result = await scene.MoveAsync("-r", "-o", "json", "-v");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        var messages = Messages(result.Output);
        Assert.Equal(Steps, messages.Where(message => Type(message) == "step_finished").Select(message => message.GetProperty("step").GetString()));
        Assert.Equal(Objects, messages.Count(message => Type(message) == "detail"));
        var summary = messages[^1];
        Assert.Equal("summary", Type(summary));
        Assert.Equal(Objects, summary.GetProperty("objects_copied").GetInt64());
        Assert.Equal(Objects, summary.GetProperty("objects_proven").GetInt64());
        Assert.Equal(Objects, summary.GetProperty("objects_removed").GetInt64());
        Assert.Equal(Objects, summary.GetProperty("proven_by").GetProperty("ETag").GetInt64());
    }

    [Fact]
    public async Task Json_of_a_refusal_is_one_exit_error_on_stderr()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 0);

        var result = await scene.MoveAsync("-o", "json");

        Assert.Equal(10, result.ExitCode);
        Assert.Equal("", result.Output);
        var error = Messages(result.Error).Single();
        Assert.Equal("exit_error", Type(error));
        Assert.Equal(10, error.GetProperty("code").GetInt32());
        Assert.Equal("Source folder does not exist: postgres-v17", error.GetProperty("message").GetString());
        Assert.NotEqual("", error.GetProperty("hint").GetString());
    }

    [Fact]
    public async Task A_young_source_is_warned_about()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        Assert.Contains("a cluster that still archives into postgres-v17/ makes the move unsafe", (await scene.MoveAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_appears_in_output_journal_or_arguments()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        using var hold = new SemaphoreSlim(0);
        scene.Proxy.On(S3Operation.CopyObject, number => number == 1, _ => hold.WaitAsync(Ct));

        await using var running = ToolProcess.Start(scene.Command([RenameScene.Source, RenameScene.Target, "--yes", "-r", "-v"]));
        await WaitAsync(() => scene.Proxy.Count(S3Operation.CopyObject) > 0);
        var arguments = await File.ReadAllTextAsync($"/proc/{running.ProcessId}/cmdline", Ct);
        hold.Release();
        var result = await running.WaitAsync(Ct);
        var refused = await ToolProcess.RunAsync(scene.Command([RenameScene.Source, "b", "--yes", "-v"], ("AWS_SECRET_ACCESS_KEY", "SKWRONG")), Ct);

        Assert.Equal(0, result.ExitCode);
        var journal = await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(scene.State, "runs")).Single(), Ct);
        Assert.Contains("remove-source", journal, StringComparison.Ordinal);
        foreach (var text in (string[])[arguments, result.Output, result.Error, journal, refused.Output, refused.Error])
        {
            Assert.DoesNotContain(S3Server.SecretKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain("SKWRONG", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task State_is_readable_by_its_owner_only()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);
        var state = Path.Combine(scene.State, "new", "state");

        Assert.Equal(0, (await ToolProcess.RunAsync(scene.Command([RenameScene.Source, RenameScene.Target, "--yes"], ("CNPG_RESTORE_STATE", state)), Ct)).ExitCode);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(state, "runs")));
    }

    internal static async Task WaitAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), deadline.Token);
        }
    }

    private static List<JsonElement> Messages(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string? Type(JsonElement message) => message.GetProperty("message_type").GetString();
}
