using System.CommandLine;
using System.Text.RegularExpressions;
using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Cli.Output;

/// <summary>
/// Commands in a hint that go on with a run or take it back, or look at the database of a Cluster. They are copied as they stand, so they reach the cluster and
/// the bucket by the options by which this command line has reached them.
/// </summary>
static partial class HintCommands
{
    private static readonly string[] Kubernetes = ["--kubeconfig", "--context"];
    private static readonly string[] Reaching = [.. Kubernetes, "--bucket", "--endpoint", "--provider", "--endpoint-ca"];

    public static string? Complete(string? hint, ParseResult parse) =>
        hint is null ? null : Complete(Complete(hint, OfRun(), parse, Reaching), OfDatabase(), parse, Kubernetes);

    private static string Complete(string hint, Regex commands, ParseResult parse, string[] reaching)
    {
        var words = Arg.Words(parse, parse.CommandResult.Command.Options.Where(option => reaching.Contains(option.Name))).Select(CommandText.Quote).ToList();
        return words.Count == 0 ? hint : commands.Replace(hint, found => $"{found.Value} {string.Join(' ', words)}");
    }

    [GeneratedRegex(@"cnpg-restore runs (?:resume|undo|commit) [\w-]+(?: -n [\w.-]+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfRun();

    [GeneratedRegex(@"cnpg-restore (?:verify|sequences) [\w.-]+ -n [\w.-]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfDatabase();
}
