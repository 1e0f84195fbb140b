using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Apps;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>
/// <c>apps stop</c> as a whole over an API server that misbehaves at every third request. There are no controllers, so that nothing but the run changes
/// anything: what it leaves is what an undisturbed run leaves.
/// </summary>
public sealed class AppsFaultTests(TestBed bed)
{
    /// <summary>A write whose answer is lost may end a run; the same command goes on.</summary>
    private const int MostRuns = 20;

    public static TheoryData<string> PassingFaults => [.. ApiFaults.Passing.Keys, "409 Conflict"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task Applications_are_stopped_and_noted_as_on_a_good_server(string fault)
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var proxy = await ApiFaultProxy.StartAsync(scene.Server, Ct);
        using var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = proxy.Kubeconfig, Namespace = scene.Namespace, Clock = new HurriedClock(20) });
        await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, ApiScene.NewCluster("orders"), WriteOptions.Default, Ct);
        await scene.Api.CreateAsync(ResourceTypes.Deployments, scene.Namespace, Application("web", 3), WriteOptions.Default, Ct);
        await scene.Api.CreateAsync(ResourceTypes.Deployments, scene.Namespace, Application("api", 2), WriteOptions.Default, Ct);
        Assert.NotEmpty(await api.VersionAsync(Ct));
        if (ApiFaults.Passing.TryGetValue(fault, out var passing))
        {
            proxy.On(_ => true, Times.Every(7), passing);
        }
        else
        {
            // Only what writes conflicts.
            proxy.On(request => request.Method is "PATCH" or "PUT", Times.First(3), ApiFaults.Status(409, "Conflict"));
        }

        var runs = 0;
        while (await ProblemOfAsync(() => StopAsync(api, scene.Namespace)) is { } problem)
        {
            Assert.Contains(problem.Code, (ProblemCode[])[ProblemCode.Stopped, ProblemCode.Unreachable]);
            Assert.NotNull(problem.Hint);
            Assert.True(++runs < MostRuns, $"{problem}");
        }

        proxy.Fault = static _ => Task.FromResult(false);
        var stopped = (await StoppedApps.FindAsync(scene.Api, scene.Namespace, "orders", [scene.Namespace], Ct)).Apps;
        Assert.Equal(["api 2", "web 3"], stopped.Select(app => $"{app.Reference.Name} {app.Record.Before}").Order(StringComparer.Ordinal));
        foreach (var app in stopped)
        {
            Assert.Equal(0, (int)(await scene.Api.GetAsync(app.Reference, Ct))["spec"]!["replicas"]!);
        }
    }

    private static async Task StopAsync(KubernetesApi api, string ns)
    {
        using var state = new TemporaryFolder("state");
        var run = RunId.Create("apps-stop", TimeProvider.System);
        var plan = await new AppsStopPlanner(api, ns, "orders").PlanAsync(run.Value, new AppScope { Namespaces = [ns] }, TimeSpan.FromMinutes(1), terminate: false, Ct);
        using var journal = Journal.Create(new StateFolder(state.Path), run, "apps-stop", plan.Subject, TimeProvider.System);
        await new AppsStopRun(api, plan, new Run(journal, new Unseen()), new HurriedClock(20)).RunAsync(Ct);
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

    private static JsonObject Application(string name, int replicas) => JsonNode.Parse($$"""
        {
          "metadata": { "name": "{{name}}" },
          "spec": {
            "replicas": {{replicas}},
            "selector": { "matchLabels": { "app": "{{name}}" } },
            "template": {
              "metadata": { "labels": { "app": "{{name}}" } },
              "spec": { "containers": [{ "name": "main", "image": "x", "env": [{ "name": "DATABASE_URL", "value": "postgres://app@orders-rw/app" }] }] }
            }
          }
        }
        """)!.AsObject();
}
