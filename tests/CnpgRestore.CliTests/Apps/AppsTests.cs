using System.Text.Json.Nodes;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Apps;

/// <summary>Applications with 1, 2 and 3 replicas, a CronJob and an autoscaler are found, stopped and started on a real node.</summary>
public sealed class AppsTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_user_of_the_database_is_found_with_the_reason_and_nobody_else()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.StartAppsAsync();
        await scene.Home.ApplyAsync(AppManifests.Shell, Ct);
        await scene.SessionsAsync(7);
        // One of the seven may be the former session of an application that has just connected again.
        await scene.Home.WaitAsync("Ready", "pod/shell", Ct);
        var shell = (await scene.Clusters.FindAsync("pod/shell", Ct))!["status"]!["podIP"]!.GetValue<string>();
        while (await scene.Clusters.SqlAsync(AppsScene.Cluster, "postgres", $"SELECT count(*) FROM pg_stat_activity WHERE client_addr = '{shell}'", Ct) == "0")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
        }

        var apps = await scene.ListAsync();
        var text = await scene.RunAsync("apps", "list", AppsScene.Cluster);

        Assert.Equal(
            ["CronJob nightly 0", "Deployment api 2", "Deployment web 1", "Pod shell 1", "StatefulSet queue 3"],
            apps.Select(app => $"{app!["kind"]} {app["name"]} {app["sessions"]}").Order(StringComparer.Ordinal));
        Assert.Equal(["the command of container main names orders-rw"], Reasons(apps, "nightly"));
        Assert.Contains("Secret settings (names orders-rw) is mounted", Reasons(apps, "api"));
        Assert.Contains("Secret orders-app (the Cluster's own) fills variable DATABASE_URL of container main", Reasons(apps, "web"));
        Assert.Contains(Reasons(apps, "queue"), reason => reason.StartsWith("1 session of role orders in database orders (psql) from pod queue-0", StringComparison.Ordinal));
        Assert.Equal("horizontalpodautoscaler/api." + scene.Front.Name, Find(apps, "api")["autoscalers"]![0]!.GetValue<string>());
        Assert.Equal("none", Find(apps, "shell")["stops_by"]!.GetValue<string>());
        Assert.Contains("a bare pod: nothing would bring it back", text.Output, StringComparison.Ordinal);
        string[] places = ["--in", scene.Home.Name, "--in", scene.Front.Name];
        var chosen = await scene.ListAsync([.. places, "--add", "statefulset/queue", "--remove", "deployment/web", "--remove", $"deployment/api.{scene.Front.Name}", "--selector", "app=bystander"]);
        Assert.Equal(["bystander", "nightly", "queue", "shell"], chosen.Select(app => app!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Equal(["has the labels app=bystander"], Reasons(chosen, "bystander"));
        Assert.Contains("was named with --add", Reasons(chosen, "queue"));
        Assert.Equal(10, (await scene.RunAsync("apps", "list", AppsScene.Cluster, "--add", "deployment/nobody")).ExitCode);
        Assert.DoesNotContain("postgresql://", text.Output + apps.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_and_started_from_another_machine_every_count_is_what_it_was()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.StartAppsAsync();

        var dry = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--dry-run");
        Assert.Equal("web=1 queue=3 api=2", await scene.CountsAsync());
        var stopped = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes", "-o", "json");
        var again = await scene.RunAsync("apps", "stop", AppsScene.Cluster, "--yes");

        Assert.True(stopped.ExitCode == 0, stopped.Output + stopped.Error);
        Assert.True(again.ExitCode == 0, again.Output + again.Error);
        Assert.Contains("stop 4 workloads", dry.Output, StringComparison.Ordinal);
        Assert.Equal(4, AppsScene.Summary(stopped).GetProperty("stopped").GetArrayLength());
        Assert.Equal("web=0 queue=0 api=0", await scene.CountsAsync());
        Assert.Equal(0, await scene.CountSessionsAsync());
        Assert.Equal("true", await scene.SpecAsync(scene.Home, "cronjob/nightly", "{.spec.suspend}"));

        var started = await ToolProcess.RunAsync(scene.Command(["apps", "start", AppsScene.Cluster, "--yes"], state: "elsewhere"), Ct);
        var nothing = await scene.RunAsync("apps", "start", AppsScene.Cluster, "--yes");

        Assert.True(started.ExitCode == 0, started.Output + started.Error);
        Assert.Equal("web=1 queue=3 api=2", await scene.CountsAsync());
        Assert.Equal("false", await scene.SpecAsync(scene.Home, "cronjob/nightly", "{.spec.suspend}"));
        await scene.SessionsAsync(6);
        Assert.Equal((0, $"nothing is stopped for cluster {scene.Home.Name}/orders\n"), (nothing.ExitCode, nothing.Output));
        await scene.AssertNothingIsLeftAsync();
    }

    private static JsonNode Find(JsonArray apps, string name) => apps.First(app => app!["name"]!.GetValue<string>() == name)!;

    private static IReadOnlyList<string> Reasons(JsonArray apps, string name) => [.. Find(apps, name)["reasons"]!.AsArray().Select(reason => reason!["text"]!.GetValue<string>())];
}
