using System.CommandLine;
using System.Text.RegularExpressions;
using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Cli.Output;

/// <summary>
/// Commands in a hint are copied as they stand, so they reach the cluster and the bucket by the options by which this command line has reached them.
/// </summary>
static partial class HintCommands
{
    /// <summary>How Kubernetes and the store are reached.</summary>
    private static readonly string[] Reaching = ["--namespace", "--kubeconfig", "--context", "--endpoint", "--provider", "--endpoint-ca"];

    /// <summary>Where a dump is: of these only what reads dumps has need, and its path is within the volume.</summary>
    private static readonly string[] Volumes = ["--nfs", "--pvc", "--host-path"];

    /// <summary>Which bucket is meant: a hint that names one of these means another one.</summary>
    private static readonly string[] Naming = ["--bucket", ClusterOption, "--file"];

    private const string ClusterOption = "--cluster";
    private const string HelpOption = " --help";
    private const string ClusterArgument = "CLUSTER";
    private const string DumpsCommand = "cnpg-restore dumps ";

    public static string? Complete(string? hint, ParseResult parse)
    {
        var given = parse.CommandResult.Command.Options.Where(option => ((string[])[.. Reaching, .. Naming, .. Volumes]).Contains(option.Name) && parse.GetResult(option) is { Implicit: false }).ToList();
        var cluster = parse.CommandResult.Command.Arguments.FirstOrDefault(argument => argument.Name == ClusterArgument) is { } named ? parse.GetResult(named) is { Tokens: [var token, ..] } ? token.Value : null : null;
        return hint is null || (given.Count == 0 && cluster is null) ? hint : Command().Replace(hint, found => Complete(found.Value, given, cluster, parse));
    }

    private static string Complete(string text, IReadOnlyList<Option> given, string? cluster, ParseResult parse)
    {
        if (text.EndsWith(HelpOption, StringComparison.Ordinal))
        {
            return text;
        }

        var hinted = parse.RootCommandResult.Command.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);
        if (hinted.Errors.Count > 0)
        {
            // Words that belong to the sentence.
            return text;
        }

        var known = hinted.CommandResult.Command.Options;
        var said = known.Where(option => hinted.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
        var isOfDumps = text.StartsWith(DumpsCommand, StringComparison.Ordinal);
        if (isOfDumps && given.Any(option => Volumes.Contains(option.Name)))
        {
            text = MountedPath().Replace(text, "");
        }

        var missing = given.Where(option => (isOfDumps || !Volumes.Contains(option.Name)) && known.Any(other => other.Name == option.Name) && !said.Contains(option.Name) && !(Naming.Contains(option.Name) && said.Intersect(Naming).Any()));
        // A command that is about a Cluster has found the bucket by it.
        var bucket = cluster is not null && known.Any(option => option.Name == ClusterOption) && !said.Intersect(Naming).Any() && !given.Any(option => Naming.Contains(option.Name))
            ? (string[])[ClusterOption, cluster]
            : [];
        return string.Join(' ', bucket.Concat(Arg.Words(parse, missing)).Select(CommandText.Quote).Prepend(text));
    }

    // The folder where a pod mounts the volume (ReaderPod.Mount), which nobody else knows.
    [GeneratedRegex(" /dumps(?:$|(?= ))|(?<= )/dumps/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MountedPath();

    // Up to the end of the hint, a quote, or the next clause; for runs up to the name and the namespace, behind which a sentence may go on.
    [GeneratedRegex(
        @"cnpg-restore (?:runs (?:resume|undo|commit) [\w-]+(?: -n [\w.-]+)?|(?:backups|dumps|rename|prune|drill|from-backup|from-dump|verify|sequences|apps|doctor|advise) [^'"";|&(,\r\n]*[^'"";|&(,\r\n\s.:])",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Command();
}
