using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>Every hint that a refused manifest gets is a command line that the program understands.</summary>
public sealed class ManifestHintsTests
{
    private const string Hint = "hint:   cnpg-restore ";

    public static TheoryData<string> Hints =>
    [
        .. Directory.EnumerateFiles(Path.Combine(TestEnvironment.Repository, "tests", "CnpgRestore.Tests", "Golden", "manifests"), "problem", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Where(line => line.StartsWith(Hint, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Hints))]
    public async Task The_program_understands_every_hint(string hint)
    {
        // [diagram] parses and runs nothing.
        string[] args = ["[diagram]", .. hint[Hint.Length..].Split(' ')];

        var result = await ToolProcess.RunAsync(new ToolCommand(NativeProgram.Path, args), TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, $"{hint}\n{result.Error}");
    }
}
