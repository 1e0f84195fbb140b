using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>from-dump</c>: a database comes back from an SQL dump.</summary>
static class FromDumpCommand
{
    /// <summary>Of connections at once.</summary>
    public const int MostJobs = 64;

    private const string Latest = "latest";
    private const string Fresh = "fresh";

    public static Command Create(TimeProvider clock)
    {
        var cluster = new Argument<string?>("CLUSTER")
        {
            Description = "Cluster whose database is restored, for example postgres-v17; its applications are stopped first and started last.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var keepApps = new Option<bool>("--keep-apps") { Description = "Leave the applications running; what they write until the names are swapped is lost." };
        var local = new Option<string?>("--local") { Description = "Folder of dumps on this machine, such as a mounted NFS share; or the dump itself.", HelpName = "PATH" };
        var dump = new Option<string?>("--dump")
        {
            Description = "The dump: a path, within --local where that is given; or latest, the latest complete one of --local. Default: latest.",
            HelpName = "PATH|latest",
        };
        var database = new Option<string?>("--database") { Description = "Database to restore; out of a dump of pg_dumpall, that one alone. Default: that of --to, or the application database of CLUSTER.", HelpName = "NAME" };
        var strategy = new Option<string>("--strategy")
        {
            Description = "swap: load beside the live database, prove it, swap the names. clean, append: into the live one, in one transaction. fresh: delete the Cluster, make it new, load.",
            HelpName = "fresh|swap|clean|append",
            DefaultValueFactory = _ => "swap",
        };
        strategy.AcceptOnlyFromAmong(Fresh, "swap", "clean", "append");
        var fresh = new FreshOptions();
        var volumes = new DumpVolumeOptions();
        var store = new StoreOptions();
        var engine = new Option<string?>("--engine")
        {
            Description = "parallel: SQL over several connections, indexes side by side. psql: through psql, or pg_restore. Default: parallel where it can.",
            HelpName = "psql|parallel",
        };
        engine.AcceptOnlyFromAmong("psql", "parallel");
        var jobs = Arg.Count("--jobs", ["-j"], "Connections at once. Default: the server's cores, at most 8.", MostJobs);
        var noRoles = new Option<bool>("--no-roles") { Description = "Do not create roles that are missing, even where the dump has them." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing; a Cluster without superuser access gets a role for the time of looking." };
        var checks = new SqlCheckOption();
        var server = new ServerOptions(required: false);
        var kubernetes = new KubernetesOptions();

        var command = new Command("from-dump", """
            Restore a database from an SQL dump: inspect it, load it, set sequences, compare every row count, and swap it in.

            By default the live database is not touched until the restored one is proven; it stays aside until runs commit, and runs undo
            brings it back. With fresh, the Cluster itself is deleted and made new, and there is no way back.
            Exit codes: 0 done and proven, 3 restored with differences, 10 no such dump or database, 11 another run holds the database,
            12 access denied, 13 server unreachable, 15 refused and nothing changed, 20 stopped midway, 130 interrupted.
            """) { cluster, local, dump, database, strategy, engine, jobs, keepApps, noRoles, dryRun };
        checks.AddTo(command);
        server.AddTo(command);
        kubernetes.AddTo(command);
        fresh.AddTo(command);
        volumes.AddTo(command);
        store.AddTo(command);
        command.Check(result =>
        {
            if (result.GetValue(cluster) is null == !server.IsIn(result))
            {
                result.AddError("from-dump needs either CLUSTER or --to postgres://...");
            }

            var isRemote = volumes.IsIn(result);
            if (!isRemote && result.GetValue(local) is null && result.GetValue(dump) is null or Latest)
            {
                result.AddError("from-dump needs --local FOLDER, or --dump FILE, or one of --nfs, --pvc, --host-path.");
            }

            if (isRemote && (result.GetValue(local) is not null || server.IsIn(result)))
            {
                result.AddError("--nfs, --pvc and --host-path go with CLUSTER, and without --local and --to.");
            }

            foreach (var error in volumes.Errors(result))
            {
                result.AddError(error);
            }

            var isFresh = result.GetValue(strategy) == Fresh;
            if (isFresh && result.GetValue(cluster) is null)
            {
                result.AddError("--strategy fresh needs CLUSTER.");
            }

            foreach (var error in fresh.Errors(result, isFresh))
            {
                result.AddError(error);
            }
        });
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            if (server.IsGiven(parse))
            {
                var url = server.Read(parse, session);
                await using var direct = new UrlServer(url);
                return await RunAsync(new FromDumpCarrier(session, direct, apps: null), DumpSource.Local, url.ToString(), parse.GetValue(database) ?? url.Database, defaultOwner: null, stopApps: false);
            }

            using var api = kubernetes.Connect(parse, clock);
            var name = parse.GetRequiredValue(cluster)!;
            await using var source = await DumpSource.OpenAsync(api, volumes.Read(parse), volumes.Image(parse), name, session, ct);
            if (parse.GetValue(strategy) == Fresh)
            {
                return await FreshAsync(api, source, name);
            }

            var application = await ApplicationAsync(api, name, ct);
            var restored = parse.GetValue(database) ?? application?.Database ?? throw NoApplication(name);
            var to = FromDumpServer.AddressOf(api.Namespace, name);
            await using var opened = await FromDumpServer.OpenAsync(to, session, parse, kubernetes, ct);
            return await RunAsync(new FromDumpCarrier(session, opened.Server, opened.Apps, api), source, to, restored, application?.Owner, stopApps: !parse.GetValue(keepApps));

            async Task<int> FreshAsync(KubernetesApi api, DumpSource source, string name)
            {
                var asked = fresh.Read(parse, api.Namespace, name);
                Situation? found = null;
                var begun = (await new RunRecord(api).FindAsync(api.Namespace, name, ct))?.Decision as FreshDecision;
                var target = parse.GetValue(database) ?? begun?.Dump.Database ?? (await LookAsync()).Manifest.Application?.Database ?? throw NoApplication(name);
                var request = await RequestAsync(source, FromDumpServer.AddressOf(api.Namespace, name), target, defaultOwner: null, stopApps: !parse.GetValue(keepApps));
                // The server's own database cannot be swapped; in a new one, nothing is in it.
                request = request with { Strategy = target == FromDumpPlanner.Maintenance ? LoadStrategy.Append : LoadStrategy.Swap };
                return await new FreshCarrier(session, api, store, parse).RunAsync(LookAsync, request, asked, parse.GetValue(dryRun), ct);

                async Task<Situation> LookAsync()
                {
                    found ??= await Situation.ReadAsync(
                        api, api.Namespace, name, asked.Files, $"cnpg-restore from-dump {name} -n {api.Namespace} --strategy fresh --local PATH -f cluster.yaml", ct);
                    found.DemandEveryVariable();
                    return found;
                }
            }

            async Task<int> RunAsync(FromDumpCarrier carrier, DumpSource source, string address, string target, string? defaultOwner, bool stopApps) =>
                await carrier.RunAsync(await RequestAsync(source, address, target, defaultOwner, stopApps), parse.GetValue(dryRun), ct);

            async Task<FromDumpRequest> RequestAsync(DumpSource source, string address, string target, string? defaultOwner, bool stopApps)
            {
                await checks.ReadAsync(parse, target, ct);
                return new FromDumpRequest
                {
                    Dump = await FindAsync(session, source.Place, source.PathOf(PathOf(parse.GetValue(local), parse.GetValue(dump))), target, ct),
                    Place = source.Place,
                    Volume = volumes.Read(parse)?.ToString(),
                    Image = source.Image,
                    Database = target,
                    To = address,
                    Strategy = Enum.TryParse<LoadStrategy>(parse.GetValue(strategy), ignoreCase: true, out var chosen) ? chosen : LoadStrategy.Swap,
                    Engine = parse.GetValue(engine) is { } word ? Enum.Parse<LoadEngine>(word, ignoreCase: true) : null,
                    StopApps = stopApps,
                    Jobs = parse.GetValue(jobs),
                    Owner = fresh.Owner(parse),
                    DefaultOwner = defaultOwner,
                    CreateRoles = !parse.GetValue(noRoles),
                    CheckSql = checks.Path(parse),
                };
            }
        });
        return command;
    }

    /// <summary>As it was written; null for the root of a volume.</summary>
    private static string? PathOf(string? local, string? dump) => dump is null or Latest ? local : local is null ? dump : Path.Combine(local, dump);

    /// <exception cref="RestoreException">Exit 10: there is no such Cluster. 15: it is a replica, whose server only reads.</exception>
    private static async Task<ApplicationDatabase?> ApplicationAsync(KubernetesApi api, string cluster, CancellationToken ct)
    {
        var live = await api.GetAsync(new ObjectReference(ResourceTypes.Clusters, api.Namespace, cluster), ct);
        var manifest = ClusterManifest.Read(live, _ => null);
        return manifest.Replica is { } replica
            ? throw new RestoreException(replica.ToProblem(cluster, $"the live Cluster in namespace {api.Namespace}"))
            : manifest.Application;
    }

    private static RestoreException NoApplication(string cluster) => new(
        ProblemCode.Usage, $"cluster {cluster} names no application database", "its bootstrap has none", $"cnpg-restore from-dump {cluster} --local PATH --database NAME");

    /// <summary>The dump itself, or the latest complete one of a folder.</summary>
    private static async Task<string> FindAsync(CliSession session, IDumpPlace place, string path, string database, CancellationToken ct)
    {
        if (await place.FindAsync(path, ct) is not { IsFolder: true } || await place.FindAsync(Path.Combine(path, "toc.dat"), ct) is not null)
        {
            return path;
        }

        var (folder, latest) = await (await DumpFolder.ReadAsync(place, path, ct)).FindLatestAsync(database, ct);
        foreach (var newer in folder.Dumps.TakeWhile(dump => dump.File != latest?.File).Where(dump => dump.Inspection is not null))
        {
            Pass(session, newer, latest);
        }

        return latest?.File.Path ?? throw new RestoreException(
            ProblemCode.NotFound, $"Backup file not found: {path} holds no complete dump of {database}", null, $"cnpg-restore dumps list {path} --check");
    }

    /// <summary>A broken dump is worth nothing to anybody; one that only this user may not open may be the one that is wanted.</summary>
    private static void Pass(CliSession session, KeptDump newer, KeptDump? latest)
    {
        if (newer.File.Refusal is { } refusal)
        {
            throw new RestoreException(latest is null ? refusal : refusal with { Hint = $"{refusal.Hint}; the newest that can be read is {latest.Names[0]}, which is taken when you name it" });
        }

        session.Progress.Line($"warning: {newer.Names[0]} is newer and not taken, it is {DumpsInspectDocument.Word(newer.Inspection!.State)}: {newer.Inspection.Reason}");
    }
}
