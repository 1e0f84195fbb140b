using System.Text.Json.Nodes;
using System.Threading.Channels;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Watching through a line and a server that misbehave.</summary>
public sealed class WatchTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_there_is_told_first_and_then_every_change()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await scene.CreateConfigMapAsync("a", Ct);
        await using var watch = new Watching(scene.Api, scene.Namespace);

        Assert.Equal("Added a 1", await watch.NextAsync());
        await scene.CreateConfigMapAsync("b", Ct);
        Assert.Equal("Added b 1", await watch.NextAsync());
        await ChangeAsync(scene, "b", "2");
        Assert.Equal("Modified b 2", await watch.NextAsync());
        await scene.Api.DeleteAsync(scene.ConfigMap("b"), new DeleteOptions(null), Ct);
        Assert.Equal("Deleted b 2", await watch.NextAsync());
    }

    [Fact]
    public async Task A_broken_line_loses_no_change_and_repeats_none()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var proxy = await ApiFaultProxy.StartAsync(scene.Server, Ct);
        using var api = Connect(proxy, scene.Namespace);
        await scene.CreateConfigMapAsync("a", Ct);
        await using var watch = new Watching(api, scene.Namespace);
        Assert.Equal("Added a 1", await watch.NextAsync());

        proxy.Cut();
        await ChangeAsync(scene, "a", "2");
        Assert.Equal("Modified a 2", await watch.NextAsync());
        proxy.Cut();
        await scene.CreateConfigMapAsync("b", Ct);
        Assert.Equal("Added b 1", await watch.NextAsync());
    }

    [Fact]
    public async Task A_version_that_the_server_forgot_is_bridged_by_listing_again()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var proxy = await ApiFaultProxy.StartAsync(scene.Server, Ct);
        using var api = Connect(proxy, scene.Namespace);
        await scene.CreateConfigMapAsync("a", Ct);
        await scene.CreateConfigMapAsync("b", Ct);
        await scene.CreateConfigMapAsync("c", Ct);
        await using var watch = new Watching(api, scene.Namespace);
        Assert.Equal(["Added a 1", "Added b 1", "Added c 1"], [await watch.NextAsync(), await watch.NextAsync(), await watch.NextAsync()]);

        // Meanwhile one goes, one changes, one comes; the next watch is refused once.
        var isRefused = 0;
        proxy.Fault = async context =>
        {
            if (!context.Request.QueryString.ToString().Contains("watch=true", StringComparison.Ordinal) || Interlocked.Exchange(ref isRefused, 1) == 1)
            {
                return false;
            }

            await scene.Api.DeleteAsync(scene.ConfigMap("a"), new DeleteOptions(null), Ct);
            await ChangeAsync(scene, "b", "2");
            await scene.CreateConfigMapAsync("d", Ct);
            await ApiFaultProxy.StatusAsync(context, 410, "Expired");
            return true;
        };
        proxy.Cut();

        Assert.Equal(["Modified b 2", "Added d 1", "Deleted a 1"], [await watch.NextAsync(), await watch.NextAsync(), await watch.NextAsync()]);
    }

    [Fact]
    public async Task An_expiry_in_the_middle_of_a_watch_is_bridged_too()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var proxy = await ApiFaultProxy.StartAsync(scene.Server, Ct);
        using var api = Connect(proxy, scene.Namespace);
        await scene.CreateConfigMapAsync("a", Ct);
        var isTold = 0;
        proxy.Fault = async context =>
        {
            if (!context.Request.QueryString.ToString().Contains("watch=true", StringComparison.Ordinal) || Interlocked.Exchange(ref isTold, 1) == 1)
            {
                return false;
            }

            await ChangeAsync(scene, "a", "2");
            await context.Response.Body.WriteAsync("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}"""u8.ToArray(), Ct);
            return true;
        };
        await using var watch = new Watching(api, scene.Namespace);

        Assert.Equal(["Added a 1", "Modified a 2"], [await watch.NextAsync(), await watch.NextAsync()]);
    }

    [Fact]
    public async Task A_list_whose_pages_expire_is_read_again_in_one_piece()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var proxy = await ApiFaultProxy.StartAsync(scene.Server, Ct);
        using var api = Connect(proxy, scene.Namespace);
        var names = Enumerable.Range(0, 520).Select(number => $"c{number:000}").ToList();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (name, ct) => await scene.CreateConfigMapAsync(name, ct));
        proxy.Fault = async context =>
        {
            if (!context.Request.Query.ContainsKey("continue"))
            {
                return false;
            }

            await ApiFaultProxy.StatusAsync(context, 410, "Expired");
            return true;
        };

        var found = await api.ListAsync(ResourceTypes.ConfigMaps, scene.Namespace, new ListSelector("app=shop"), Ct).Select(item => (string)item["metadata"]!["name"]!).ToListAsync(Ct);

        Assert.Equal(names, found.Order(StringComparer.Ordinal));
        Assert.Equal(3, proxy.Paths.Count);
    }

    [Fact]
    public async Task An_overloaded_server_is_asked_again_and_a_write_that_it_may_have_begun_is_not()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var proxy = await ApiFaultProxy.StartAsync(scene.Server, Ct);
        using var api = Connect(proxy, scene.Namespace);
        var failures = 0;
        proxy.Fault = async context =>
        {
            if (Interlocked.Increment(ref failures) > 2)
            {
                return false;
            }

            await ApiFaultProxy.StatusAsync(context, failures == 1 ? 429 : 503, "TooManyRequests");
            return true;
        };

        Assert.Null(await api.FindAsync(scene.ConfigMap("a"), Ct));
        failures = 0;
        var refused = await Assert.ThrowsAsync<RestoreException>(() => api.CreateAsync(ResourceTypes.ConfigMaps, scene.Namespace, ApiScene.NewConfigMap("a"), WriteOptions.Default, Ct));

        Assert.Equal(ProblemCode.Unreachable, refused.Problem.Code);
        Assert.Null(await scene.Api.FindAsync(scene.ConfigMap("a"), Ct));
    }

    [Fact]
    public async Task An_object_is_waited_for_until_it_is_as_asked_or_gone()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var appears = scene.Api.WaitForAsync(scene.ConfigMap("a"), item => (string?)item?["data"]?["value"] == "2", Ct);
        await scene.CreateConfigMapAsync("a", Ct);
        await ChangeAsync(scene, "a", "2");
        Assert.Equal("2", (string?)(await appears)!["data"]!["value"]);

        var remaining = Channel.CreateUnbounded<int>();
        var gone = scene.Api.WaitUntilNoneAsync(ResourceTypes.ConfigMaps, scene.Namespace, new ListSelector("app=shop"), left => remaining.Writer.TryWrite(left.Count), Ct);
        Assert.Equal(1, await remaining.Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Ct));
        await scene.Api.DeleteAsync(scene.ConfigMap("a"), new DeleteOptions(null), Ct);
        await gone;
        await scene.Api.WaitForAsync(scene.ConfigMap("a"), item => item is null, Ct);

        // Nothing is left is its end, not one more number.
        remaining.Writer.Complete();
        Assert.All(await remaining.Reader.ReadAllAsync(Ct).ToListAsync(Ct), count => Assert.Equal(1, count));
    }

    private static KubernetesApi Connect(ApiFaultProxy proxy, string ns) =>
        KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = proxy.Kubeconfig, Namespace = ns, Clock = new HurriedClock(20) });

    private static Task ChangeAsync(ApiScene scene, string name, string value) => scene.Api.MergePatchAsync(
        scene.ConfigMap(name), new JsonObject { ["data"] = new JsonObject { ["value"] = value } }, WriteOptions.Default, Ct);

    /// <summary>A watch that runs beside the test, its changes as "Added a 1".</summary>
    private sealed class Watching : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private readonly Channel<string> _seen = Channel.CreateUnbounded<string>();
        private readonly Task _run;

        public Watching(KubernetesApi api, string ns) => _run = RunAsync(api, ns);

        public async Task<string> NextAsync() => await _seen.Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Ct);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }

        private async Task RunAsync(KubernetesApi api, string ns)
        {
            try
            {
                await foreach (var change in api.WatchAsync(ResourceTypes.ConfigMaps, ns, new ListSelector("app=shop"), _stop.Token))
                {
                    await _seen.Writer.WriteAsync($"{change.Type} {change.Object["metadata"]!["name"]} {change.Object["data"]!["value"]}", Ct);
                }
            }
            catch (OperationCanceledException)
            {
                _seen.Writer.Complete();
            }
            catch (RestoreException e)
            {
                _seen.Writer.Complete(e);
            }
        }
    }
}
