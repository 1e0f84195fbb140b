using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Apps;

/// <summary>What does not go as it should is told, with the object and the reason.</summary>
public sealed class AppsDifferenceTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_instance_that_shuts_down_is_waited_for()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.StartAppsAsync();
        // Its last WAL file takes its time to the bucket; psql is refused meanwhile.
        await scene.Home.KubectlAsync(Ct, "delete", "pod", $"{AppsScene.Cluster}-1", "--wait=false");

        var result = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        await scene.Clusters.HealthyAsync(AppsScene.Cluster, Ct);
        Assert.Equal(0, await scene.CountSessionsAsync());
        (await scene.RunAsync("apps", "start", AppsScene.Cluster, "--yes")).Succeeded();
    }

    [Fact]
    public async Task A_session_that_is_left_is_told_and_ended_only_when_asked()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.Home.ApplyAsync(AppManifests.Web, Ct);
        await scene.Home.ApplyAsync(AppManifests.Shell, Ct);
        await scene.SessionsAsync(2);

        var left = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes");
        Assert.True(left.ExitCode == 3, left.Output + left.Error);
        Assert.Contains("pod/shell." + scene.Home.Name + " is not stopped: a bare pod", left.Error, StringComparison.Ordinal);
        Assert.Contains("1 session of role orders in database orders (psql) from 10.", left.Output, StringComparison.Ordinal);
        Assert.Equal(1, await scene.CountSessionsAsync());

        var ended = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes", "--terminate");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.Contains("terminated  1 sessions", ended.Output, StringComparison.Ordinal);
        Assert.Contains("deployment/web." + scene.Home.Name + ", had replicas: 1", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changed_while_it_was_stopped_is_honoured_or_told()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.StartAppsAsync();
        (await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes")).Succeeded();

        await scene.Home.KubectlAsync(Ct, "scale", "statefulset/queue", "--replicas", "1");
        var again = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes");
        Assert.True(again.ExitCode == 0, again.Output + again.Error);
        Assert.Equal("web=0 queue=0 api=0", await scene.CountsAsync());

        var other = await scene.RunAsync("apps", "stop", "billing", "--yes", "--add", "deployment/web");
        var misspelt = await scene.RunAsync("apps", "stop", "oders", "--yes");
        Assert.True(other.ExitCode == 15, other.Output + other.Error);
        Assert.Contains($"deployment/web.{scene.Home.Name} is stopped for cluster {scene.Home.Name}/orders", other.Error, StringComparison.Ordinal);
        Assert.Equal(10, misspelt.ExitCode);

        await scene.Front.KubectlAsync(Ct, "patch", "hpa/api", "--patch", """{"spec":{"minReplicas":3}}""");
        await scene.Home.KubectlAsync(Ct, "set", "image", "deployment/web", "main=localhost/missing:1");
        var started = await scene.RunAsync("apps", "start", AppsScene.Cluster, "--yes", "--timeout", "20s");

        Assert.True(started.ExitCode == 3, started.Output + started.Error);
        Assert.Equal("web=1 queue=3 api=3", await scene.CountsAsync());
        Assert.Contains("had replicas: 2, now 3 as its autoscaler demands", started.Output, StringComparison.Ordinal);
        Assert.Contains("deployment/web." + scene.Home.Name + " is not ready: pod web-", started.Output, StringComparison.Ordinal);
        Assert.Contains("ErrImageNeverPull", started.Output, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task What_may_not_be_read_is_told_by_the_list_and_refused_by_the_stop()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.StartAppsAsync();
        var role = scene.Home.Name;
        await scene.Home.KubectlAsync(Ct, "create", "rolebinding", "stranger", "--clusterrole", "cluster-admin", "--user", "stranger");
        await scene.Home.KubectlAsync(Ct, "create", "clusterrole", role, "--verb", "list", "--resource", "namespaces");
        await scene.Home.KubectlAsync(Ct, "create", "clusterrolebinding", role, "--clusterrole", role, "--user", "stranger");
        // What authorizes sees a new binding a moment later.
        while ((await ToolProcess.RunAsync(scene.Home.Server.Kubectl("auth", "can-i", "list", "namespaces", "--as", "stranger"), Ct)).ExitCode != 0)
        {
            await Task.Delay(200, Ct);
        }

        var list = await RunAsync(scene, "apps", "list", AppsScene.Cluster);
        var refused = await RunAsync(scene, "apps", "stop", AppsScene.Cluster, "--yes");
        Assert.Equal("web=1 queue=3 api=2", await scene.CountsAsync());
        var stopped = await RunAsync(scene, "apps", "stop", AppsScene.Cluster, "--yes", "--in", scene.Home.Name);
        await scene.Home.KubectlAsync(Ct, "delete", "clusterrole,clusterrolebinding", role);

        Assert.True(list.ExitCode == 0, list.Output + list.Error);
        Assert.Contains("statefulset/queue", list.Output, StringComparison.Ordinal);
        Assert.Contains($"not permitted to list secrets in namespace {scene.Front.Name}", list.Output, StringComparison.Ordinal);
        Assert.True(refused.ExitCode == 12, refused.Output + refused.Error);
        Assert.Contains("--in NAMESPACE", refused.Error, StringComparison.Ordinal);
        Assert.True(stopped.ExitCode == 3, stopped.Output + stopped.Error);
        Assert.Equal("web=0 queue=0 api=2", await scene.CountsAsync());
    }

    private static Task<ToolResult> RunAsync(AppsScene scene, params string[] arguments) =>
        ToolProcess.RunAsync(scene.Command(arguments, kubeconfig: scene.Home.Server.StrangerKubeconfig), Ct);
}
