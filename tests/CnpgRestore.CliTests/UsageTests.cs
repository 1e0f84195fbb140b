using System.Text.RegularExpressions;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>A command line that is cut short or mistyped is answered by a sentence and exit code 2, whatever the command.</summary>
public sealed partial class UsageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Commands =>
    [
        "advise", "doctor", "backups list", "backups show", "backups check", "from-backup", "from-dump", "rename", "prune", "manifest recovery", "manifest initdb",
        "dumps list", "dumps inspect", "verify", "sequences", "apps list", "apps stop", "apps start", "drill", "runs list", "runs show", "runs resume", "runs undo", "runs commit",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task An_option_without_its_value_is_a_mistake_of_usage(string command)
    {
        var options = await OptionsAsync(command);
        Assert.NotEmpty(options);

        foreach (var option in options)
        {
            // Parsed only: nothing of the command runs, even if the parser should take it.
            var result = await RunAsync(["[diagram]", .. command.Split(' '), "x", option]);
            Assert.True(result.ExitCode == 2 && result.Error.StartsWith("error:", StringComparison.Ordinal) && result.Error.Contains("hint:", StringComparison.Ordinal), $"{option}: exit code {result.ExitCode}\n{result.Output}{result.Error}");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_begins_with_examples_and_names_each_option_once(string command)
    {
        var help = (await RunAsync([.. command.Split(' '), "--help"])).Succeeded().Output;

        var options = Option().Matches(help).Select(match => match.Value).ToList();
        Assert.Equal(options.Distinct(), options);
        var example = help.IndexOf($"\n    cnpg-restore {command}", StringComparison.Ordinal);
        Assert.True(example > 0 && example < help.IndexOf("\nUsage:", StringComparison.Ordinal), help);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_in_a_pipe_has_lines_that_can_be_read(string command)
    {
        var help = (await RunAsync([.. command.Split(' '), "--help"])).Succeeded().Output;

        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Fact]
    public async Task The_list_of_commands_leaves_room_for_what_they_do()
    {
        var help = (await RunAsync(["--help"])).Succeeded().Output;

        var commands = help[help.IndexOf("\nCommands:", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        // A summary that is longer than the line goes on below itself.
        Assert.All(commands.Where(line => !line.StartsWith("   ", StringComparison.Ordinal)), line => Assert.True(Description().Match(line) is { Success: true, Index: < 40 }, line));
    }

    [Theory]
    [InlineData("rename a b --parallel many", "--parallel takes a number from 1 to")]
    [InlineData("from-dump --to postgres://x/y --local . --jobs 0", "--jobs takes a number from 1 to")]
    [InlineData("backups check --target-time 2026-03-01T10:00:00", "has no offset, so --target-time could mean several moments: write 2026-03-01T10:00:00Z for UTC")]
    [InlineData("backups check --target-time yesterday", "expected something like 2026-03-01T10:00:00Z")]
    [InlineData("from-backup x --apply sometimes", "choose one of api, git, none")]
    [InlineData("from-dump x --local . --strategy best", "choose one of fresh, swap, clean, append")]
    [InlineData("verify", "verify needs either CLUSTER or --to postgres://")]
    [InlineData("verify x --to postgres://x/y", "name CLUSTER or --to, not both")]
    [InlineData("verify --to postgres://x/y --dump z --pvc dumps", "--nfs, --pvc and --host-path go with CLUSTER and --dump")]
    [InlineData("verify x --pvc dumps", "--nfs, --pvc and --host-path go with CLUSTER and --dump")]
    [InlineData("sequences --fix", "sequences needs either CLUSTER or --to postgres://")]
    [InlineData("sequences x --to postgres://x/y", "name CLUSTER or --to, not both")]
    [InlineData("from-dump --local .", "from-dump needs either CLUSTER or --to postgres://")]
    [InlineData("from-dump x --to postgres://x/y --local .", "name CLUSTER or --to, not both")]
    [InlineData("rename a a", "source and target are the same folder, a")]
    [InlineData("from-backup x --report /nowhere/x.html", "the folder of --report /nowhere/x.html does not exist")]
    [InlineData("runs resume x --report /nowhere/x.html", "the folder of --report /nowhere/x.html does not exist")]
    [InlineData("drill --report /nowhere/x.html", "the folder of --report /nowhere/x.html does not exist")]
    [InlineData("doctor x --report /nowhere/x.tar.gz", "the folder of --report /nowhere/x.tar.gz does not exist")]
    [InlineData("drill --report /tmp", "--report /tmp is a folder; name a file in it")]
    [InlineData("verify x --save /nowhere/x.json", "the folder of --save /nowhere/x.json does not exist")]
    [InlineData("backups list --server ../x -b file:///x", "'../x' is not a folder name for --server")]
    [InlineData("manifest recovery -f x --archive-name a/b", "'a/b' is not a folder name for --archive-name")]
    public async Task A_value_that_is_none_of_its_option_is_explained(string line, string words)
    {
        var result = await RunAsync(line.Split(' '));

        Assert.True(result.ExitCode == 2, $"exit code {result.ExitCode}\n{result.Error}");
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backup list", "unknown command 'backup' for cnpg-restore", "did you mean 'cnpg-restore backups'?")]
    [InlineData("runs resum x", "unknown command 'resum' for cnpg-restore runs", "did you mean 'cnpg-restore runs resume'?")]
    [InlineData("rename --dryrun b -b file:///x", "unknown option --dryrun for cnpg-restore rename", "did you mean --dry-run?")]
    [InlineData("from-dump --to postgres://a/b --dumps x", "unknown option --dumps for cnpg-restore from-dump", "did you mean --dump?")]
    [InlineData("backups list --server -o", "--server has no value", "-o stands where it should be")]
    [InlineData("from-backup pg -n --dry-run", "-n has no value", "hint:   cnpg-restore from-backup --help\n")]
    [InlineData("backups list --server= -b file:///x", "--server has no value", "a variable of the shell may not be set")]
    [InlineData("backups list --server  -b file:///x", "--server has an empty value", "a variable of the shell may not be set")]
    [InlineData("from-backup  --dry-run", "CLUSTER has an empty value", "a variable of the shell may not be set")]
    [InlineData("rename  b -b file:///x", "SOURCE has an empty value", "a variable of the shell may not be set")]
    [InlineData("-n database from-backup pg", "-n stands in the wrong place", "cnpg-restore from-backup ... -n ...")]
    [InlineData("--verison", "unknown option --verison for cnpg-restore", "did you mean --version?")]
    [InlineData("help nothing", "unknown command 'nothing' for cnpg-restore", null)]
    public async Task A_misspelt_word_is_named_with_what_was_perhaps_meant(string line, string error, string? detail)
    {
        var result = await RunAsync(line.Split(' '));

        Assert.True(result.ExitCode == 2, $"exit code {result.ExitCode}\n{result.Error}");
        Assert.Contains($"error:  {error}\n", result.Error, StringComparison.Ordinal);
        Assert.Contains(detail ?? "", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "from-backup")]
    [InlineData("backups", "check")]
    public async Task A_line_without_its_command_lists_the_commands_and_is_no_success(string line, string command)
    {
        var result = await RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (result.ExitCode, result.Error));
        Assert.Contains($"\n  {command} ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01 10:00:00+00")]
    [InlineData("2026-03-01 12:00:00.123456+02")]
    [InlineData("2026-03-01 10:00:00 UTC")]
    [InlineData("2026-03-01T10:00:00-05:30")]
    public async Task A_moment_may_be_written_as_psql_prints_it(string moment) =>
        Assert.Equal(0, (await RunAsync(["[diagram]", "backups", "check", "--target-time", moment])).ExitCode);

    [Fact]
    public async Task A_hint_asks_the_bucket_that_was_asked()
    {
        using var bucket = new TemporaryFolder("a bucket");
        Directory.CreateDirectory(Path.Combine(bucket.Path, "postgres-v15", "base", "20260301T020000"));
        await File.WriteAllTextAsync(Path.Combine(bucket.Path, "postgres-v15", "base", "20260301T020000", "backup.info"), "status=FAILED\n", Ct);

        var result = await RunAsync(["backups", "list", "-b", $"file://{bucket.Path}", "--server", "nope", "--endpoint-ca", "ca.pem"]);

        Assert.Equal(10, result.ExitCode);
        Assert.Contains($"hint:   cnpg-restore backups list --server postgres-v15 -b 'file://{bucket.Path}' --endpoint-ca ca.pem\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_a_server_folder_itself_is_told_with_the_one_above()
    {
        using var bucket = new TemporaryFolder("inside");
        Directory.CreateDirectory(Path.Combine(bucket.Path, "postgres-v15", "base", "20260301T020000"));
        await File.WriteAllTextAsync(Path.Combine(bucket.Path, "postgres-v15", "base", "20260301T020000", "backup.info"), "status=FAILED\n", Ct);

        var result = await RunAsync(["backups", "list", "-b", $"file://{bucket.Path}/postgres-v15"]);

        Assert.Equal(10, result.ExitCode);
        Assert.Contains($"hint:   cnpg-restore backups list --bucket file://{bucket.Path} --server postgres-v15\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_cannot_be_listed_is_named()
    {
        var command = new ToolCommand(NativeProgram.Path, ["backups", "list", "-b", "s3://orders", "-e", "http://127.0.0.1:1"]) with
        {
            Environment = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "x", ["AWS_SECRET_ACCESS_KEY"] = "x" },
        };

        var result = await ToolProcess.RunAsync(command, Ct);

        Assert.Equal(13, result.ExitCode);
        Assert.Contains("while asking for the list of s3://orders/\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_a_command_too() =>
        Assert.Equal((await RunAsync(["backups", "list", "--help"])).Succeeded().Output, (await RunAsync(["help", "backups", "list"])).Succeeded().Output);

    /// <summary>Those of the command's help that take a value.</summary>
    private static async Task<IReadOnlyList<string>> OptionsAsync(string command)
    {
        var help = (await RunAsync([.. command.Split(' '), "--help"])).Succeeded();
        return [.. ValueOption().Matches(help.Output).Select(match => match.Value)];
    }

    private static Task<ToolResult> RunAsync(string[] words) => ToolProcess.RunAsync(new ToolCommand(NativeProgram.Path, words), Ct);

    [GeneratedRegex("(?<=^  (-[a-z], )?)--[a-z-]+(?=( \\(REQUIRED\\))? <)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValueOption();

    [GeneratedRegex("(?<=^  (-[^-], )*)--[a-z-]+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Option();

    [GeneratedRegex("(?<=^  [a-z].*  +)[A-Z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Description();
}
