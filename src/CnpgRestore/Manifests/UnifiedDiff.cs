using System.Text;
using DiffPlex;
using DiffPlex.Chunkers;
using DiffPlex.Model;
using static System.FormattableString;

namespace CnpgRestore.Manifests;

/// <summary>
/// The difference of two texts as <c>diff -u</c> prints it and <c>patch</c> and <c>git apply</c> read it. Line ends are part of the lines, so a
/// file with CRLF, or without a last line break, is patched correctly.
/// </summary>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>Empty where the texts are the same.</summary>
    public static string Create(string before, string after, string path)
    {
        var diff = Differ.Instance.CreateDiffs(before, after, ignoreWhiteSpace: false, ignoreCase: false, new LineEndingsPreservingChunker());
        if (diff.DiffBlocks.Count == 0)
        {
            return "";
        }

        var name = path.TrimStart('/');
        var result = new StringBuilder($"--- a/{name}\n+++ b/{name}\n");
        foreach (var hunk in Hunks(diff.DiffBlocks))
        {
            WriteHunk(result, diff, hunk);
        }

        return result.ToString();
    }

    /// <summary>Changes whose context would touch belong to one hunk.</summary>
    private static List<List<DiffBlock>> Hunks(IEnumerable<DiffBlock> blocks)
    {
        var hunks = new List<List<DiffBlock>>();
        foreach (var block in blocks)
        {
            if (hunks is [.., var last] && block.DeleteStartA - (last[^1].DeleteStartA + last[^1].DeleteCountA) <= 2 * Context)
            {
                last.Add(block);
            }
            else
            {
                hunks.Add([block]);
            }
        }

        return hunks;
    }

    private static void WriteHunk(StringBuilder result, DiffResult diff, List<DiffBlock> hunk)
    {
        var lead = Math.Min(Context, hunk[0].DeleteStartA);
        var start = hunk[0].DeleteStartA - lead;
        var end = Math.Min(diff.PiecesOld.Count, hunk[^1].DeleteStartA + hunk[^1].DeleteCountA + Context);
        var added = hunk.Sum(block => block.InsertCountB - block.DeleteCountA);
        result.Append(Invariant($"@@ -{Range(start, end - start)} +{Range(hunk[0].InsertStartB - lead, end - start + added)} @@\n"));
        var line = start;
        foreach (var block in hunk)
        {
            WriteLines(result, ' ', diff.PiecesOld, line, block.DeleteStartA);
            line = block.DeleteStartA + block.DeleteCountA;
            WriteLines(result, '-', diff.PiecesOld, block.DeleteStartA, line);
            WriteLines(result, '+', diff.PiecesNew, block.InsertStartB, block.InsertStartB + block.InsertCountB);
        }

        WriteLines(result, ' ', diff.PiecesOld, line, end);
    }

    private static void WriteLines(StringBuilder result, char sign, IReadOnlyList<string> lines, int from, int to)
    {
        for (var index = from; index < to; index++)
        {
            result.Append(sign).Append(lines[index]);
            if (!lines[index].EndsWith('\n'))
            {
                result.Append("\n\\ No newline at end of file\n");
            }
        }
    }

    // Lines count from 1; an empty range names the line in front of it.
    private static string Range(int start, int count) =>
        count == 1 ? Invariant($"{start + 1}") : Invariant($"{(count == 0 ? start : start + 1)},{count}");
}
