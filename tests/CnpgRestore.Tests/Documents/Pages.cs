namespace CnpgRestore.Tests.Documents;

/// <summary>The documents of the repository.</summary>
static class Pages
{
    public static string Repository { get; } = FindRepository();

    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(Repository, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository, "docs"), "*.md", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);

    /// <summary>Its blocks of one language, between the fences.</summary>
    public static IEnumerable<string> Blocks(string text, string language)
    {
        List<string>? block = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (block is not null)
                {
                    yield return string.Join('\n', block);
                }

                block = block is null && line == $"```{language}" ? [] : null;
            }
            else
            {
                block?.Add(line);
            }
        }
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "docs", "design")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the documents are not above the test");
        }

        return folder;
    }
}
