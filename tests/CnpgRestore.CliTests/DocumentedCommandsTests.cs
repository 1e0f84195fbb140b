using System.Globalization;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>
/// Every line of a <c>sh</c> block in the documents that begins with <c>cnpg-restore</c> is given to the shell, and the program's parser
/// must accept what arrives. A block that is no command to type is fenced as <c>text</c>.
/// </summary>
public sealed class DocumentedCommandsTests
{
    public static TheoryData<string, string> Commands
    {
        get
        {
            var commands = new TheoryData<string, string>();
            foreach (var document in Documents())
            {
                foreach (var (line, command) in CommandsIn(File.ReadAllLines(document)))
                {
                    var name = Path.GetRelativePath(TestEnvironment.Repository, document);
                    commands.Add(string.Create(CultureInfo.InvariantCulture, $"{name}:{line}"), command);
                }
            }

            return commands;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_program_understands_every_documented_command_line(string place, string command)
    {
        // [diagram] parses and runs nothing; what stands behind && in the same line is another program's.
        var script = $$"""cnpg-restore() { "{{NativeProgram.Path}}" '[diagram]' "$@"; }; kubectl() { true; }; set -euo pipefail; {{command}}""";

        var result = await ToolProcess.RunAsync(new ToolCommand("bash", "-c", script), TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, $"{place}: {command}\n{result.Error}");
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(TestEnvironment.Repository, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(TestEnvironment.Repository, "docs"), "*.md", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<(int Line, string Command)> CommandsIn(string[] lines)
    {
        var inShell = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inShell = lines[i].Trim() == "```sh";
            }
            else if (inShell && lines[i].StartsWith("cnpg-restore ", StringComparison.Ordinal))
            {
                var first = i;
                var command = lines[i];
                while (command.EndsWith('\\'))
                {
                    command = command[..^1] + lines[++i].Trim();
                }

                yield return (first + 1, command);
            }
        }
    }
}
