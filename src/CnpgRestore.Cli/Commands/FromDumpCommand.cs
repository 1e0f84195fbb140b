using System.CommandLine;
using CnpgRestore.Databases;
using CnpgRestore.Kubernetes;
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
        var keepApps = new Option<bool>("--keep-apps") { Description = "Do not stop applications. What they write before the swap is lost. For those that 'apps stop' has stopped, which takes --add and --remove." };
        var local = new Option<string?>("--local") { Description = "Folder of dumps on this machine, such as a mounted NFS share; or the dump itself.", HelpName = "PATH" };
        var dump = new Option<string?>("--dump")
        {
            Description = "The dump: a path, within --local where that is given; or latest, the latest complete one of --local. Default: latest.",
            HelpName = "PATH|latest",
        };
        var database = new Option<string?>("--database") { Description = "Database to restore; out of a dump of pg_dumpall, that one alone. Default: that of --to, or the application database of CLUSTER.", HelpName = "NAME" };
        var strategy = Arg.Word(
            "--strategy",
            "swap (default): load beside the live database, prove it, swap the names. clean, append: into the live one, in one transaction. fresh: delete the Cluster, create it again, load.",
            Fresh,
            "swap",
            "clean",
            "append");
        var fresh = new FreshOptions();
        var volumes = new DumpVolumeOptions(loads: true);
        var store = new StoreOptions();
        var engine = Arg.Choice<LoadEngine>(
            "--engine", [], "parallel: SQL over several connections, indexes side by side. psql: through psql, or pg_restore. Default: parallel where it can.", "psql", "parallel");
        var jobs = Arg.Count("--jobs", ["-j"], "Connections at once. Default: the server's cores, at most 8.", MostJobs);
        var noRoles = new Option<bool>("--no-roles") { Description = "Do not create roles that are missing, even where the dump has them." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change no data. If the Cluster has no superuser access, a temporary superuser role is created and dropped again." };
        var checks = new SqlCheckOption();
        var server = new ServerOptions(required: false);
        var kubernetes = new KubernetesOptions();

        var command = new Command("from-dump", """
            Restore a database from an SQL dump: inspect it, load it, set sequences, compare every row count, and swap it in.

            By default the live database is not touched until the restored one is proven; it stays aside until runs commit, and runs undo
            brings it back. With fresh, the Cluster itself is deleted and created again, and there is no way back.

            Exit codes: 0 done and proven, 3 restored with differences, 10 no such dump or database, 11 another run holds the database,
            12 access denied, 13 server unreachable, 15 refused and nothing changed, 20 stopped midway, 130 interrupted.

            Examples:
              # The latest complete dump, beside the live database; what would be done
              cnpg-restore from-dump postgres-v17 -n db --local /mnt/dumps --dry-run
              # From an NFS export that only the cluster reaches
              cnpg-restore from-dump postgres-v17 -n db --nfs nas:/volume1/dumps
              # Into a new Cluster
              cnpg-restore from-dump postgres-v17 -n db --local /mnt/dumps --strategy fresh
              # Any PostgreSQL
              cnpg-restore from-dump --to postgres://postgres@db.example.org/app --local app.sql.gz
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
                result.AddError(server.IsIn(result) ? "name CLUSTER or --to, not both." : "from-dump needs either CLUSTER or --to postgres://...");
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

            var application = await ClusterApplication.FindAsync(api, name, isWritten: true, ct);
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
                    found.DemandManifest();
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
                    Dump = await LatestDump.FindAsync(session, source.Place, source.PathOf(PathOf(parse.GetValue(local), parse.GetValue(dump))), target, ct),
                    Place = source.Place,
                    Volume = volumes.Read(parse)?.ToString(),
                    Image = source.Image,
                    Database = target,
                    To = address,
                    Strategy = Enum.TryParse<LoadStrategy>(parse.GetValue(strategy), ignoreCase: true, out var chosen) ? chosen : LoadStrategy.Swap,
                    Engine = parse.GetValue(engine),
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

    private static RestoreException NoApplication(string cluster) => ClusterApplication.Missing(cluster, $"cnpg-restore from-dump {cluster} --local PATH --database NAME");
}
