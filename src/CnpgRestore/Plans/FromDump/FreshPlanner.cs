using System.Text.Json.Nodes;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.FromDump;

/// <summary>
/// Looks at the dump, the cluster, the bucket and the manifests, and either makes the plan of a new Cluster or says all that is in its way. Only
/// reads; the dump is read to its end before anything is deleted for it.
/// </summary>
public sealed class FreshPlanner(KubernetesApi api, FromDumpRequest dumpRequest, FreshRequest request, TimeProvider clock)
{
    /// <param name="store">The bucket; null where the Cluster takes no backups, or where it cannot be reached.</param>
    /// <param name="unreachable">Why the bucket cannot be reached; null where it can, or there is none.</param>
    /// <param name="run">Names the run that will carry it out.</param>
    /// <param name="unfinished">The run whose place it takes; null in the usual case.</param>
    /// <exception cref="RestoreException">Exit 15, or that of the only problem: everything that stands in the way.</exception>
    public async Task<FreshPlan> PlanAsync(
        Situation situation, IObjectStore? store, string? unreachable, string run, FreshDecision? unfinished, IProgress<long>? progress, CancellationToken ct)
    {
        var problems = new List<Problem>();
        var notes = new List<string>();
        var dump = await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(dumpRequest.Place, dumpRequest.Dump, ct), progress, ct);
        problems.AddRange(DumpPreflight.Check(dump, dumpRequest));
        if (dump.Find(dumpRequest.Database) is not { } content || !dump.IsComplete)
        {
            throw PreflightFailure.Of(problems);
        }

        // The database postgres is loaded in one transaction, into a Cluster that has nothing else either.
        if (dumpRequest.Strategy != LoadStrategy.Swap && DumpPreflight.CheckWhole(dump.File.Path, content) is { } part)
        {
            problems.Add(part);
        }

        var reference = new ObjectReference(ResourceTypes.Clusters, request.Namespace, request.Cluster);
        var owners = await GitOpsPreflight.FindAsync(new GitOpsOwners(api), situation.Live, reference, problems, ct);
        owners = [.. (unfinished?.Owners ?? []).Union(owners)];
        var archive = await ArchiveAsync(situation, store, unreachable, request.Files.Count > 0 || owners.Count == 0, problems, ct);
        var (application, asked) = Application(situation, content);
        var load = FromDumpPlanner.Decide(dumpRequest, dump, run);
        var preflight = new FreshPreflight(api, request, situation, load);
        await preflight.CheckAsync(dump, content, application, dumpRequest.CreateRoles, ct);
        problems.AddRange(preflight.Problems);
        load = (await load.InImageAsync(dumpRequest, ct)) with { IsFresh = true, Roles = preflight.RolesToCreate };
        var decision = Decide(situation, load, run, owners, archive, asked, store is not null) with { Supersedes = unfinished?.Run };
        decision = Edit(situation, decision, problems, notes);
        problems.AddRange(ManifestPreflight.Check(situation.Set, request.Cluster));
        notes.AddRange(situation.LeftOut);
        var cluster = new ClusterPreflight(api, request.Namespace, request.Cluster);
        problems.AddRange(await cluster.CheckAsync(situation.Live, situation.Set.ReadJson(request.Cluster), situation.Archive, [archive.Name], ct));
        await GitPreflight.CheckAsync(request.Apply, request.Push, situation.Set, problems, ct);
        var move = archive.MoveTo is null || archive.IsEmpty ? null : await ArchiveMove.PlanAsync(store!, archive.Name, archive.MoveTo, clock, problems, ct);
        var plan = new FreshPlan(
            decision,
            situation.ToBeCreated(request.Namespace, run),
            situation.Live,
            store?.Address ?? "",
            move,
            new FromDumpPlan(load, dump.File, content, $"the new cluster {request.Namespace}/{request.Cluster}", [.. DumpPreflight.Notes(dump, dumpRequest), .. load.JobNotes]),
            [$"archive: {archive.Reason}", .. unreachable is null ? (string[])[] : [$"no first base backup is taken: {unreachable}"], .. preflight.Notes, .. cluster.Notes, .. notes]);
        problems.AddRange(await AccessPreflight.CheckAsync(api, plan.Access, ct));
        return problems.Count > 0 ? throw PreflightFailure.Of(problems) : plan;
    }

    /// <summary>The plan of a run that was begun, for the same dump.</summary>
    /// <param name="manifest">The Cluster as it will be created.</param>
    /// <exception cref="RestoreException">Exit 15: the dump is another one by now. 20: it lies on another machine.</exception>
    public static async Task<FreshPlan> ResumeAsync(
        KubernetesApi api, IObjectStore? store, FreshDecision decision, IDumpPlace place, JsonObject manifest, bool isLoaded, TimeProvider clock, IProgress<long>? progress, CancellationToken ct)
    {
        var live = await api.FindAsync(decision.Reference, ct);
        var former = decision.FormerUid is { } uid && live.Text("metadata", "uid") == uid ? live : null;
        var move = store is null ? null : await ArchiveMove.LeftAsync(api, store, decision, clock, ct);
        var load = isLoaded
            ? FromDumpPlan.OfLoaded(decision.Dump, address: "", notes: [])
            : await FromDumpPlanner.ReadAgainAsync(decision.Dump, place, $"the new cluster {decision.Namespace}/{decision.Cluster}", decision.ResumeCommand, progress, ct);
        return new FreshPlan(
            decision, manifest, former, store?.Address ?? "", move, load, [$"run {decision.Run} was begun on {decision.Host}; what is done already is found out step by step"])
        {
            IsCreated = live.Text("metadata", "annotations", LiveManifest.RunAnnotation) == decision.Run,
        };
    }

    private async Task<FreshArchive> ArchiveAsync(Situation situation, IObjectStore? store, string? unreachable, bool carriesNewName, List<Problem> problems, CancellationToken ct)
    {
        if (situation.Archive is not { } present)
        {
            return request.ArchiveName is null ? FreshArchive.None : throw new RestoreException(
                ProblemCode.Usage, $"cluster {request.Cluster} takes no backups: --archive-name names nothing", null, "add spec.backup to the manifest, or leave --archive-name out");
        }

        return store is null || unreachable is not null
            ? FreshArchive.Blind(present.ServerName, request, clock.GetUtcNow())
            : await FreshArchive.ChooseAsync(store, present.ServerName, request, situation.Live is not null, carriesNewName, situation.Manifest.PostgresMajor, clock.GetUtcNow(), problems, ct);
    }

    /// <summary>The database that initdb makes, and what of it was asked for beyond the manifest.</summary>
    private (ApplicationDatabase Application, ApplicationDatabase? Asked) Application(Situation situation, DumpDatabase content)
    {
        var said = situation.Manifest.Application;
        if (said?.Database == dumpRequest.Database && (request.Owner is null || request.Owner == said.Owner))
        {
            return (said, null);
        }

        var owner = request.Owner ?? content.Owner ?? throw new RestoreException(
            ProblemCode.Usage,
            $"who shall own database {dumpRequest.Database} is not said",
            said is null ? "the manifest names no application database" : $"the manifest makes {said.Database}, owned by {said.Owner}",
            $"cnpg-restore from-dump {request.Cluster} --strategy fresh --local PATH --database {dumpRequest.Database} --owner NAME");
        var asked = new ApplicationDatabase(dumpRequest.Database, owner, said?.Owner == owner ? said.Secret : null);
        return (asked, asked);
    }

    private FreshDecision Decide(
        Situation situation, FromDumpDecision load, string run, IReadOnlyList<SuspendedOwner> owners, FreshArchive archive, ApplicationDatabase? asked, bool hasStore) => new()
    {
        Run = run,
        Cluster = request.Cluster,
        Namespace = request.Namespace,
        FormerUid = situation.Live.Text("metadata", "uid"),
        Lineage = archive.Lineage,
        Archive = archive.Name,
        MoveTo = archive.MoveTo,
        Apply = request.Apply,
        Push = request.Push,
        Application = asked,
        Files = [.. request.Files.Select(Path.GetFullPath)],
        Host = Environment.MachineName,
        Owners = owners,
        UsesPlugin = situation.Archive?.IsPlugin == true,
        Dump = load,
        StopsApps = dumpRequest.StopApps,
        TakesFirstBackup = situation.Archive is not null && hasStore,
    };

    private static FreshDecision Edit(Situation situation, FreshDecision decision, List<Problem> problems, List<string> notes)
    {
        try
        {
            notes.AddRange(decision.Edit(situation.Set).Notes);
        }
        catch (RestoreException e)
        {
            problems.Add(e.Problem);
        }

        return decision with { Edited = situation.Edited, IsInManifest = situation.Set.Files.All(file => !file.IsChanged) };
    }
}
