using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>The script for bash, in a real bash, as the Tab key uses it.</summary>
public sealed class CompletionTests
{
    private const string Tab =
        """
        PATH=$(dirname "$1"):$PATH
        source <(cnpg-restore completion bash)
        COMP_LINE=$2 COMP_POINT=${#2}
        read -ra COMP_WORDS <<<"$2"
        case $2 in *' ') COMP_WORDS+=('') ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _cnpg_restore
        echo "${COMPREPLY[*]}"
        """;

    [Theory]
    [InlineData("cnpg-restore from-", "from-backup from-dump")]
    [InlineData("cnpg-restore runs ", "commit list resume show undo")]
    [InlineData("cnpg-restore from-dump orders --strategy ", "append clean fresh swap")]
    [InlineData("cnpg-restore from-dump orders --strat", "--strategy")]
    [InlineData("cnpg-restore dumps list /srv/", "")]
    [InlineData("cnpg-restore completion ", "bash fish zsh")]
    public async Task Bash_completes_commands_options_and_values(string line, string expected)
    {
        var result = (await ToolProcess.RunAsync(new ToolCommand("bash", "-c", Tab, "bash", NativeProgram.Path, line), TestContext.Current.CancellationToken)).Succeeded();

        Assert.Equal(expected, result.Output.Trim());
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task The_names_of_runs_on_this_machine_are_completed()
    {
        using var state = new TemporaryFolder("state");
        Directory.CreateDirectory(Path.Combine(state.Path, "runs"));
        await File.WriteAllTextAsync(Path.Combine(state.Path, "runs", "20260301t100000z-rename-4f2a.jsonl"), "", TestContext.Current.CancellationToken);
        var tab = new ToolCommand("bash", "-c", Tab, "bash", NativeProgram.Path, "cnpg-restore runs show 2026");

        var result = (await ToolProcess.RunAsync(tab with { Environment = new Dictionary<string, string> { ["CNPG_RESTORE_STATE"] = state.Path } }, TestContext.Current.CancellationToken)).Succeeded();

        Assert.Equal(("20260301t100000z-rename-4f2a", ""), (result.Output.Trim(), result.Error));
    }

    [Theory]
    [InlineData("zsh", "compdef _cnpg_restore cnpg-restore")]
    [InlineData("fish", "complete -c cnpg-restore")]
    public async Task Other_shells_have_a_script_too(string shell, string words)
    {
        var result = (await ToolProcess.RunAsync(new ToolCommand(NativeProgram.Path, "completion", shell), TestContext.Current.CancellationToken)).Succeeded();

        Assert.Contains(words, result.Output, StringComparison.Ordinal);
    }
}
