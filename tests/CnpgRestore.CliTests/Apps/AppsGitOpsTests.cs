using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Apps;

/// <summary>A Flux that really applies what Git says: silent while its applications are stopped, and its word counts again afterwards.</summary>
public sealed class AppsGitOpsTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_Git_and_people_changed_meanwhile_is_told_when_Flux_works_again()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        using var git = await scene.StartAppsFromGitAsync(Ct);

        var stopped = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes");
        Assert.True(stopped.ExitCode == 0, stopped.Output + stopped.Error);
        Assert.Equal("true", await scene.SpecAsync(scene.Home, "kustomization/apps", "{.spec.suspend}"));
        await git.CommitAsync("apps/queue.yaml", AppManifests.Queue.Replace("replicas: 3", "replicas: 2", StringComparison.Ordinal), Ct);
        await scene.Home.KubectlAsync(Ct, "delete", "cronjob/nightly");
        Assert.Equal("web=0 queue=0 api=0", await scene.CountsAsync());

        var started = await scene.RunAsync("apps", "start", AppsScene.Cluster, "--yes");

        Assert.True(started.ExitCode == 3, started.Output + started.Error);
        Assert.Contains($"statefulset/queue.{scene.Home.Name} has 2 replicas, and had 3: something else sets it", started.Output, StringComparison.Ordinal);
        // The notes on what is gone went with it.
        Assert.DoesNotContain("nightly", started.Output, StringComparison.Ordinal);
        Assert.Equal("web=1 queue=2 api=2", await scene.CountsAsync());
        Assert.NotEqual("true", await scene.SpecAsync(scene.Home, "kustomization/apps", "{.spec.suspend}"));
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Both_ways_undisturbed_leave_everything_as_it_was()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        using var git = await scene.StartAppsFromGitAsync(Ct);

        (await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes")).Succeeded();
        var started = await scene.RunAsync("apps", "start", AppsScene.Cluster, "--yes");

        Assert.True(started.ExitCode == 0, started.Output + started.Error);
        Assert.Equal("web=1 queue=3 api=2", await scene.CountsAsync());
        Assert.NotEqual("true", await scene.SpecAsync(scene.Home, "kustomization/apps", "{.spec.suspend}"));
        await scene.SessionsAsync(6);
        await scene.AssertNothingIsLeftAsync();
    }
}
