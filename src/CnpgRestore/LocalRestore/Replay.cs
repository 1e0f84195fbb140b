using CnpgRestore.Barman;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>The recovery itself: a PostgreSQL on the restored files, and the WAL that it asks for, until it accepts connections.</summary>
public sealed class Replay : IAsyncDisposable
{
    private readonly WalSource _source;
    private readonly WalPrefetch _prefetch;
    private readonly WalDelivery _delivery;

    private Replay(WalSource source, WalPrefetch prefetch, WalDelivery delivery, LocalPostgres postgres)
    {
        _source = source;
        _prefetch = prefetch;
        _delivery = delivery;
        Postgres = postgres;
    }

    public LocalPostgres Postgres { get; }

    /// <param name="delivered">Called for each WAL segment, in the order of replay.</param>
    public static Replay Start(IObjectStore store, DrillPlan plan, ServerFolder server, DrillFolder folder, Action<WalSegmentName> delivered, TimeProvider clock, CancellationToken ct)
    {
        var extent = plan.Path.Extent;
        var source = new WalSource(store, server, plan.Archive, extent.SegmentSize, new Backoff(clock));
        var guard = new TablespaceGuard(extent.SegmentSize, extent.BeginLsn);
        var prefetch = new WalPrefetch(source, plan.Path.Segments, guard, extent.SegmentSize, folder.WalSpool, ct);
        prefetch.Begin();
        var delivery = new WalDelivery(source, prefetch, folder, delivered, ct);
        return new Replay(source, prefetch, delivery, LocalPostgres.Start(plan.Binaries, folder, clock));
    }

    /// <exception cref="RestoreException">Why the recovery ended early: what kept a WAL file from PostgreSQL where that is the cause, else what PostgreSQL says.</exception>
    public async Task FinishAsync(CancellationToken ct)
    {
        try
        {
            await Postgres.WaitUntilReadyAsync(ct);
        }
        catch (RestoreException) when (_delivery.Failure is not null)
        {
            throw new RestoreException(_delivery.Failure.Problem, _delivery.Failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        await _delivery.DisposeAsync();
        await _prefetch.DisposeAsync();
        _source.Dispose();
    }
}
