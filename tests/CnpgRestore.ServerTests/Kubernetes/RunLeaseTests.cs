using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

public sealed class RunLeaseTests(TestBed bed)
{
    private static readonly LeaseHolder One = new("20261122t140000z-from-backup-aaaa", "laptop", 1);
    private static readonly LeaseHolder Two = new("20261122t150000z-from-backup-bbbb", "server", 2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_run_is_refused_and_told_who_holds_the_cluster_where_and_since_when()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var held = await RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", One, TimeProvider.System, Ct);

        var refused = await Assert.ThrowsAsync<RestoreException>(() => RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", Two, TimeProvider.System, Ct));

        Assert.Equal(ProblemCode.Locked, refused.Problem.Code);
        Assert.Equal($"another run holds cluster orders in namespace {scene.Namespace}", refused.Problem.Message);
        Assert.Matches(@"^20261122t140000z-from-backup-aaaa on laptop \(process 1\), since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ, last sign of life 20", refused.Problem.Detail);
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Clusters_are_held_one_by_one_and_given_back()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var held = await RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", One, TimeProvider.System, Ct);
        await using (await RunLease.TakeAsync(scene.Api, scene.Namespace, "billing", Two, TimeProvider.System, Ct))
        {
        }

        await held.DisposeAsync();

        Assert.Null(await scene.Api.FindAsync(Lease(scene), Ct));
        await (await RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", Two, TimeProvider.System, Ct)).DisposeAsync();
    }

    [Fact]
    public async Task The_lease_of_a_process_that_has_ended_on_this_machine_is_taken_at_once()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var ended = One with { Process = int.MaxValue };
        await WriteAsync(scene, ended, DateTimeOffset.UnixEpoch.AddYears(100));

        Assert.False((One with { Process = 3 }).KnowsAsEnded((One with { Process = Environment.ProcessId }).ToString()));
        await Assert.ThrowsAsync<RestoreException>(() => RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", One with { Machine = "server" }, TimeProvider.System, Ct));
        await using var again = await RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", One with { Process = 3 }, TimeProvider.System, Ct);

        Assert.Equal((One with { Process = 3 }).ToString(), (string?)(await scene.Api.GetAsync(Lease(scene), Ct))["spec"]!["holderIdentity"]);
    }

    [Fact]
    public async Task A_run_with_nothing_to_do_gives_back_what_one_that_has_ended_here_holds_and_nothing_else()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await WriteAsync(scene, One with { Process = int.MaxValue }, DateTimeOffset.UnixEpoch);

        await RunLease.ForgetEndedAsync(scene.Api, scene.Namespace, "orders", One with { Machine = "server" }, TimeProvider.System, Ct);
        Assert.NotNull(await scene.Api.FindAsync(Lease(scene), Ct));

        await RunLease.ForgetEndedAsync(scene.Api, scene.Namespace, "orders", One with { Process = 3 }, TimeProvider.System, Ct);
        Assert.Null(await scene.Api.FindAsync(Lease(scene), Ct));

        await RunLease.ForgetEndedAsync(scene.Api, scene.Namespace, "orders", One with { Process = 3 }, TimeProvider.System, Ct);
    }

    [Fact]
    public async Task The_lease_of_a_dead_run_is_taken_over()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await WriteAsync(scene, One, DateTimeOffset.UnixEpoch);

        await using var taken = await RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", Two, new HurriedClock(20), Ct);

        var spec = (await scene.Api.GetAsync(Lease(scene), Ct))["spec"]!;
        Assert.Equal((Two.ToString(), 1), ((string?)spec["holderIdentity"], (int)spec["leaseTransitions"]!));
    }

    [Fact]
    public async Task A_run_whose_clock_is_behind_is_not_taken_for_dead()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await WriteAsync(scene, One, DateTimeOffset.UnixEpoch);

        var taking = RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", Two, new HurriedClock(5), Ct);
        for (var sign = 0; !taking.IsCompleted; sign++)
        {
            var renewal = new JsonObject { ["spec"] = new JsonObject { ["renewTime"] = $"1970-01-01T00:00:00.{sign:000000}Z" } };
            await scene.Api.MergePatchAsync(Lease(scene), renewal, WriteOptions.Default, Ct);
        }

        Assert.Equal(ProblemCode.Locked, (await Assert.ThrowsAsync<RestoreException>(() => taking)).Problem.Code);
    }

    [Fact]
    public async Task A_held_lease_is_renewed()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var held = await RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", One, new HurriedClock(5), Ct);
        var first = (string?)(await scene.Api.GetAsync(Lease(scene), Ct))["metadata"]!["resourceVersion"];

        var renewed = await scene.Api.WaitForAsync(Lease(scene), lease => (string?)lease?["metadata"]?["resourceVersion"] != first, Ct);

        Assert.Equal(One.ToString(), (string?)renewed!["spec"]!["holderIdentity"]);
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_run_whose_lease_is_taken_is_told_so_and_leaves_it_to_the_other()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var held = await RunLease.TakeAsync(scene.Api, scene.Namespace, "orders", One, new HurriedClock(50), Ct);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = held.Lost.Register(lost.SetResult);

        await scene.Api.MergePatchAsync(Lease(scene), new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = Two.ToString() } }, WriteOptions.Default, Ct);

        await lost.Task.WaitAsync(TimeSpan.FromMinutes(2), Ct);
        await held.DisposeAsync();
        Assert.Equal(Two.ToString(), (string?)(await scene.Api.GetAsync(Lease(scene), Ct))["spec"]!["holderIdentity"]);
    }

    [Fact]
    public async Task A_run_that_cannot_reach_the_API_loses_its_lease_in_time()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var proxy = await ApiFaultProxy.StartAsync(scene.Server, Ct);
        using var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = proxy.Kubeconfig, Namespace = scene.Namespace, Clock = new HurriedClock(50) });
        await using var held = await RunLease.TakeAsync(api, scene.Namespace, "orders", One, new HurriedClock(50), Ct);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = held.Lost.Register(lost.SetResult);

        proxy.Fault = async context =>
        {
            await ApiFaultProxy.StatusAsync(context, 503, "ServiceUnavailable");
            return true;
        };

        await lost.Task.WaitAsync(TimeSpan.FromMinutes(2), Ct);
    }

    private static ObjectReference Lease(ApiScene scene) => new(ResourceTypes.Leases, scene.Namespace, "cnpg-restore-orders");

    private static Task<JsonObject> WriteAsync(ApiScene scene, LeaseHolder holder, DateTimeOffset renewed) => scene.Api.CreateAsync(
        ResourceTypes.Leases,
        scene.Namespace,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "cnpg-restore-orders" },
            ["spec"] = new JsonObject
            {
                ["holderIdentity"] = holder.ToString(),
                ["leaseDurationSeconds"] = 30,
                ["renewTime"] = renewed.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            },
        },
        WriteOptions.Default,
        Ct);
}
