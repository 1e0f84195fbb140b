using System.Text;
using System.Text.RegularExpressions;

namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>The catalogue as <c>docs/troubleshooting.md</c>; <c>make docs</c> writes it, a test compares it.</summary>
public static partial class TroubleshootingPage
{
    private const string Intro = """
        # Troubleshooting

        Every error that `cnpg-restore doctor` knows, by the words that it shows itself with: what it means, and what repairs it. doctor finds out which of
        them a Cluster has, with the evidence, and prints the command with all names filled in:

        ```sh
        cnpg-restore doctor CLUSTER -n NAMESPACE
        ```

        The first three chapters are the list of the restore runbook. *Broken*: something does not work now; *warning*: the next disaster will be worse for it;
        *note*: good to know. This page is written by `make docs` from the program's own catalogue.

        """;

    public static string Write()
    {
        var page = new StringBuilder(Intro);
        foreach (var (heading, ailments) in Ailments.Chapters)
        {
            page.Append('\n').Append("## ").Append(heading).Append('\n');
            foreach (var ailment in ailments)
            {
                Append(page, ailment);
            }
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, Ailment ailment)
    {
        page.Append("\n### ").Append(Escaped(ailment.Title)).Append("\n\n");
        if (ailment.SeenAs is { Count: > 0 } seen)
        {
            page.Append("Also seen as: ").AppendJoin(", ", seen.Select(words => $"`{words}`")).Append(".\n\n");
        }

        page.Append("*Cause.* ").Append(Escaped(ailment.Cause)).Append("\n\n*Repair.* ").Append(Escaped(ailment.Repair)).Append('\n');
        if (ailment.Command is { } command)
        {
            page.Append("\n```sh\n").Append(Placeholder().Replace(command, match => match.Groups["name"].Value.ToUpperInvariant())).Append("\n```\n");
        }

        page.Append("\n`").Append(ailment.Id).Append("`, ").Append(ailment.Severity.ToString().ToLowerInvariant()).Append('\n');
    }

    // What Markdown would take for emphasis, or for a tag.
    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("<", "\\<", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    [GeneratedRegex(@"\{(?<name>[a-z]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
