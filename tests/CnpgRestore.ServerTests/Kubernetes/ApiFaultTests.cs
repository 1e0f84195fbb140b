using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Requests to an API server that misbehaves: done as on a good one, or told that they are not; and nothing is done twice.</summary>
public sealed class ApiFaultTests(TestBed bed) : IAsyncLifetime
{
    private static readonly LeaseHolder Holder = new("20261122t140000z-from-backup-aaaa", "laptop", 1);

    private ApiScene _scene = null!;
    private ApiFaultProxy _proxy = null!;
    private KubernetesApi _api = null!;

    public static TheoryData<string> PassingFaults => [.. ApiFaults.Passing.Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _scene = await ApiScene.OpenAsync(bed, Ct);
        _proxy = await ApiFaultProxy.StartAsync(_scene.Server, Ct);
        _api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = _proxy.Kubeconfig, Namespace = _scene.Namespace, Clock = new HurriedClock(20) });
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _proxy.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_passing_fault_at_every_request_that_may_be_repeated_changes_nothing(string fault)
    {
        await _scene.CreateConfigMapAsync("a", Ct);
        Assert.NotNull(await _api.FindAsync(_scene.ConfigMap("a"), Ct));
        _proxy.On(_ => true, number => number % 3 != 0, ApiFaults.Passing[fault]);

        var found = await _api.GetAsync(_scene.ConfigMap("a"), Ct);
        var applied = ApiScene.NewConfigMap("b");
        await _api.ApplyAsync(ResourceTypes.ConfigMaps, _scene.Namespace, applied, WriteOptions.Default, Ct);
        await _api.MergePatchAsync(_scene.ConfigMap("b"), new JsonObject { ["data"] = new JsonObject { ["value"] = "2" } }, WriteOptions.Default, Ct);
        await _api.DeleteAsync(_scene.ConfigMap("a"), new DeleteOptions((string)found["metadata"]!["uid"]!), Ct);
        var left = await _api.ListAsync(ResourceTypes.ConfigMaps, _scene.Namespace, new ListSelector("app=shop"), Ct).Select(item => $"{item["metadata"]!["name"]} {item["data"]!["value"]}").ToListAsync(Ct);

        Assert.Equal(["b 2"], left);
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task An_object_that_is_created_in_the_midst_of_a_fault_is_there_once_or_not_at_all(string fault)
    {
        Assert.Null(await _api.FindAsync(_scene.ConfigMap("a"), Ct));
        _proxy.On(request => request.Method == "POST", Times.First(1), ApiFaults.Passing[fault]);

        var problem = await ProblemOfAsync(() => _api.CreateAsync(ResourceTypes.ConfigMaps, _scene.Namespace, ApiScene.NewConfigMap("a"), WriteOptions.Default, Ct));

        var isThere = await _scene.Api.FindAsync(_scene.ConfigMap("a"), Ct) is not null;
        Assert.Equal(fault is "429 TooManyRequests" or "cut after the effect", isThere);
        if (fault == "429 TooManyRequests")
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Equal(ProblemCode.Unreachable, problem!.Code);
            Assert.NotNull(problem.Hint);
        }
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    [InlineData("409 Conflict")]
    public async Task A_lease_whose_renewals_meet_a_fault_is_held_and_renewed(string fault)
    {
        var lease = new ObjectReference(ResourceTypes.Leases, _scene.Namespace, "cnpg-restore-orders");
        await using var held = await RunLease.TakeAsync(_api, _scene.Namespace, "orders", Holder, new HurriedClock(5), Ct);
        var before = (string?)(await _scene.Api.GetAsync(lease, Ct))["spec"]!["renewTime"];

        _proxy.On(request => request.Method == "PUT", Times.Only(1), ApiFaults.Passing.GetValueOrDefault(fault, ApiFaults.Status(409, "Conflict")));
        // The first may be the one whose answer is lost: only the second was acknowledged, and only that moves the deadline.
        var lost = await RenewedAsync(before);
        var renewed = await RenewedAsync((string?)lost["spec"]!["renewTime"]);

        Assert.Equal(Holder.ToString(), (string?)renewed["spec"]!["holderIdentity"]);
        Assert.False(held.Lost.IsCancellationRequested);

        async Task<System.Text.Json.Nodes.JsonObject> RenewedAsync(string? than) =>
            (await _scene.Api.WaitForAsync(lease, item => (string?)item?["spec"]?["renewTime"] != than, Ct).WaitAsync(TimeSpan.FromMinutes(2), Ct))!;
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    [InlineData("410 Expired")]
    public async Task A_wait_for_an_object_outlives_a_fault_at_every_other_request(string fault)
    {
        await _scene.CreateConfigMapAsync("a", Ct);
        Assert.NotNull(await _api.FindAsync(_scene.ConfigMap("a"), Ct));
        _proxy.On(_ => true, Times.Every(2), ApiFaults.Passing.GetValueOrDefault(fault, ApiFaults.Status(410, "Expired")));
        var waiting = _api.WaitForAsync(_scene.ConfigMap("a"), item => (string?)item?["data"]?["value"] == "2", Ct);

        var patch = new JsonObject { ["data"] = new JsonObject { ["value"] = "2" } };
        await _scene.Api.MergePatchAsync(_scene.ConfigMap("a"), patch, WriteOptions.Default, Ct);

        Assert.NotNull(await waiting.WaitAsync(TimeSpan.FromMinutes(1), Ct));
    }

    [Fact]
    public async Task A_conflict_is_told_and_nothing_is_written_over()
    {
        var read = await _scene.CreateConfigMapAsync("a", Ct);
        _proxy.On(request => request.Method == "PUT", Times.First(1), ApiFaults.Status(409, "Conflict"));
        read["data"]!["value"] = "mine";

        var problem = await ProblemOfAsync(() => _api.ReplaceAsync(_scene.ConfigMap("a"), read, WriteOptions.Default, Ct));

        Assert.Equal(ProblemCode.Stopped, problem!.Code);
        Assert.Contains("changed meanwhile", problem.Message, StringComparison.Ordinal);
        Assert.Equal("1", (string?)(await _scene.Api.GetAsync(_scene.ConfigMap("a"), Ct))["data"]!["value"]);
    }

    [Fact]
    public async Task A_restart_of_the_API_server_is_ridden_out_by_waits_and_leases()
    {
        await bed.KubernetesApiAsync(Ct); // Skips where it cannot work.
        await using var server = await KubernetesServer.StartApiAsync(Ct);
        await using var ns = await server.CreateNamespaceAsync(Ct);
        // A minute of patience is short on a machine that is busy.
        using var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = server.Kubeconfig, Namespace = ns.Name, Clock = new HurriedClock(0.2) });
        var map = new ObjectReference(ResourceTypes.ConfigMaps, ns.Name, "a");
        await api.CreateAsync(ResourceTypes.ConfigMaps, ns.Name, ApiScene.NewConfigMap("a"), WriteOptions.Default, Ct);
        await using var held = await RunLease.TakeAsync(api, ns.Name, "orders", Holder, new HurriedClock(0.2), Ct);
        var waiting = api.WaitForAsync(map, item => (string?)item?["data"]?["value"] == "2", Ct);

        var restart = server.RestartApiAsync(Ct);
        var asked = api.GetAsync(map, Ct);
        await restart;

        Assert.Equal("1", (string?)(await asked)["data"]!["value"]);
        await api.MergePatchAsync(map, new JsonObject { ["data"] = new JsonObject { ["value"] = "2" } }, WriteOptions.Default, Ct);
        Assert.NotNull(await waiting.WaitAsync(TimeSpan.FromMinutes(2), Ct));
        Assert.False(held.Lost.IsCancellationRequested);
    }

    private static async Task<Problem?> ProblemOfAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (RestoreException e)
        {
            return e.Problem;
        }
    }
}
