using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Advice;
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

    private FreshDecision Decision => plan.Decision;

    public async Task<FreshResult> RunAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var replacement = new ClusterReplacement(api, store, Decision, plan.Manifest, plan.Steps, run, clock)
        {
            LastLook = async (_, token) =>
            {
                if (apps is not null)
                {
                    await apps.DemandStoppedAsync(token);
                }

                await DemandDumpAsync(token);
            },
            BeforeCreation = DemandEmptyArchiveAsync,
        };

        await run.StepAsync(plan.Steps.Record, (_, token) => _record.WriteAsync(Decision, plan.Manifest, plan.Former, token), ct);
        if (apps is not null && !replacement.Removal.IsOurs(await api.FindAsync(Decision.Reference, ct)))
        {
            await apps.StopAsync(ct);
        }

        await replacement.SuspendGitOpsAsync(ct);
        await replacement.RunAsync(plan.CreateCluster, ct);
        await run.StepAsync(plan.Bootstrap, replacement.WaitAsync, ct);
        var loaded = outcome is null ? await LoadAsync(ct) : LoadedDump.Parse(outcome);
        await CleanAsync(ct);
        var firstBackup = "";
        if (Decision.TakesFirstBackup)
        {
            await run.StepAsync(plan.Steps.FirstBackup, async (meter, token) => firstBackup = await new FirstBackup(api, Decision).TakeAsync(meter, token), ct);
        }

        var warning = await replacement.ResumeGitOpsAsync("the database is restored", Difference, ct);
        return new FreshResult(Decision, loaded, firstBackup, warning is null ? [] : [warning], clock.GetElapsedTime(start));
    }

    /// <summary>When the applications are back, too.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        await _record.RemoveAsync(Decision, ct);
        run.Finish();
    }

    /// <summary>On a used folder a new Cluster looks healthy and never archives. The former one may have archived once more when it stopped.</summary>
    private async Task DemandEmptyArchiveAsync(CancellationToken ct)
    {
        if (store is null || await api.FindAsync(Decision.Reference, ct) is not null
            || await FolderState.ReadAsync(store, Decision.Archive, ct) is not { Offender: { } offender })
        {
            return;
        }

        throw new RestoreException(
            ProblemCode.Stopped,
            $"Expected empty archive: {Decision.Archive}/ is not empty",
            $"it holds {offender}; the former Cluster may have archived once more when it stopped",
            $"{CommandText.Of("rename", ["-r", Decision.Archive, $"{Decision.Archive}-{Decision.Run.Split('-')[0]}", .. store.Options])}, then: {Decision.ResumeCommand}");
    }

    private async Task DemandDumpAsync(CancellationToken ct)
    {
        var dump = Decision.Dump;
        var file = await DumpFile.OpenAsync(plan.Load.Dump.Place, dump.Dump, ct);
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
        await using var server = await ClusterServer.OpenAsync(api, Decision.Namespace, Decision.Cluster, clock, ct);
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
        await using var server = await ClusterServer.OpenAsync(api, Decision.Namespace, Decision.Cluster, clock, ct);
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

    /// <summary>How Git differs from what runs now; null where it does not.</summary>
    private string? Difference => Decision is { Apply: not ApplyMode.Git, IsInManifest: false }
        ? $"Git says something else; commit what 'cnpg-restore manifest initdb -f cluster.yaml{(Decision.Archive.Length == 0 ? "" : $" --archive-name {Decision.Archive}")}' makes of the manifest"
        : null;
}
