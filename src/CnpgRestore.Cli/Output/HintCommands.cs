using System.CommandLine;
using System.Text.RegularExpressions;
using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Cli.Output;

/// <summary>
/// Commands in a hint that go on with a run, or take it back. They are copied as they stand, so they reach the cluster and the bucket by the options by
/// which this command line has reached them.
/// </summary>
static partial class HintCommands
{
    private static readonly string[] Reaching = ["--kubeconfig", "--context", "--bucket", "--endpoint", "--provider", "--endpoint-ca"];

    public static string? Complete(string? hint, ParseResult parse)
    {
        var words = Arg.Words(parse, parse.CommandResult.Command.Options.Where(option => Reaching.Contains(option.Name))).Select(CommandText.Quote).ToList();
        return hint is null || words.Count == 0 ? hint : OfRun().Replace(hint, found => $"{found.Value} {string.Join(' ', words)}");
    }

    [GeneratedRegex(@"cnpg-restore runs (?:resume|undo|commit) [\w-]+(?: -n [\w.-]+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfRun();
}
