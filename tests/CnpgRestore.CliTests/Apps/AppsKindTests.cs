namespace CnpgRestore.CliTests.Apps;

/// <summary>Kinds that have no field called replicas: a Pooler, a custom resource, KEDA's ScaledObject, a DaemonSet that is named.</summary>
public sealed class AppsKindTests(CnpgRestore.TestServers.TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_is_stopped_in_its_own_way_and_comes_back()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.Home.ApplyAsync(AppManifests.Definitions, Ct);
        foreach (var definition in (IEnumerable<string>)["poolers.postgresql.cnpg.io", "rollouts.argoproj.io", "scaledobjects.keda.sh"])
        {
            await scene.Home.WaitAsync("established", $"crd/{definition}", Ct);
        }

        await scene.Home.ApplyAsync(AppManifests.Kinds, Ct);
        await scene.Home.ApplyAsync(AppManifests.Web, Ct);
        await scene.Clusters.UntilAsync("daemonset/agent", item => item?["status"]?["numberReady"]?.GetValue<int>() == 1, Ct);
        await scene.SessionsAsync(2);

        var without = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--dry-run");
        var stopped = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes", "--add", "rollout/site", "--add", "daemonset/agent");

        Assert.True(stopped.ExitCode == 0, stopped.Output + stopped.Error);
        Assert.Contains("--add daemonset/agent." + scene.Home.Name, without.Output, StringComparison.Ordinal);
        Assert.Equal("0 0 0 0", await StateAsync(scene));
        Assert.Equal("0", await scene.SpecAsync(scene.Home, "daemonset/agent", "{.status.desiredNumberScheduled}"));

        var started = await scene.RunAsync("apps", "start", AppsScene.Cluster, "--yes");

        Assert.True(started.ExitCode == 0, started.Output + started.Error);
        Assert.Equal("2 5 1 ", await StateAsync(scene));
        Assert.Equal("1", await scene.SpecAsync(scene.Home, "daemonset/agent", "{.status.numberReady}"));
        await scene.AssertNothingIsLeftAsync();
    }

    private static async Task<string> StateAsync(AppsScene scene) => string.Join(' ',
        await scene.SpecAsync(scene.Home, "pooler/orders-pool", "{.spec.instances}"),
        await scene.SpecAsync(scene.Home, "rollout/site", "{.spec.count}"),
        await scene.SpecAsync(scene.Home, "deployment/web"),
        await scene.SpecAsync(scene.Home, "scaledobject/web", "{.metadata.annotations.autoscaling\\.keda\\.sh/paused-replicas}"));
}
