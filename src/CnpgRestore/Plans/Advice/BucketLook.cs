using CnpgRestore.Barman;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.Advice;

/// <summary>Reads the bucket as far as it lets itself be read, and measures how fast. Only reads.</summary>
sealed class BucketLook(AdviceRequest request, AdviceSources sources, KubernetesLook kubernetes)
{
    private BucketSight _seen = new();

    public async Task<BucketSight> RunAsync(Task<Situation?> cluster, CancellationToken ct)
    {
        var situation = await cluster;
        if (situation?.Archive is null && !request.NamesBucket)
        {
            return _seen with { NotAsked = WhyUnnamed(situation) };
        }

        _seen = _seen with { Stage = BucketStage.Opening, WalParallel = WalParallel(situation?.Archive) };
        await Look.BoundAsync("the bucket", request, sources.Clock, token => LookAsync(situation, token), problem => _seen = _seen with { Problem = problem }, ct);
        return _seen;
    }

    /// <summary>The recovery of an in-tree Cluster fetches one segment after the other, whatever its manifest says (cloudnative-pg pull request 11105).</summary>
    private static int WalParallel(BackupFolder? archive) => archive is { IsPlugin: true, Store: { } store } ? store.WalParallel : 1;

    private string WhyUnnamed(Situation? situation) => (kubernetes.WithoutBucket, situation, kubernetes.Seen) switch
    {
        ({ } problem, _, { IsGone: false }) => problem.Message,
        (_, not null, _) => $"cluster {situation.Manifest.Name} takes no backups: its manifest names no bucket",
        (_, _, { IsGone: true }) => $"cluster {request.Cluster} does not exist in namespace {kubernetes.Seen.Namespace}, and it names the bucket: add -f cluster.yaml, or -b s3://NAME -e URL --server NAME",
        (_, _, { NotAsked: null }) => "the Cluster names it, and Kubernetes does not tell: add -f cluster.yaml, or -b s3://NAME -e URL --server NAME",
        _ => "nothing names it: add CLUSTER, -f cluster.yaml, or -b s3://NAME -e URL --server NAME",
    };

    private async Task LookAsync(Situation? situation, CancellationToken ct)
    {
        using var store = await OpenAsync(situation, ct);
        _seen = _seen with { Stage = BucketStage.Asking, Address = store.Identity };
        var names = (await ServerFolders.ListAsync(store, ct)).Select(folder => folder.Name).ToHashSet(StringComparer.Ordinal);
        _seen = _seen with { Stage = BucketStage.Listed, Server = request.Server ?? situation?.Archive?.ServerName };
        var folders = await BucketFolders.ReadAsync(store, situation, request.Server, names, ct);
        if (situation?.SourceElsewhere is { } elsewhere && request.Server is null)
        {
            Remark($"{elsewhere.ServerName}/ in {elsewhere.Store!.DestinationPath}, which the manifest recovers from, is not looked at: it is another bucket");
        }

        // Where the backups are does not depend on where the next ones will be.
        var choice = folders.Choose(request, carriesNewName: true, sources.Clock.GetUtcNow());
        var origin = folders.Find(choice.Origin);
        _seen = _seen with { Server = origin.Name, Folders = folders, Findings = FolderFindings.Of(origin.Catalog, origin.Archive) };
        var path = await ReachAsync(store, origin, ct);
        if (path is not null && situation is not null)
        {
            var live = situation.Live is null ? null : ClusterManifest.Read(situation.Live, _ => null);
            var notes = new List<string>();
            IEnumerable<Problem> version = BackupPreflight.CheckVersion(path, situation.Manifest, asCreated: null, notes) is { } other ? [other] : [];
            notes.ForEach(Remark);
            _seen = _seen with { Obstacles = [.. version, .. BackupPreflight.Check(path, situation.Manifest, live)], OfManifest = [.. ManifestPreflight.Check(situation.Set, situation.Manifest.Name)] };
        }

        _seen = _seen with { Rate = path is null ? null : await MeasureAsync(store, path, ct), Stage = BucketStage.Read };
    }

    private async Task<IObjectStore> OpenAsync(Situation? situation, CancellationToken ct)
    {
        if (request.NamesBucket || situation is null)
        {
            return sources.Store(null);
        }

        if (kubernetes.Api is { } api && kubernetes.Seen.Answers)
        {
            return await new ClusterStore(api, api.Namespace, sources.Clock) { Route = request.Route, Warn = Remark }.OpenAsync(situation.Set.ReadJson(request.Cluster), ct);
        }

        return sources.Store(situation.Archive?.Store ?? throw new RestoreException(
            ProblemCode.NotFound, $"ObjectStore {situation.Archive?.ObjectStoreName} is in none of the files", "with the plugin, the ObjectStore names the bucket", "add it: -f objectstore.yaml"));
    }

    /// <summary>To the moment that is asked for; where that cannot be reached, as far as it goes.</summary>
    private async Task<RecoveryPath?> ReachAsync(IObjectStore store, FolderState origin, CancellationToken ct)
    {
        var check = new TargetCheck(store, origin.Catalog, origin.Archive);
        RecoveryTarget? target = request.Target is { } moment ? new RecoveryTarget.Time(moment) : null;
        var answer = await check.RunAsync(target ?? new RecoveryTarget.Latest(), backup: null, ct);
        var upTo = request.Target?.Moment;
        if (answer is Reachability.Unreachable { Path: { } partial } no)
        {
            _seen = _seen with { Unreachable = no.Problem };
            var end = await LastCommit.FindAsync(store, origin.Catalog.Folder, partial, ct);
            // Behind a gap recovery must not be asked for more than is there; behind the end of the archive, for nothing.
            target = no.FirstMissing is null ? null : end.LastRecord is { } last ? new RecoveryTarget.Lsn(last) : target;
            upTo = null;
            answer = await check.RunAsync(target ?? new RecoveryTarget.Latest(), backup: null, ct);
        }

        var (path, proof) = answer switch
        {
            Reachability.Reachable yes => (yes.Path, yes.Proof),
            Reachability.Unproven open => (open.Path, $"only the replay can tell: {open.Why}"),
            Reachability.Unreachable still => (null, still.Problem.Message),
            _ => (null, ""),
        };
        if (path is null)
        {
            _seen = _seen with { Unreachable = _seen.Unreachable ?? ((Reachability.Unreachable)answer).Problem };
            return null;
        }

        var tail = await LastCommit.FindAsync(store, origin.Catalog.Folder, path, ct);
        if (tail.Damage is { } damage && !proof.Contains(damage, StringComparison.Ordinal))
        {
            Remark(damage);
        }

        _seen = _seen with { Recovery = BucketRecovery.Of(path, tail, origin.Archive, target, upTo, proof) };
        return path;
    }

    /// <summary>The beginning of the largest tar: what the recovery will download first.</summary>
    private async Task<TransferRate?> MeasureAsync(IObjectStore store, RecoveryPath path, CancellationToken ct)
    {
        var tar = path.Backup.Tars.SelectMany(series => series.Parts).MaxBy(part => part.Object.Size)!.Object;
        try
        {
            await using var stream = await store.OpenReadAsync(tar.Key, new ByteRange(0, Math.Min(tar.Size, TransferRate.Most)), ct);
            return await TransferRate.MeasureAsync(stream, TransferRate.Most, stored: null, sources.Clock, ct);
        }
        catch (IOException e)
        {
            Remark($"the speed is not known: the connection broke while {tar.Key.Name} was read ({e.Message})");
            return null;
        }
    }

    private void Remark(string text) => _seen = _seen with { Remarks = [.. _seen.Remarks, text] };
}
