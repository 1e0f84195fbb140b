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
    [InlineData("rename a b --parallel many", "--parallel takes a number from 1 to")]
    [InlineData("from-dump --to postgres://x/y --local . --jobs 0", "--jobs takes a number from 1 to")]
    [InlineData("from-backup x --apply sometimes", "choose one of api, git, none")]
    [InlineData("from-dump x --local . --strategy best", "'fresh'")]
    [InlineData("verify", "verify needs either CLUSTER or --to postgres://")]
    [InlineData("verify x --to postgres://x/y", "verify needs either CLUSTER or --to postgres://")]
    [InlineData("verify --to postgres://x/y --dump z --pvc dumps", "--nfs, --pvc and --host-path go with CLUSTER and --dump")]
    [InlineData("verify x --pvc dumps", "--nfs, --pvc and --host-path go with CLUSTER and --dump")]
    [InlineData("sequences --fix", "sequences needs either CLUSTER or --to postgres://")]
    [InlineData("sequences x --to postgres://x/y", "sequences needs either CLUSTER or --to postgres://")]
    [InlineData("from-backup x --report /nowhere/x.html", "the folder of --report /nowhere/x.html does not exist")]
    [InlineData("runs resume x --report /nowhere/x.html", "the folder of --report /nowhere/x.html does not exist")]
    [InlineData("drill --report /nowhere/x.html", "the folder of --report /nowhere/x.html does not exist")]
    [InlineData("doctor x --report /nowhere/x.tar.gz", "the folder of --report /nowhere/x.tar.gz does not exist")]
    public async Task A_value_that_is_none_of_its_option_is_explained(string line, string words)
    {
        var result = await RunAsync(line.Split(' '));

        Assert.True(result.ExitCode == 2, $"exit code {result.ExitCode}\n{result.Error}");
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    /// <summary>Those of the command's help that take a value.</summary>
    private static async Task<IReadOnlyList<string>> OptionsAsync(string command)
    {
        var help = (await RunAsync([.. command.Split(' '), "--help"])).Succeeded();
        return [.. ValueOption().Matches(help.Output).Select(match => match.Value)];
    }

    private static Task<ToolResult> RunAsync(string[] words) => ToolProcess.RunAsync(new ToolCommand(NativeProgram.Path, words), Ct);

    [GeneratedRegex("(?<=^  (-[a-z], )?)--[a-z-]+(?=( \\(REQUIRED\\))? <)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValueOption();
}
