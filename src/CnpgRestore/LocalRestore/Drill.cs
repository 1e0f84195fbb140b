using System.Globalization;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// Restores a base backup and its WAL into a local PostgreSQL and proves what came back. Only reads from the store. Nothing is left running or
/// lying about, however it ends; see <see cref="DrillRequest.Keep"/> for the one exception.
/// </summary>
public sealed class Drill(IObjectStore store, DrillRequest request, IProgress<DrillProgress> progress, TimeProvider clock)
{
    private const string OwnSettings = "fsync, full_page_writes, autovacuum and logical replication are off in the drill's PostgreSQL";

    private readonly List<string> _warnings = [];

    /// <exception cref="RestoreException">The backup does not restore, or cannot be tried here.</exception>
    public async Task<DrillResult> RunAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(request.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await RunWithinLimitAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                string.Create(CultureInfo.InvariantCulture, $"the drill of {request.Server.Name} took longer than {request.Timeout}"),
                "it was stopped; nothing is left running",
                "add --timeout with a longer time, for example 24h");
        }
        catch (RestoreException e) when (_warnings.Count > 0)
        {
            throw WithNotes(e, _warnings);
        }
    }

    /// <summary>A module that is missing here is often why PostgreSQL does not come up.</summary>
    internal static RestoreException WithNotes(RestoreException failure, IReadOnlyList<string> warnings)
    {
        var lines = warnings.Select(warning => $"note: {warning}");
        return new RestoreException(failure.Problem with { Detail = string.Join('\n', failure.Problem.Detail is { } detail ? lines.Prepend(detail) : lines) }, failure);
    }

    private async Task<DrillResult> RunWithinLimitAsync(CancellationToken ct)
    {
        var watch = new Stopwatch(clock);
        var started = clock.GetUtcNow();
        progress.Report(new DrillProgress(DrillPhase.Plan, 0, 0, request.Server.Name));
        var plan = await DrillPlan.MakeAsync(store, request, clock, ct);
        var folder = DrillFolder.Create(request.To);
        var keep = false;
        try
        {
            if (DrillSpace.Refuse(plan.Path.Backup, folder.Root, folder.FreeSpace()) is { } tooSmall)
            {
                throw new RestoreException(tooSmall);
            }

            var planned = watch.Lap();
            await RestoreBaseAsync(plan, folder, ct);
            var restored = watch.Lap();

            var segments = new HashSet<WalSegmentName>();
            await using var replay = Replay.Start(store, plan, request.Server, folder, segment => ReportSegment(segments, plan, segment), clock, ct);
            await replay.FinishAsync(ct);
            var replayed = watch.Lap();

            var proof = new Proof(request, plan, folder, progress);
            var reached = await proof.RunAsync(replay.Postgres.Log.LastTransaction, ct);
            var lastReachable = await LastReachableAsync(plan, reached, ct);
            if (request.Keep)
            {
                await replay.Postgres.StopAsync(ct);
                keep = true;
            }

            return new DrillResult
            {
                Store = store.Address,
                Request = request,
                Path = plan.Path,
                Whole = plan.Whole,
                Reachability = plan.Proof,
                Reached = reached,
                Postgres = plan.Binaries,
                Started = started,
                Times = new DrillTimes(planned, restored, replayed, watch.Lap()),
                SegmentsReplayed = segments.Count,
                LastReachable = lastReachable,
                Databases = proof.Databases,
                Checks = proof.Checks,
                Warnings = [OwnSettings, .. _warnings],
                Kept = keep ? folder : null,
            };
        }
        finally
        {
            if (!keep)
            {
                folder.Delete();
            }
        }
    }

    private async Task RestoreBaseAsync(DrillPlan plan, DrillFolder folder, CancellationToken ct)
    {
        var backup = plan.Path.Backup;
        var bytes = new ByteProgress(progress, backup.Size.Bytes, backup.Id.ToString());
        var leftOut = await new BaseRestore(store, new Backoff(clock)).RestoreAsync(backup, folder, bytes, ct);
        _warnings.AddRange(leftOut.Select(member => $"the symbolic link {member} was not restored"));

        var control = await ControlData.ReadAsync(plan.Binaries, folder.Data, ct);
        var libraries = PreloadLibraries.Read(folder.Data, await plan.Binaries.ModuleFolderAsync(ct));
        _warnings.AddRange(libraries.Missing.Select(name => $"the module {name} of shared_preload_libraries is not installed here"));
        _warnings.AddRange(libraries.LeftOut.Select(name => $"the module {name} of shared_preload_libraries was not loaded: it would run jobs or contact other servers"));
        var command = RestoreCommand.For(request.WalFetchCommand, folder.WalSocket);
        var followed = plan.Path.History.Timeline;
        TimelineId? timeline = followed == plan.Path.Extent.Timeline ? null : followed;
        await new RecoveryConfiguration(control, libraries, request.Target, timeline, command).ApplyAsync(folder, ct);
    }

    private void ReportSegment(HashSet<WalSegmentName> segments, DrillPlan plan, WalSegmentName segment)
    {
        // PostgreSQL takes the first segment twice: for the checkpoint, and to replay from it.
        segments.Add(segment);
        // More than planned may come where the server archives on.
        var total = Math.Max(segments.Count, (long)plan.Path.SegmentCount);
        progress.Report(new DrillProgress(DrillPhase.Replay, segments.Count, total, segment.ToString()));
    }

    private async Task<ReachableMoment> LastReachableAsync(DrillPlan plan, ReachedPoint reached, CancellationToken ct)
    {
        if (request.Target is RecoveryTarget.Latest && reached.LastTransaction is { } replayed)
        {
            return new ReachableMoment(replayed, "last replayed transaction");
        }

        var tail = await LastCommit.FindAsync(store, request.Server, plan.Whole, ct);
        return tail.LastEnd is { } last
            ? new ReachableMoment(last, "last transaction in the archive, read but not replayed")
            : new ReachableMoment(plan.Archive.Newest?.LastModified ?? plan.Path.Extent.EndTime, "age of the newest WAL segment; the last ones hold no transaction");
    }

    private sealed class ByteProgress(IProgress<DrillProgress> progress, long total, string note) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new DrillProgress(DrillPhase.Base, value, total, note));
    }

    private sealed class Stopwatch(TimeProvider clock)
    {
        private long _last = clock.GetTimestamp();

        public TimeSpan Lap()
        {
            var now = clock.GetTimestamp();
            var lap = clock.GetElapsedTime(_last, now);
            _last = now;
            return lap;
        }
    }
}
