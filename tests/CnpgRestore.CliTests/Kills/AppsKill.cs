using CnpgRestore.CliTests.Apps;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>Applications that are stopped or started, killed; a Flux that applies what Git says works against it.</summary>
sealed class AppsKill(AppsScene scene, GitFolder git, string verb) : KillScene
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KillScene> CreateAsync(TestBed bed, string verb)
    {
        var scene = await AppsScene.CreateAsync(bed);
        var git = await scene.StartAppsFromGitAsync(Ct);
        if (verb == "start")
        {
            (await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes")).Succeeded();
        }

        return new AppsKill(scene, git, verb);
    }

    public override ToolCommand Begin(string state) => scene.Command(["apps", verb, AppsScene.Cluster, "--yes"], state);

    public override async Task<string> WorldAsync()
    {
        if (verb == "start")
        {
            await scene.SessionsAsync(6);
            await scene.AssertNothingIsLeftAsync();
        }

        var sessions = await scene.CountSessionsAsync();
        var flux = await scene.SpecAsync(scene.Home, "kustomization/apps", "{.spec.suspend}") == "true" ? "suspended" : "on";
        return $"{await scene.CountsAsync()}, {sessions} sessions, nightly suspended: {await scene.SpecAsync(scene.Home, "cronjob/nightly", "{.spec.suspend}")}, Flux {flux}";
    }

    public override async ValueTask DisposeAsync()
    {
        git.Dispose();
        await scene.DisposeAsync();
    }
}
