using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>advise CLUSTER</c>: which way to go, from measurements.</summary>
static class AdviseCommand
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    public static Command Create(TimeProvider clock)
    {
        var cluster = new Argument<string?>("CLUSTER")
        {
            Description = "Name of the Cluster, for example postgres-v17; it may be broken, or gone. Without it, and without --file, Kubernetes is not asked.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var files = new Option<string[]>("--file", "-f") { Description = "Manifest of the Cluster, which names the bucket where the Cluster is gone; again for files that belong to it.", HelpName = "FILE" };
        var server = Arg.ServerFolder("--server", "Server folder in the bucket. Default: the one that the Cluster names, or the only one.");
        var dumps = new Option<string?>("--dumps") { Description = "Folder of SQL dumps, such as a mounted NFS share; or one dump.", HelpName = "PATH" };
        var target = TimeOption.Create("--target-time", "The moment before a mistake; the offset is required. Default: as far as there is data.");
        var want = Arg.Choice<Wish>(
            "--want", [], "What no measurement shows: the data is to be inspected or changed first, or the new Cluster is to be another one.", "inspect", "migrate");
        var timeout = Arg.Length("--timeout", "Longest time for each of the looks: Kubernetes, bucket, dumps. Default: 30s.", "10m");
        var kubernetes = new KubernetesOptions();
        var store = new StoreOptions();

        var command = new Command("advise", """
            Show your options when a database is gone: what its bucket and its dumps restore, lose and take, and the commands.

            Start here when a database is gone. Kubernetes, bucket and dumps are looked at side by side; what cannot be looked at is reported
            and stops nothing. Nothing is changed.

            Exit codes: 0 there is a way, 2 nothing to look at is named, 10 there is none.

            Examples:
              # All that is known of a Cluster: Kubernetes, its bucket, a folder of dumps
              cnpg-restore advise postgres-v17 -n db --dumps /mnt/dumps
              # Kubernetes is gone; the manifest is in Git
              cnpg-restore advise -f clusters/postgres.yaml
            """) { cluster, files, server, dumps, target, want, timeout };
        kubernetes.AddTo(command);
        store.AddTo(command);
        command.Check(result =>
        {
            var namesBucket = result.GetResult(server) is not null || store.IsIn(result);
            if (result.GetValue(cluster) is null && result.GetResult(files) is null && result.GetResult(dumps) is null && !namesBucket)
            {
                result.AddError("advise needs CLUSTER, or --file, or --server, or --dumps.");
            }
        });
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var request = new AdviceRequest
            {
                Cluster = parse.GetValue(cluster),
                Files = parse.GetValue(files) ?? [],
                Server = parse.GetValue(server),
                NamesBucket = store.IsGiven(parse) || (parse.GetResult(server) is not null && parse.GetResult(files) is null && parse.GetValue(cluster) is null),
                Target = parse.GetValue(target),
                Wish = parse.GetValue(want),
                Dumps = parse.GetValue(dumps),
                Limit = parse.GetValue(timeout)?.Value ?? DefaultLimit,
                KubernetesWords = [.. kubernetes.Words(parse)],
                StoreWords = [.. store.Words(parse)],
                Route = store.Route(parse),
            };
            var isAsked = request.Cluster is not null || request.Files.Count > 0;
            var sources = new AdviceSources(
                isAsked ? () => kubernetes.Connect(parse, clock) : null,
                manifest => manifest is null ? store.Open(parse, clock) : store.Open(parse, clock, manifest),
                clock) { PastLoads = PastLoads.Read(EnvironmentVariables.StateFolder) };
            if (session.IsTerminal && !session.Quiet)
            {
                session.Progress.Line($"looking at {(isAsked ? "Kubernetes, " : "")}the bucket and the dumps, for {Spoken.Duration(request.Limit)} at most ...");
            }

            var answer = await new Advisor(request, sources).RunAsync(ct);
            AdviceOutput.Write(session, answer);
            return answer.Recommended is null ? (int)ProblemCode.NotFound : 0;
        });
        return command;
    }
}
