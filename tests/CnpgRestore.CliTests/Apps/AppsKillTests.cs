using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Apps;

/// <summary>With a Flux that really applies what Git says, and killed after every step, the counts are what they were.</summary>
public sealed class AppsKillTests(TestBed bed)
{
    private static readonly string[] Stop = ["suspend-gitops", "record-counts", "stop-workloads", "wait-pods", "prove-no-sessions"];
    private static readonly string[] Start = ["start-workloads", "wait-ready", "resume-gitops", "verify-counts", "forget"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_after_each_step_and_done_again_elsewhere_everything_comes_back()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        using var git = await scene.StartAppsFromGitAsync(Ct);

        foreach (var step in Stop)
        {
            await KillAsync(scene, "stop", step);
        }

        var stopped = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes");
        Assert.True(stopped.ExitCode == 0, stopped.Output + stopped.Error);
        Assert.Equal("web=0 queue=0 api=0", await scene.CountsAsync());
        Assert.Equal("true", await scene.SpecAsync(scene.Home, "kustomization/apps", "{.spec.suspend}"));
        Assert.Contains("statefulset/queue." + scene.Home.Name + ", had replicas: 3", stopped.Output, StringComparison.Ordinal);

        foreach (var step in Start)
        {
            await KillAsync(scene, "start", step);
        }

        var started = await scene.RunAsync("apps", "start", AppsScene.Cluster, "--yes");
        Assert.True(started.ExitCode == 0, started.Output + started.Error);
        Assert.Equal("web=1 queue=3 api=2", await scene.CountsAsync());
        Assert.Equal("false", await scene.SpecAsync(scene.Home, "cronjob/nightly", "{.spec.suspend}"));
        Assert.NotEqual("true", await scene.SpecAsync(scene.Home, "kustomization/apps", "{.spec.suspend}"));
        await scene.SessionsAsync(6);
        // Killed behind its last step, a run leaves its lease, which expires; the next had nothing to start and took none.
        await scene.AssertNoNoteIsLeftAsync();
    }

    private static async Task KillAsync(AppsScene scene, string verb, string step) =>
        Assert.Null(await KilledRun.AtAsync(scene.Command(["apps", verb, AppsScene.Cluster, "--yes"], $"{verb}-{step}"), KillMoment.Recorded(step)));
}
