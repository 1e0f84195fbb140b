using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>
/// One run per Cluster, whatever machine it runs on: a Lease <c>cnpg-restore-CLUSTER</c> beside the Cluster (Kubernetes, coordination.k8s.io/v1). It is
/// renewed in the background and given back on disposal. A run that died without giving it back holds it for half a minute.
/// </summary>
public sealed class RunLease : IAsyncDisposable
{
    /// <summary>After so long without a sign of life the lease may be taken over.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(10);

    private readonly KubernetesApi _api;
    private readonly ObjectReference _reference;
    private readonly LeaseHolder _holder;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private JsonObject _lease;
    private Task _renewal = Task.CompletedTask;

    private RunLease(KubernetesApi api, ObjectReference reference, LeaseHolder holder, JsonObject lease, TimeProvider clock)
    {
        _api = api;
        _reference = reference;
        _holder = holder;
        _lease = lease;
        _clock = clock;
    }

    /// <summary>Cancelled when the lease could not be renewed in time, or somebody else has it: the run must not change anything more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <exception cref="RestoreException">Exit 11: another run holds it; the detail tells which, where, and since when.</exception>
    public static async Task<RunLease> TakeAsync(KubernetesApi api, string ns, string cluster, LeaseHolder holder, TimeProvider clock, CancellationToken ct)
    {
        var reference = ReferenceOf(ns, cluster);
        var lease = await TryTakeAsync(api, reference, holder, clock, ct)
            ?? throw Held(cluster, ns, await api.FindAsync(reference, ct));
        var taken = new RunLease(api, reference, holder, lease, clock);
        taken._renewal = taken.RenewAsync();
        return taken;
    }

    /// <summary>Gives back what a run of this machine holds that was killed when it had nothing left to do. Any other lease stays.</summary>
    public static async Task ForgetEndedAsync(KubernetesApi api, string ns, string cluster, LeaseHolder holder, TimeProvider clock, CancellationToken ct)
    {
        var reference = ReferenceOf(ns, cluster);
        try
        {
            if ((await api.FindAsync(reference, ct)).Text("spec", "holderIdentity") is { Length: > 0 } identity && holder.KnowsAsEnded(identity)
                && await TryTakeAsync(api, reference, holder, clock, ct) is { } lease)
            {
                await new RunLease(api, reference, holder, lease, clock).DisposeAsync();
            }
        }
        catch (RestoreException)
        {
            // It expires by itself.
        }
    }

    /// <summary>What to tell when <see cref="Lost"/> has ended a run.</summary>
    /// <param name="hint">How it goes on.</param>
    public RestoreException ToException(string hint) => new(
        ProblemCode.Stopped, $"{_reference} is lost: nothing more is changed", "the API server could not be reached in time, or another run has taken it", hint);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewal;
        if (!_lost.IsCancellationRequested)
        {
            // Nobody is left to read it: a lease without a holder would only be one more thing to explain.
            using var limit = new CancellationTokenSource(RenewInterval, _clock);
            try
            {
                await _api.DeleteAsync(_reference, new DeleteOptions(_lease.Text("metadata", "uid")), limit.Token);
            }
            catch (Exception e) when (e is RestoreException or OperationCanceledException)
            {
                // It expires by itself.
            }
        }

        _stop.Dispose();
        _lost.Dispose();
    }

    private static ObjectReference ReferenceOf(string ns, string cluster) => new(ResourceTypes.Leases, ns, $"cnpg-restore-{cluster}");

    /// <summary>Null: another run holds it.</summary>
    private static async Task<JsonObject?> TryTakeAsync(KubernetesApi api, ObjectReference reference, LeaseHolder holder, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            if (await api.FindAsync(reference, ct) is not { } found)
            {
                return await api.CreateAsync(ResourceTypes.Leases, reference.Namespace, LeaseContent.New(reference.Name, holder, clock.GetUtcNow()), WriteOptions.Default, ct);
            }

            if (found.Text("spec", "holderIdentity") is { Length: > 0 } identity && !holder.KnowsAsEnded(identity) && identity != holder.ToString())
            {
                if (!LeaseContent.IsExpired(found, clock.GetUtcNow()))
                {
                    return null;
                }

                // Only its clock may be behind ours: a run that lives renews within the interval.
                await Task.Delay(RenewInterval + (RenewInterval / 2), clock, ct);
                if ((await api.FindAsync(reference, ct)).Text("metadata", "resourceVersion") != found.Text("metadata", "resourceVersion"))
                {
                    return null;
                }
            }

            found["spec"] = LeaseContent.Spec(holder, clock.GetUtcNow(), clock.GetUtcNow(), (found.Number("spec", "leaseTransitions") ?? 0) + 1);
            return await api.ReplaceAsync(reference, found, WriteOptions.Default, ct);
        }
        catch (RestoreException e) when (e.IsConflict || e.IsAlreadyExists)
        {
            // Somebody was quicker.
            return null;
        }
    }

    private async Task RenewAsync()
    {
        using var deadline = new CancellationTokenSource(Duration, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, deadline.Token);
        var pause = RenewInterval;
        while (!either.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, _clock, either.Token);
                pause = RenewInterval;
                var next = _lease.DeepClone().AsObject();
                next["spec"]!["renewTime"] = LeaseContent.MicroTime(_clock.GetUtcNow());
                _lease = await _api.ReplaceAsync(_reference, next, WriteOptions.Default, either.Token);
                deadline.CancelAfter(Duration);
            }
            catch (RestoreException e) when (e.IsConflict || e.IsMissing)
            {
                if (!await IsStillOursAsync(either.Token))
                {
                    break;
                }

                // An interval later, the deadline would be over, which only an answered renewal moves.
                pause = TimeSpan.Zero;
            }
            catch (Exception e) when (e is RestoreException or OperationCanceledException)
            {
                // Until the deadline there is time for another attempt.
            }
        }

        if (!_stop.IsCancellationRequested)
        {
            await _lost.CancelAsync();
        }
    }

    // A renewal whose answer was lost is a conflict with ourselves.
    private async Task<bool> IsStillOursAsync(CancellationToken ct)
    {
        try
        {
            if (await _api.FindAsync(_reference, ct) is { } found && found.Text("spec", "holderIdentity") == _holder.ToString())
            {
                _lease = found;
                return true;
            }

            return false;
        }
        catch (Exception e) when (e is RestoreException or OperationCanceledException)
        {
            // Not known; the deadline decides.
            return true;
        }
    }

    private static RestoreException Held(string cluster, string ns, JsonObject? lease) => new(
        ProblemCode.Locked,
        $"another run holds cluster {cluster} in namespace {ns}",
        lease is null ? null : $"{lease.Text("spec", "holderIdentity")}, since {LeaseContent.Seconds(lease, "acquireTime")}, last sign of life {LeaseContent.Seconds(lease, "renewTime")}",
        $"wait until it ends; a run that was killed lets go after {Duration.TotalSeconds:0} s; 'kubectl get lease cnpg-restore-{cluster} -n {ns}' shows it");
}
