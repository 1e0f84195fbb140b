using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Postgres;
using CnpgRestore.Runs.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// Makes a Cluster new and fills it from a dump, step by step. Each step asks the cluster, the bucket, the files and the database what is already
/// done, so that a run which was killed anywhere is finished by running all steps again, from this machine or another.
/// </summary>
/// <param name="store">The bucket; null where there is none, or it cannot be reached.</param>
/// <param name="outcome">What the record of the run has noted.</param>
/// <param name="apps">How the Cluster's applications are stopped and started; null where they are left alone.</param>
public sealed class FreshRun(KubernetesApi api, IObjectStore? store, FreshPlan plan, string? outcome, Journal journal, Run run, FreshApps? apps, TimeProvider clock)
{
    // As initdb has it (src/bin/initdb/initdb.c, setup_description).
    private const string PostgresComment = "default administrative connection database";

    private readonly RunRecord _record = new(api);
    private readonly List<string> _warnings = [];

    private FreshDecision Decision => plan.Decision;

    public async Task<FreshResult> RunAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var gitOps = new GitOpsSwitch(api, Decision.Owners, Decision.Run, Decision.ResumeCommand, clock);
        var removal = new ClusterRemoval(api, Decision, clock);
        var delivery = new ManifestDelivery(Decision);

        await run.StepAsync(plan.Steps.Record, (_, token) => _record.WriteAsync(Decision, plan.Manifest, plan.Former, token), ct);
        if (apps is not null && !removal.IsOurs(await api.FindAsync(Decision.Reference, ct)))
        {
            await apps.StopAsync(ct);
        }

        if (Decision.Owners.Count > 0)
        {
            await run.StepAsync(plan.Steps.SuspendGitOps, (_, token) => gitOps.SuspendAsync(token), ct);
        }

        await ReplaceAsync(gitOps, removal, delivery, ct);
        var loaded = outcome is null ? await LoadAsync(ct) : LoadedDump.Parse(outcome);
        await CleanAsync(ct);
        var firstBackup = "";
        if (Decision.TakesFirstBackup)
        {
            await run.StepAsync(plan.Steps.FirstBackup, async (meter, token) => firstBackup = await new FirstBackup(api, Decision).TakeAsync(meter, token), ct);
        }

        await FinishGitOpsAsync(gitOps, delivery, ct);
        return new FreshResult(Decision, loaded, firstBackup, _warnings, clock.GetElapsedTime(start));
    }

    /// <summary>When the applications are back, too.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        await _record.RemoveAsync(Decision, ct);
        run.Finish();
    }

    private async Task ReplaceAsync(GitOpsSwitch gitOps, ClusterRemoval removal, ManifestDelivery delivery, CancellationToken ct)
    {
        var secret = new KeptSecret(api, Decision, OwnerOf(plan.Manifest));
        if (Decision.FormerUid is not null)
        {
            await run.StepAsync(
                plan.Steps.StopCluster,
                async (meter, token) =>
                {
                    await LastLookAsync(gitOps, token);
                    return await removal.RemoveAsync(meter, token);
                },
                ct);
        }

        if (store is not null)
        {
            await ArchiveMoving.RunAsync(api, store, Decision, run, clock, ct);
        }

        if (Decision.Apply != ApplyMode.Api)
        {
            await run.StepAsync(plan.Steps.WriteManifest, (_, token) => delivery.WriteAsync(token), ct);
        }

        await run.StepAsync(
            plan.CreateCluster,
            async (meter, token) =>
            {
                await gitOps.DemandSuspendedAsync(token);
                return await new ClusterCreation(api, Decision, plan.Manifest, removal).CreateAsync(meter, token);
            },
            ct);
        await run.StepAsync(
            plan.Bootstrap,
            async (meter, token) =>
            {
                var state = await new RecoveryWait(api, Decision, run.Observer).WaitAsync(meter, token);
                await secret.GiveAsync(token);
                return state;
            },
            ct);

        // Right before the Cluster goes: GitOps, the applications and the dump are as they were found.
        async Task LastLookAsync(GitOpsSwitch owners, CancellationToken token)
        {
            var live = await api.FindAsync(Decision.Reference, token);
            if (live.Text("metadata", "uid") != Decision.FormerUid || live.Text("metadata", "deletionTimestamp") is not null)
            {
                return;
            }

            await owners.DemandSuspendedAsync(token);
            if (apps is not null)
            {
                await apps.DemandStoppedAsync(token);
            }

            await DemandDumpAsync(token);
            await secret.ReleaseAsync(token);
        }
    }

    private async Task DemandDumpAsync(CancellationToken ct)
    {
        var dump = Decision.Dump;
        var file = await DumpFile.OpenAsync(dump.Dump, ct);
        if (file.Size.Bytes != dump.DumpSize || (file.LastWritten - dump.DumpTime).Duration() > TimeSpan.FromSeconds(1))
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"{dump.Dump} is another file since it was read: the Cluster is not deleted for it",
                "its size or its time is another",
                $"cnpg-restore runs undo {Decision.Run} -n {Decision.Namespace}, then the same command again");
        }
    }

    private async Task<LoadedDump> LoadAsync(CancellationToken ct)
    {
        await using var server = await ClusterServer.OpenAsync(api, Decision.Namespace, Decision.Cluster, ct);
        await using var session = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, ct);
        await using var held = await DatabaseLock.TakeAsync(server, Decision.Dump.Database, Decision.Run, ct);
        var load = plan.Load with
        {
            Decision = plan.Load.Decision with { SystemIdentifier = await FromDumpPlanner.SystemIdentifierAsync(session, ct) }, Address = server.Address,
        };
        var result = await new FromDumpRun(server, session, load, journal, run, held.DemandAsync, clock).RunAsync(ct);
        var loaded = LoadedDump.Of(result, plan.Load.Content);
        await _record.NoteAsync(Decision, loaded.ToJson(), ct);
        return loaded;
    }

    /// <summary>What the load needed beside the database. After the note: without what is dropped here, nothing else tells that it is loaded.</summary>
    private async Task CleanAsync(CancellationToken ct)
    {
        await using var server = await ClusterServer.OpenAsync(api, Decision.Namespace, Decision.Cluster, ct);
        await using var session = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, ct);
        if (Decision.Dump.Former is not { } former)
        {
            await session.ExecuteAsync(Invariant($"COMMENT ON DATABASE {QualifiedName.Quote(Decision.Dump.Database)} IS {QualifiedName.Literal(PostgresComment)}"), ct);
            return;
        }

        await run.StepAsync(
            plan.DropEmpty,
            async (_, token) =>
            {
                await new SideDatabase(session, Decision.Dump).DropAsync(former, token);
                return $"{former} is gone";
            },
            ct);
    }

    /// <summary>GitOps goes on only where it finds in Git what runs now; otherwise it would make the old Cluster of the new one, or fight with it.</summary>
    private async Task FinishGitOpsAsync(GitOpsSwitch gitOps, ManifestDelivery delivery, CancellationToken ct)
    {
        if (Decision.Owners.Count == 0)
        {
            return;
        }

        if (Decision.Apply == ApplyMode.Git && !delivery.IsPublished)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                "the database is restored; the commit is not pushed, so GitOps stays suspended",
                "resumed now, it would apply the manifest from before",
                $"git push, then: {Decision.ResumeCommand}");
        }

        if (Decision is { Apply: ApplyMode.Api, IsInManifest: false })
        {
            var archive = Decision.Archive.Length == 0 ? "" : $" --archive-name {Decision.Archive}";
            _warnings.Add(
                $"GitOps stays suspended ({string.Join(", ", Decision.Owners)}): Git says something else; commit what 'cnpg-restore manifest initdb -f cluster.yaml{archive}' makes of the manifest, then resume it");
            return;
        }

        await run.StepAsync(plan.Steps.ResumeGitOps, (_, token) => gitOps.ResumeAsync(token), ct);
    }

    private static string OwnerOf(System.Text.Json.Nodes.JsonObject manifest) => manifest["spec"].Text("bootstrap", "initdb", "owner") ?? manifest["spec"].Text("bootstrap", "initdb", "database") ?? "app";
}
