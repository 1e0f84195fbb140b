using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CnpgRestore.Manifests;
using CsCheck;

namespace CnpgRestore.Tests.Manifests;

public sealed partial class UnifiedDiffTests
{
    private static readonly Gen<string> Text = Gen.Select(Gen.OneOf("a", "b", "c: d", "", "x\r").List[0, 25], Gen.Bool,
        (lines, finished) => string.Join('\n', lines) + (finished && lines.Count > 0 ? "\n" : ""));

    [Fact]
    public void A_diff_looks_as_diff_u_prints_it() => Assert.Equal(
        "--- a/apps/cluster.yaml\n+++ b/apps/cluster.yaml\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -9,3 +9,4 @@\n i\n j\n k\n+l\n\\ No newline at end of file\n",
        UnifiedDiff.Create("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n", "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl", "/apps/cluster.yaml"));

    [Fact]
    public void The_same_text_makes_no_diff() => Assert.Equal("", UnifiedDiff.Create("a\nb", "a\nb", "f"));

    [Fact]
    public void Applying_the_diff_gives_the_new_text() => Gen.Select(Text, Text).Sample((before, after) =>
        Assert.Equal(after, Apply(before, UnifiedDiff.Create(before, after, "f"))));

    private static string Apply(string before, string diff)
    {
        var old = SplitLines(before);
        var result = new StringBuilder();
        var next = 0;
        var lines = SplitLines(diff);
        for (var index = 2; index < lines.Length; index++)
        {
            var line = index + 1 < lines.Length && lines[index + 1][0] == '\\' ? lines[index][..^1] : lines[index];
            if (line[0] == '\\')
            {
                continue;
            }

            if (Hunk().Match(line) is { Success: true } hunk)
            {
                var start = int.Parse(hunk.Groups["start"].Value, CultureInfo.InvariantCulture) - (hunk.Groups["count"].Value == "0" ? 0 : 1);
                result.AppendJoin("", old[next..start]);
                next = start;
            }
            else if (line[0] == '+')
            {
                result.Append(line.AsSpan(1));
            }
            else
            {
                Assert.Equal(old[next], line[1..]);
                result.Append(line[0] == ' ' ? old[next] : "");
                next++;
            }
        }

        return result.AppendJoin("", old[next..]).ToString();
    }

    private static string[] SplitLines(string text) => [.. Line().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"^@@ -(?<start>\d+)(,(?<count>\d+))? \+\d+(,\d+)? @@", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hunk();

    [GeneratedRegex(@"[^\n]*\n|[^\n]+\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
