using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.Databases;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Manifests;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>What the API has about a Cluster and around it.</summary>
sealed class ClusterCollection(KubernetesApi api, string ns, string cluster, TimeProvider clock, NoteTaking notes)
{
    private const string CountRelations = """
        SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
        """;

    // More databases than that are no home's mistake.
    private const int DatabasesAsked = 20;

    /// <param name="found">With the live Cluster, or without one.</param>
    public async Task<Examination> ReadAsync(Examination found, JsonObject? file, CancellationToken ct)
    {
        var pods = ListAsync(ResourceTypes.Pods, null, ct);
        var jobs = ListAsync(ResourceTypes.Jobs, ct);
        var claims = ListAsync(ResourceTypes.PersistentVolumeClaims, ct);
        var backups = ListAsync(ResourceTypes.Backups, ct);
        var scheduled = ListAsync(ResourceTypes.ScheduledBackups, ct);
        var stores = ListAsync(ResourceTypes.ObjectStores, ct);
        var poolers = ListAsync(ResourceTypes.Poolers, ct);
        var services = ListAsync(ResourceTypes.Services, ct);
        var events = ListAsync(ResourceTypes.Events, ct);
        var owners = OwnersAsync(found.Live, ct);
        var run = notes.ReadAsync<string?>("the record of a run", null, async () => (await new RunRecord(api).FindAsync(ns, cluster, ct))?.Decision.Run);
        var holder = notes.ReadAsync<string?>("the Lease of a run", null, () => HolderAsync(ct));
        var stopped = notes.ReadAsync<IReadOnlyList<string>>("stopped applications", [], () => StoppedAsync(ct));
        var others = notes.ReadAsync<IReadOnlyList<OtherFolder>>("Clusters of other namespaces", [], () => OtherFoldersAsync(ct));
        await Task.WhenAll(others, pods, jobs, claims, backups, scheduled, stores, poolers, services, events, owners, run, holder, stopped);

        var objectStores = await stores;
        BarmanStore? StoreOf(string name) => BarmanStore.Read(objectStores.FirstOrDefault(store => Owned.Name(store) == name).At("spec", "configuration"));
        var manifest = (found.Live ?? file) is { } json ? ClusterManifest.Read(json, StoreOf) : null;
        var own = (await pods ?? []).Where(pod => IsOurs(pod) || Owned.JobOf(pod) is not null).ToList();
        var names = own.Concat(await jobs).Select(Owned.Name).ToHashSet(StringComparer.Ordinal);
        var logs = LogCollection.ReadAsync(api, ns, LogCollection.Choose(own, IsOurs, notes), notes, ct);
        var secrets = SecretCollection.ReadAsync(api, ns, Stores(manifest), notes, ct);
        var databases = DatabasesAsync(found.State, manifest, ct);
        await Task.WhenAll(logs, secrets, databases);
        return found with
        {
            Manifest = manifest ?? found.Manifest,
            KnowsPods = await pods is not null,
            Pods = own,
            Jobs = await jobs,
            Claims = [.. (await claims).Where(IsOurs)],
            Backups = [.. (await backups).Where(backup => backup.Text("spec", "cluster", "name") == cluster)],
            ScheduledBackups = [.. (await scheduled).Where(backup => backup.Text("spec", "cluster", "name") == cluster)],
            ObjectStores = objectStores,
            Poolers = [.. (await poolers).Where(pooler => pooler.Text("spec", "cluster", "name") == cluster)],
            Services = await services,
            Events = [.. (await events).Select(ClusterEvent.Read).Where(told => IsAbout(told, names))],
            OtherFolders = await others,
            Logs = await logs,
            Secrets = await secrets,
            Owners = await owners,
            Run = await run,
            Holder = await holder,
            StoppedApps = await stopped,
            Databases = await databases,
        };
    }

    private bool IsOurs(JsonObject item) => item.Text("metadata", "labels", CnpgNames.ClusterLabel) == cluster;

    private bool IsAbout(ClusterEvent told, HashSet<string> names) => told.About.Split(' ') is [var kind, var name]
        && (name == cluster || names.Contains(name) || (kind != "Cluster" && name.StartsWith($"{cluster}-", StringComparison.Ordinal)));

    private static IEnumerable<BarmanStore> Stores(ClusterManifest? manifest) =>
        ((BarmanStore?[])[manifest?.Destination?.Store, manifest?.Source?.Store]).OfType<BarmanStore>();

    private async Task<IReadOnlyList<JsonObject>> ListAsync(ResourceType type, CancellationToken ct) => await ListAsync(type, [], ct) ?? [];

    private Task<IReadOnlyList<JsonObject>?> ListAsync(ResourceType type, IReadOnlyList<JsonObject>? otherwise, CancellationToken ct) => notes.ReadAsync<IReadOnlyList<JsonObject>?>($"{type}", otherwise, async () =>
        await api.SupportsAsync(type, ct) ? await api.ListAsync(type, ns, ListSelector.All, ct).ToListAsync(ct) : []);

    private Task<IReadOnlyList<GitOpsState>> OwnersAsync(JsonObject? live, CancellationToken ct) => notes.ReadAsync<IReadOnlyList<GitOpsState>>("what owns the Cluster in Git", [], async () =>
    {
        var owners = new GitOpsOwners(api);
        var chain = live is null ? await owners.FindMissingAsync(new ObjectReference(ResourceTypes.Clusters, ns, cluster), ct) : await owners.FindAsync(live, ct);
        return [.. chain.Where(owner => owner.Object is not null).Select(owner => GitOpsState.Of(owner.Reference, owner.Object!, notes))];
    });

    private async Task<IReadOnlyList<OtherFolder>> OtherFoldersAsync(CancellationToken ct) => await api.ListAsync(ResourceTypes.Clusters, null, ListSelector.All, ct)
        .Where(other => Owned.Name(other) != cluster || other.Text("metadata", "namespace") != ns)
        .Select(other => ClusterManifest.Read(other, _ => null) is { Destination: { } folder } manifest ? new OtherFolder(manifest.Namespace, folder) : null).OfType<OtherFolder>().ToListAsync(ct);

    private async Task<string?> HolderAsync(CancellationToken ct)
    {
        var lease = await api.FindAsync(new ObjectReference(ResourceTypes.Leases, ns, $"cnpg-restore-{cluster}"), ct);
        return lease is null || LeaseContent.IsExpired(lease, clock.GetUtcNow()) ? null : lease.Text("spec", "holderIdentity");
    }

    private async Task<IReadOnlyList<string>> StoppedAsync(CancellationToken ct)
    {
        var found = await StoppedApps.FindAsync(api, ns, cluster, [], ct);
        foreach (var unreadable in found.Unreadable)
        {
            notes.Add($"stopped applications were not searched in {unreadable}: not permitted");
        }

        return [.. found.Apps.Select(app => app.Reference.ToString())];
    }

    /// <summary>Only after a recovery, where a database that nobody asked for may have come along.</summary>
    private Task<IReadOnlyDictionary<string, long>> DatabasesAsync(CnpgCluster? state, ClusterManifest? manifest, CancellationToken ct)
    {
        IReadOnlyDictionary<string, long> none = new Dictionary<string, long>();
        return state?.CurrentPrimary is not { } primary || manifest?.Method != BootstrapMethod.Recovery || state.ReadyInstances == 0 ? Task.FromResult(none) : notes.ReadAsync<IReadOnlyDictionary<string, long>>("the databases of the primary", none, async () =>
        {
            var psql = new InstancePsql(api, ns, primary);
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var row in (await psql.QueryAsync("postgres", $"SELECT datname FROM pg_database WHERE {CatalogFilter.Connectable} ORDER BY 1", ct)).Take(DatabasesAsked))
            {
                counts[row[0]] = long.Parse(await psql.ValueAsync(row[0], CountRelations, ct), CultureInfo.InvariantCulture);
            }

            return counts;
        });
    }
}
