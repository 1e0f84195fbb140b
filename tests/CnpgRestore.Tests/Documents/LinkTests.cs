using System.Text.RegularExpressions;

namespace CnpgRestore.Tests.Documents;

/// <summary>A link in a document leads to a file that is there, and to a heading that is in it.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_between_the_documents_leads_somewhere()
    {
        var dead = new List<string>();
        foreach (var page in Pages.All)
        {
            foreach (Match match in Link().Matches(WithoutCode(File.ReadAllText(page))))
            {
                var (path, heading) = (match.Groups["path"].Value, match.Groups["heading"].Value);
                var target = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
                if (!Path.Exists(target) || (heading.Length > 0 && !Headings(target).Contains(heading)))
                {
                    dead.Add($"{Path.GetRelativePath(Pages.Repository, page)}: {match.Value}");
                }
            }
        }

        Assert.Empty(dead);
    }

    [Fact]
    public void Every_page_for_people_is_linked_from_the_first_one()
    {
        var first = File.ReadAllText(Path.Combine(Pages.Repository, "README.md"));

        var pages = Directory.EnumerateFiles(Path.Combine(Pages.Repository, "docs"), "*.md").Select(page => $"docs/{Path.GetFileName(page)}");

        Assert.All(pages, page => Assert.Contains($"({page})", first, StringComparison.Ordinal));
    }

    /// <summary>As GitHub and GitLab make them: small letters, blanks as dashes, no other signs.</summary>
    private static HashSet<string> Headings(string page) =>
        [.. Heading().Matches(WithoutCode(File.ReadAllText(page))).Select(match => Signs().Replace(match.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    private static string WithoutCode(string text) => Fence().Replace(text, "");

    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<path>[^)#\s]*)(#(?<heading>[^)\s]+))?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Signs();

    [GeneratedRegex("^ *```.*?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fence();
}
