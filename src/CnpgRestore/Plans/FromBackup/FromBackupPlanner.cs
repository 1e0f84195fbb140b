using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>Looks at the cluster, the bucket and the manifests, and either makes the plan of a recovery or says all that is in its way. Only reads.</summary>
public sealed class FromBackupPlanner(KubernetesApi api, FromBackupRequest request, TimeProvider clock)
{
    /// <summary>What there is, before the bucket is opened.</summary>
    /// <exception cref="RestoreException">Exit 10: neither the Cluster nor a manifest of it exists, or it takes no backups.</exception>
    public async Task<Situation> LookAsync(CancellationToken ct)
    {
        var situation = await Situation.ReadAsync(
            api, request.Namespace, request.Cluster, request.Files, $"cnpg-restore from-backup {request.Cluster} -n {request.Namespace} -f cluster.yaml", ct);
        if (situation.Archive is null)
        {
            throw new RestoreException(
                ProblemCode.NotFound,
                $"cluster {request.Cluster} takes no backups: there is no bucket to recover from",
                "its manifest has neither spec.backup.barmanObjectStore nor the plugin barman-cloud.cloudnative-pg.io",
                $"cnpg-restore from-backup {request.Cluster} -f cluster.yaml");
        }

        return situation;
    }

    /// <param name="run">Names the run that will carry it out.</param>
    /// <param name="unfinished">The run whose place it takes; null in the usual case.</param>
    /// <exception cref="RestoreException">Exit 15, or that of the only problem: everything that stands in the way.</exception>
    public async Task<FromBackupPlan> PlanAsync(Situation situation, IObjectStore store, string run, ClusterDecision? unfinished, CancellationToken ct)
    {
        var problems = new List<Problem>();
        var notes = new List<string>();
        var cluster = new ObjectReference(ResourceTypes.Clusters, request.Namespace, request.Cluster);
        var owners = await GitOpsPreflight.FindAsync(new GitOpsOwners(api), situation.Live, cluster, problems, ct);
        owners = [.. (unfinished?.Owners ?? []).Union(owners)];
        var archive = await FolderState.ReadAsync(store, situation.Archive!.ServerName, ct);
        if (request.Source is null && situation.SourceElsewhere is { } elsewhere)
        {
            // What the archive itself holds is later, unless nothing was ever archived.
            if (!archive.HasBackup)
            {
                throw SourceElsewhere(situation.Archive!, elsewhere);
            }

            notes.Add($"{elsewhere.ServerName}/ in {elsewhere.Store!.DestinationPath}, which the manifest recovers from, is not looked at: it is another bucket");
        }

        var names = (await ServerFolders.ListAsync(store, ct)).Select(folder => folder.Name).ToHashSet(StringComparer.Ordinal);
        var newer = request.Source is null ? await new NewerFolders(request, situation, names).ReadAsync(store, archive, ct) : null;
        var named = newer ?? await NamedAsync(situation, store, ct);
        // A name in Git stays as it is unless it is edited there: what is changed behind its back comes back with the next reconciliation.
        var carriesNewName = request.Files.Count > 0 || owners.Count == 0;
        var choice = FolderChoice.Decide(request, archive, named, carriesNewName, names, situation.Manifest.PostgresMajor, clock.GetUtcNow());
        var origin = choice.Origin == archive.Name ? archive : named!;
        if (choice.Lineage == Lineage.New && names.Contains(choice.Archive) && await FolderState.ReadAsync(store, choice.Archive, ct) is { Offender: { } offender })
        {
            problems.Add(new Problem(
                ProblemCode.Refused,
                $"Expected empty archive: {choice.Archive}/ is not empty",
                $"it holds {offender}",
                $"cnpg-restore from-backup {request.Cluster} --lineage new"));
        }

        if (newer is not null && origin == newer)
        {
            notes.Add($"{origin.Name}/ is where the live Cluster archives to, and so it holds the latest data; the file says {archive.Name}/");
        }

        problems.AddRange(BackupPreflight.CheckHistory(origin, request, notes));
        var path = await PathAsync(store, origin, problems, notes, ct);
        var edit = path is null ? null : Edit(situation, choice, path, problems, notes);
        problems.AddRange(ManifestPreflight.Check(situation.Set, request.Cluster));
        notes.AddRange(situation.LeftOut);
        if (path is not null && edit is not null)
        {
            await new LiveWal(api, request).CheckAsync(situation, origin, path, problems, notes, ct);
            problems.AddRange(BackupPreflight.Check(path, edit.After, situation.Live is null ? null : ClusterManifest.Read(situation.Live, _ => null)));
            var preflight = new ClusterPreflight(api, request.Namespace, request.Cluster);
            problems.AddRange(await preflight.CheckAsync(
                situation.Live, situation.Set.ReadJson(request.Cluster), situation.Archive, [choice.Archive, choice.Origin], ct));
            notes.AddRange(preflight.Notes);
            notes.AddRange(BackupPreflight.NoteTimelines(path, preflight.Operator) is { } fork ? [fork] : []);
            var asCreated = preflight.AsCreated is { } created ? ClusterManifest.Read(created, _ => null) : null;
            problems.AddRange(BackupPreflight.CheckVersion(path, edit.After, asCreated, notes) is { } other ? [other] : []);
        }

        await GitPreflight.CheckAsync(request.Apply, request.Push, situation.Set, problems, ct);
        var move = choice.MoveTo is null ? null : await ArchiveMove.PlanAsync(store, choice.Archive, choice.MoveTo, clock, problems, ct);
        var plan = path is null ? null : Make(situation, store, run, owners, choice, path, move, notes);
        plan = unfinished is null || plan is null ? plan : plan with { Decision = plan.Decision with { Supersedes = unfinished.Run } };
        if (plan is not null)
        {
            problems.AddRange(await AccessPreflight.CheckAsync(api, plan.Access, ct));
        }

        return problems.Count > 0 ? throw PreflightFailure.Of(problems) : plan!;
    }

    /// <summary>The plan of a run that was begun, with what is left of the move.</summary>
    /// <param name="manifest">The Cluster as it will be created.</param>
    public static async Task<FromBackupPlan> ResumeAsync(
        KubernetesApi api, IObjectStore store, FromBackupDecision decision, JsonObject manifest, TimeProvider clock, CancellationToken ct)
    {
        var live = await api.FindAsync(decision.Reference, ct);
        var former = decision.FormerUid is { } uid && live.Text("metadata", "uid") == uid ? live : null;
        var move = await ArchiveMove.LeftAsync(api, store, decision, clock, ct);
        var summary = $"go on with run {decision.Run}: recover cluster {decision.Namespace}/{decision.Cluster} from {store.Address}/{decision.Source}/, archive to {decision.Archive}/";
        return new FromBackupPlan(decision, manifest, former, store.Address, move, summary, [$"the run was begun on {decision.Host}; what is done already is found out step by step"]);
    }

    private async Task<FolderState?> NamedAsync(Situation situation, IObjectStore store, CancellationToken ct)
    {
        var name = request.Source ?? (situation.SourceElsewhere is null ? situation.Source?.ServerName : null);
        return name is null || name == situation.Archive!.ServerName ? null : await FolderState.ReadAsync(store, name, ct);
    }

    /// <summary>One bucket is opened, and one is written into the manifest for both: a source of its own would have to be proven there.</summary>
    private RestoreException SourceElsewhere(BackupFolder archive, BackupFolder source) => new(
        ProblemCode.Refused,
        $"cluster {request.Cluster} recovers from another bucket than it archives to, which is not supported",
        $"{source.ServerName}/ in {source.Store!.DestinationPath} at {source.Store.EndpointUrl ?? "AWS"}; the archive {archive.Store!.DestinationPath} at {archive.Store.EndpointUrl ?? "AWS"} holds no backup",
        $"copy the folder into the archive's bucket (rclone sync), then: cnpg-restore from-backup {request.Cluster} -n {request.Namespace} --source {source.ServerName}");

    private async Task<RecoveryPath?> PathAsync(IObjectStore store, FolderState origin, List<Problem> problems, List<string> notes, CancellationToken ct)
    {
        switch (await new TargetCheck(store, origin.Catalog, origin.Archive).RunAsync(request.Target, request.BackupId, ct))
        {
            case Reachability.Reachable reachable:
                notes.Add(reachable.Proof);
                return reachable.Path;
            case Reachability.Unproven unproven:
                notes.Add($"only the replay can tell whether {(request.Target is RecoveryTarget.Latest ? "the end of the archive" : request.Target.ToString())} is reached: {unproven.Why}");
                return unproven.Path;
            case Reachability.Unreachable unreachable:
                problems.Add(unreachable.Problem);
                return null;
            default:
                return null;
        }
    }

    private ManifestEdit? Edit(Situation situation, FolderChoice choice, RecoveryPath path, List<Problem> problems, List<string> notes)
    {
        try
        {
            var edit = situation.Set.ToRecovery(request.Cluster, new RecoveryRequest
            {
                Source = choice.Source,
                IsInArchiveBucket = true,
                ArchiveName = choice.Archive,
                Application = request.Application,
                Target = request.Target,
                BackupId = path.Backup.Id,
                Command = FromBackupCommandText.Of(request),
            });
            notes.AddRange(edit.Notes);
            return edit;
        }
        catch (RestoreException e)
        {
            problems.Add(e.Problem);
            return null;
        }
    }

    private FromBackupPlan Make(
        Situation situation, IObjectStore store, string run, IReadOnlyList<SuspendedOwner> owners, FolderChoice choice, RecoveryPath path, FolderMovePlan? move, List<string> notes)
    {
        var decision = new FromBackupDecision
        {
            Run = run,
            Cluster = request.Cluster,
            Namespace = request.Namespace,
            FormerUid = situation.Live.Text("metadata", "uid"),
            Lineage = choice.Lineage,
            Source = choice.Source,
            Archive = choice.Archive,
            MoveTo = choice.MoveTo,
            Target = request.Target.ToString()!,
            BackupId = path.Backup.Id.ToString(),
            SystemId = path.Extent.SystemId.ToString(),
            Segments = (long)path.SegmentCount,
            Apply = request.Apply,
            Push = request.Push,
            Application = request.Application,
            AcceptsWalLoss = request.AcceptsWalLoss,
            Files = [.. request.Files.Select(Path.GetFullPath)],
            Edited = situation.Edited,
            Host = Environment.MachineName,
            Owners = owners,
            UsesPlugin = situation.Archive!.IsPlugin,
        };
        notes.Insert(0, $"lineage {choice.Lineage.ToString().ToLowerInvariant()}: {choice.Reason}");
        // A young object only says that the cluster still archives, which the run ends first.
        notes.AddRange(situation.Live is null ? move?.Notes ?? [] : []);
        var until = request.Target is RecoveryTarget.Latest ? "to the end of the archive" : $"to {request.Target}";
        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"recover cluster {request.Namespace}/{request.Cluster} from {store.Address}/{choice.Source}/: base backup {path.Backup.Id} ({path.Backup.Size}), {path.SegmentCount} WAL segments {until}; archive to {choice.Archive}/");
        return new FromBackupPlan(decision, situation.ToBeCreated(request.Namespace, run), situation.Live, store.Address, move, summary, notes);
    }
}
