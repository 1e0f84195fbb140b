using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using static System.FormattableString;

namespace CnpgRestore.Runs;

/// <summary>
/// Lists both folders again and proves each object of the source equal in the target, by the strongest evidence the store gives; where it
/// gives none but the size, both are read.
/// </summary>
sealed class FolderProof(IObjectStore store, FolderMovePlan plan)
{
    private const int NamesShown = 5;

    private readonly ConcurrentDictionary<Evidence, long> _byEvidence = new();

    // Sixteen bytes for each pair that was read, or whose checksums were asked for: the later steps must not take equal sizes for equal contents,
    // nor read everything again, nor ask for two checksums per object, one after the other, right before the removal. An equal ETag is in the
    // listing and needs no memory. Made for all objects at once, since a set that grows holds them twice for a while.
    private readonly Lazy<HashSet<UInt128>> _remembered = new(() => new HashSet<UInt128>((int)Math.Min(plan.Objects, Array.MaxLength)));

    private long _proven;
    private long _provenBytes;

    public long Proven => Interlocked.Read(ref _proven);

    public long ProvenBytes => Interlocked.Read(ref _provenBytes);

    public IReadOnlyDictionary<Evidence, long> ByEvidence => _byEvidence;

    public async Task<string> ProveAsync(StepMeter meter, CancellationToken ct)
    {
        meter.TotalObjects = plan.Objects;
        meter.TotalBytes = plan.Bytes.Bytes;
        var change = new SourceChange();
        long seen = 0;
        var limit = new ParallelOptions { MaxDegreeOfParallelism = plan.Request.Parallelism, CancellationToken = ct };
        await foreach (var level in store.CompareFoldersAsync(plan.Source, plan.Target, ct))
        {
            seen += level.InBoth.Count + level.OnlyInSource.Count;
            change.Added.AddRange(level.OnlyInSource.Select(item => item.Key));
            if (plan.State != MoveState.PartlyRemoved)
            {
                change.Gone += level.OnlyInTarget.Count;
            }

            await Parallel.ForEachAsync(level.InBoth, limit, async (pair, token) =>
            {
                var evidence = await EvidenceAsync(pair, token);
                if (evidence == Evidence.Different && pair.Source.LastModified > pair.Target.LastModified)
                {
                    change.Rewritten.Add(pair.Source.Key);
                    return;
                }

                if (evidence == Evidence.Different)
                {
                    throw new RestoreException(
                        ProblemCode.Differences,
                        $"{pair.Target.Key} differs from {pair.Source.Key}",
                        Invariant($"sizes {pair.Target.Size} and {pair.Source.Size}, ETags {pair.Target.ETag ?? "none"} and {pair.Source.ETag ?? "none"}; nothing was deleted"),
                        $"look which one is right, remove {plan.Request.Target}/ or choose another target, and run again");
                }

                _byEvidence.AddOrUpdate(evidence, 1, (_, count) => count + 1);
                Interlocked.Increment(ref _proven);
                Interlocked.Add(ref _provenBytes, pair.Source.Size);
                meter.Add(1, pair.Source.Size);
            });
        }

        // A copy may be older than the source, and keep what the source has lost since; it must not lack what was there, nor mix old and new.
        var lost = plan.Objects - seen - change.Gone;
        change.Gone += Math.Max(0, lost);
        if (plan.Request.RemoveSource ? change.Any : !change.Rewritten.IsEmpty || lost > 0)
        {
            throw Changed(change);
        }

        var how = string.Join(", ", _byEvidence.OrderByDescending(entry => entry.Key).Select(entry => Invariant($"{entry.Value} by {FolderMove.Word(entry.Key)}")));
        var late = change.Added.Count > 0 ? Invariant($"; {Counted.Of(change.Added.Count, "object")} came after the copy: {Names(change.Added)}") : "";
        return Invariant($"{Counted.Of(Proven, "object")} ({new ByteSize(ProvenBytes)}) equal: {how}{late}");
    }

    /// <summary>The last look before something is removed.</summary>
    public async Task<string> CheckUnchangedAsync(StepMeter meter, CancellationToken ct)
    {
        var change = new SourceChange();
        await foreach (var level in store.CompareFoldersAsync(plan.Source, plan.Target, ct))
        {
            change.Added.AddRange(level.OnlyInSource.Select(item => item.Key));
            foreach (var pair in level.InBoth)
            {
                if (!await IsProvenAsync(pair, ct))
                {
                    change.Rewritten.Add(pair.Source.Key);
                }

                meter.Add(1, 0);
            }
        }

        change.Gone = Math.Max(0, Proven - meter.Objects);
        return change.Any ? throw Changed(change) : Invariant($"{Counted.Of(meter.Objects, "object")}, none changed");
    }

    /// <summary>Whether a pair, as it is listed now, is covered by the proof.</summary>
    public async Task<bool> IsProvenAsync(ObjectPair pair, CancellationToken ct) =>
        IsRemembered(pair)
        || (!plan.Request.ReadBack && await store.CompareAsync(pair.Source, pair.Target, ct) is Evidence.ETag or Evidence.Checksum);

    private RestoreException Changed(SourceChange change)
    {
        List<string> found = [];
        if (change.Added.Count > 0)
        {
            found.Add(Invariant($"{Counted.Of(change.Added.Count, "object is", "objects are")} new: {Names(change.Added)} (listed in {plan.Request.Source}/ and not in {plan.Request.Target}/)"));
        }

        if (!change.Rewritten.IsEmpty)
        {
            found.Add(Invariant($"{change.Rewritten.Count} were rewritten after their copy: {Names(change.Rewritten)}"));
        }

        if (change.Gone > 0)
        {
            found.Add(Invariant($"{change.Gone} are gone"));
        }

        // A copy is never replaced on the word of a time stamp: the folder could be that of an older incident.
        var next = change.Rewritten.IsEmpty ? "run the same command again" : $"run it with another TARGET: {plan.Request.Target}/ holds the older copies";
        return new RestoreException(
            ProblemCode.Stopped,
            $"{plan.Request.Source}/ changed during the move; nothing was deleted",
            string.Join("; ", found),
            $"a cluster still works on {plan.Request.Source}/: stop it (delete or hibernate the Cluster, wait for its pods), then {next}");
    }

    private static string Names(IReadOnlyCollection<ObjectKey> keys) =>
        string.Join(", ", keys.Order().Take(NamesShown)) + (keys.Count > NamesShown ? ", ..." : "");

    private async Task<Evidence> EvidenceAsync(ObjectPair pair, CancellationToken ct)
    {
        var evidence = plan.Request.ReadBack ? Evidence.Size : await store.CompareAsync(pair.Source, pair.Target, ct);
        if (evidence == Evidence.Size)
        {
            evidence = await store.ReadBackAsync(pair, ct);
        }

        if (evidence is Evidence.Content or Evidence.Checksum)
        {
            var fingerprint = FingerprintOf(pair);
            lock (_remembered)
            {
                _remembered.Value.Add(fingerprint);
            }
        }

        return evidence;
    }

    /// <summary>How the source differs from what was copied.</summary>
    private sealed class SourceChange
    {
        public List<ObjectKey> Added { get; } = [];

        public ConcurrentBag<ObjectKey> Rewritten { get; } = [];

        public long Gone { get; set; }

        public bool Any => Added.Count > 0 || !Rewritten.IsEmpty || Gone > 0;
    }

    private bool IsRemembered(ObjectPair pair)
    {
        if (!_remembered.IsValueCreated)
        {
            return false;
        }

        var fingerprint = FingerprintOf(pair);
        lock (_remembered)
        {
            return _remembered.Value.Contains(fingerprint);
        }
    }

    private static UInt128 FingerprintOf(ObjectPair pair)
    {
        var text = Invariant($"{pair.Source.Key}\n{pair.Source.Size}\n{pair.Source.ETag}\n{pair.Source.LastModified:O}\n{pair.Target.Size}\n{pair.Target.ETag}\n{pair.Target.LastModified:O}");
        return BitConverter.ToUInt128(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
