using System.Text.RegularExpressions;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>Whoever follows a hint at 03:00 must not meet "unrecognized command": every command in a string of the sources parses.</summary>
public sealed partial class HintTests
{
    public static TheoryData<string, string> Commands
    {
        get
        {
            var commands = new TheoryData<string, string>();
            var sources = Path.Combine(TestEnvironment.Repository, "src");
            foreach (var file in Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                foreach (var line in File.ReadLines(file).Where(IsText))
                {
                    foreach (Match match in Command().Matches(line))
                    {
                        // What is filled in at run time is one word; "NAME ..." and <NAME> stand for one too.
                        var words = Placeholder().Replace(match.Value, "x").Split(' ', StringSplitOptions.RemoveEmptyEntries);
                        commands.Add(Path.GetFileName(file), string.Join(' ', words.TakeWhile(word => word != "...")).TrimEnd('.', ',', ')'));
                    }
                }
            }

            return commands;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_in_a_message_is_one_that_exists(string file, string command)
    {
        var arguments = command.Split(' ').Skip(1);
        // Help is printed without the arguments that a run needs; anything else is only parsed.
        string[] words = command.EndsWith(" --help", StringComparison.Ordinal) ? [.. arguments] : ["[diagram]", .. arguments];

        var result = await ToolProcess.RunAsync(new ToolCommand(NativeProgram.Path, words), TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, $"{file}: {command}\n{result.Error}");
    }

    // No comments; and no line that puts a subcommand together, whose result ManifestHintsTests parse.
    private static bool IsText(string line) =>
        !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Contains("cnpg-restore manifest {", StringComparison.Ordinal);

    // The program, then a verb or an option, up to the end of the literal, a quote within it, or the next clause.
    [GeneratedRegex("(?<=[\"'(: ])cnpg-restore (?=[a-z-]{4})[^'\";|&(,]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Command();

    [GeneratedRegex(@"\{[^{}]*\}|<[^<>]*>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
