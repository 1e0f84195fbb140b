using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary><c>runs</c> where no server need be asked: what is listed, and what is refused at once because of what a run is.</summary>
public sealed class RunsTests : IDisposable
{
    private const string Old = "postgres-v17";
    private const string New = "postgres-v17-backup";

    private readonly TemporaryFolder _folder = new("runs");
    private readonly TemporaryFolder _bucket = new("runs-bucket");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string State => Path.Combine(_folder.Path, "state");

    [Theory]
    [InlineData("resume")]
    [InlineData("undo")]
    public async Task A_rename_is_named_as_what_it_is_with_the_command_that_goes_on_and_without_a_kubeconfig(string verb)
    {
        var run = await RenameAsync("-r");
        var journal = Path.Combine(State, "runs", $"{run}.jsonl");
        var finished = await RunAsync("runs", verb, run, "--yes");
        // As a kill right before its end leaves it.
        await File.WriteAllLinesAsync(journal, (await File.ReadAllLinesAsync(journal, Ct))[..^1], Ct);

        var result = await RunAsync("runs", verb, run, "--yes");

        Assert.True(result.ExitCode == 2, result.Output + result.Error);
        Assert.Contains($"run {run} is a rename", result.Error, StringComparison.Ordinal);
        Assert.Contains($"it continues with: cnpg-restore rename -r {Old} {New} -b file://{_bucket.Path};", result.Error, StringComparison.Ordinal);
        Assert.True(finished.ExitCode == 2, finished.Output + finished.Error);
        Assert.Contains("it is finished; rename the folders the other way round to take it back", finished.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("kubeconfig", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Only_a_run_of_from_dump_is_committed()
    {
        var run = await RenameAsync();
        (string Run, string Words)[] others =
        [
            (run, "is a run of rename: only a run of from-dump can be committed"),
            ("20261122t140000z-prune-4f2a", "is a run of prune: only"),
            ("20261122t140000z-apps-stop-4f2a", "is a run of apps stop: only"),
            ("20261122t140000z-from-backup-4f2a", "is a run of from-backup: only"),
            ("20261122t140000z-from-dump-fresh-4f2a", "has made a Cluster new: nothing lies aside that could be dropped"),
        ];

        foreach (var (name, words) in others)
        {
            var result = await RunAsync("runs", "commit", name, "--yes");
            Assert.True(result.ExitCode == 2, result.Output + result.Error);
            Assert.Contains($"run {name} {words}", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("20261122t140000z-prune-4f2a", "removes a folder")]
    [InlineData("20261122t140000z-apps-start-4f2a", "has stopped or started applications")]
    [InlineData("x", "'x' is not the name of a run")]
    [InlineData("--list", "unknown option --list for cnpg-restore runs")]
    public async Task What_is_no_run_to_go_on_with_is_refused_before_anything_is_connected_to(string run, string words)
    {
        foreach (var verb in (string[])["resume", "undo"])
        {
            var result = await RunAsync("runs", verb, run);

            Assert.True(result.ExitCode == 2, result.Output + result.Error);
            Assert.Contains(words, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Listing_makes_no_folder()
    {
        var text = await RunAsync("runs", "list");
        var json = await RunAsync("runs", "list", "-o", "json");

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.Contains("Kubernetes is asked as well by: cnpg-restore runs list -n NAMESPACE", text.Output, StringComparison.Ordinal);
        Assert.Equal(0, JsonDocument.Parse(json.Output).RootElement.GetProperty("runs").GetArrayLength());
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_the_list_is_empty_and_no_failure()
    {
        // As good as a disk that is mounted for reading alone: no folder can be made below a file, not by root either.
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "", Ct);

        var result = await RunInAsync(Path.Combine(file, "state"), "runs", "list");
        var isFile = await RunInAsync(file, "runs", "list");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(12, isFile.ExitCode);
        Assert.Contains($"the state folder {file} is a file", isFile.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_this_machine_is_known_from_here()
    {
        var run = await RenameAsync();

        var text = await RunAsync("runs", "list");
        var json = JsonDocument.Parse((await RunAsync("runs", "list", "-o", "json")).Output).RootElement.GetProperty("runs")[0];

        Assert.Matches($"{run} .* finished .* here", text.Output);
        Assert.Equal((run, "rename", "finished", "here"), (Text("run"), Text("command"), Text("state"), Text("known_from")));

        string? Text(string name) => json.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_damaged_journal_hides_no_other_and_is_shown_as_what_it_is()
    {
        var run = await RenameAsync();
        await File.WriteAllTextAsync(Path.Combine(State, "runs", "20261122t140000z-prune-4f2a.jsonl"), "not a journal\n", Ct);

        var list = await RunAsync("runs", "list");
        var show = await RunAsync("runs", "show", "20261122t140000z-prune-4f2a");

        Assert.True(list.ExitCode == 0, list.Error);
        Assert.Contains(run, list.Output, StringComparison.Ordinal);
        Assert.Contains("damaged", list.Output, StringComparison.Ordinal);
        Assert.Equal(15, show.ExitCode);
        Assert.Contains("is damaged in line 1", show.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _bucket.Dispose();
    }

    /// <returns>The name of the run.</returns>
    private async Task<string> RenameAsync(params string[] options)
    {
        var wal = Path.Combine(_bucket.Path, Old, "wals", "0000000100000000", "000000010000000000000001");
        Directory.CreateDirectory(Path.GetDirectoryName(wal)!);
        await File.WriteAllTextAsync(wal, "a segment", Ct);
        (await RunAsync(["rename", Old, New, "-b", $"file://{_bucket.Path}", "--yes", .. options])).Succeeded();
        return Path.GetFileNameWithoutExtension(Directory.GetFiles(Path.Combine(State, "runs")).Single());
    }

    /// <summary>With no kubeconfig anywhere.</summary>
    private Task<ToolResult> RunAsync(params string[] arguments) => RunInAsync(State, arguments);

    private Task<ToolResult> RunInAsync(string state, params string[] arguments) => ToolProcess.RunAsync(
        NativeProgram.Command(arguments) with
        {
            Environment = new Dictionary<string, string> { ["CNPG_RESTORE_STATE"] = state, ["HOME"] = _folder.Path, ["KUBECONFIG"] = "" },
        },
        Ct);
}
