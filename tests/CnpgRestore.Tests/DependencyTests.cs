using System.Text.RegularExpressions;

namespace CnpgRestore.Tests;

/// <summary>The arrows between the folders of the library point down, as <c>docs/design/README.md</c> draws them.</summary>
public sealed partial class DependencyTests
{
    // A folder may use folders of a lower floor, and those named behind it.
    private static readonly Dictionary<string, (int Floor, string[] Also)> House = new(StringComparer.Ordinal)
    {
        ["Postgres"] = (0, []),
        ["ObjectStore"] = (0, []),
        ["Yaml"] = (0, []),
        ["Compression"] = (0, []),
        ["Barman"] = (1, []),
        ["Dumps"] = (1, []),
        ["Databases"] = (1, ["Dumps"]),
        ["Manifests"] = (1, ["Barman"]),
        ["Kubernetes"] = (1, []),
        ["LocalRestore"] = (2, []),
        ["Plans"] = (3, []),
        ["Runs"] = (4, []),
        ["Diagnosis"] = (4, ["Runs"]),
    };

    [Fact]
    public void Every_folder_uses_only_what_lies_below_it()
    {
        var wrong = new List<string>();
        foreach (var file in SourceFiles())
        {
            var folder = Path.GetRelativePath(Library, file).Split('/')[0];
            Assert.True(House.ContainsKey(folder), $"{folder} has no floor yet: say in this test and in docs/design where it stands");
            var (floor, also) = House[folder];
            foreach (Match match in Namespace().Matches(File.ReadAllText(file)))
            {
                var used = match.Groups["folder"].Value;
                if (used != folder && House.TryGetValue(used, out var other) && other.Floor >= floor && !also.Contains(used))
                {
                    wrong.Add($"{Path.GetRelativePath(Library, file)} uses {used}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Only_Barman_knows_key_names()
    {
        var words = KeyNames();
        var wrong = SourceFiles().Where(file => !file.StartsWith(Path.Combine(Library, "Barman"), StringComparison.Ordinal) && words.IsMatch(CodeOf(file)));
        Assert.Empty(wrong.Select(file => Path.GetRelativePath(Library, file)));
    }

    private static string Library { get; } = FindLibrary();

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories).Where(file => Path.GetRelativePath(Library, file).Contains('/', StringComparison.Ordinal));

    /// <summary>Without comments; a plan may describe a key to a person.</summary>
    private static string CodeOf(string file) =>
        string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    private static string FindLibrary()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "src", "CnpgRestore")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the sources are not above the test");
        }

        return Path.Combine(folder, "src", "CnpgRestore");
    }

    [GeneratedRegex(@"CnpgRestore\.(?<folder>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex("\"(base|wals|backup\\.info|data\\.tar)\"|\"/?(base|wals)/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyNames();
}
