using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Plans;

/// <summary>Whoever was allowed to stop is allowed to start, with a role that names what applications are made of and nothing else.</summary>
public sealed class AppsStartPlannerTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kinds_that_nobody_was_given_to_list_are_told_and_stop_nothing()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await CreateStoppedAsync(scene);
        await GiveRoleAsync(scene);
        using var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = scene.Server.StrangerKubeconfig, Namespace = scene.Namespace });

        var plan = await new AppsStartPlanner(api, scene.Namespace, "orders").PlanAsync("run", [scene.Namespace], TimeSpan.FromMinutes(1), Ct);

        Assert.Equal("web", Assert.Single(plan.Apps).Reference.Name);
        Assert.Contains($"not searched, as they may not be listed: replicationcontrollers in namespace {scene.Namespace}", plan.ToPlan().Notes);
    }

    [Fact]
    public async Task Kinds_that_are_stopped_everywhere_have_to_be_listed()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        using var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = scene.Server.StrangerKubeconfig, Namespace = scene.Namespace });

        var problem = (await Assert.ThrowsAsync<RestoreException>(
            () => new AppsStartPlanner(api, scene.Namespace, "orders").PlanAsync("run", [scene.Namespace], TimeSpan.FromMinutes(1), Ct))).Problem;

        Assert.Equal(ProblemCode.AccessDenied, problem.Code);
        Assert.Contains("deployments", problem.Message, StringComparison.Ordinal);
    }

    private static Task<JsonObject> CreateStoppedAsync(ApiScene scene) => scene.Api.CreateAsync(
        ResourceTypes.Deployments,
        scene.Namespace,
        JsonNode.Parse($$$"""
            {
              "metadata": {"name": "web", "annotations": {"{{{StopRecord.RunAnnotation}}}": "run", "{{{StopRecord.ClusterAnnotation}}}": "{{{scene.Namespace}}}/orders", "{{{StopRecord.BeforeAnnotation}}}": "2"} },
              "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "web:1"}]} } }
            }
            """)!.AsObject(),
        WriteOptions.Default,
        Ct);

    // By name, so that what other tests have installed meanwhile does not count.
    private static async Task GiveRoleAsync(ApiScene scene)
    {
        const string Role = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: apps}
            rules:
              - {apiGroups: [apps], resources: [deployments, deployments/scale, statefulsets, daemonsets, replicasets], verbs: [get, list, patch]}
              - {apiGroups: [batch], resources: [jobs, cronjobs], verbs: [get, list, patch]}
              - {apiGroups: [autoscaling, keda.sh], resources: [horizontalpodautoscalers, scaledobjects], verbs: [get, list, patch]}
              - {apiGroups: [postgresql.cnpg.io], resources: [poolers], verbs: [get, list, patch]}
              - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}
            """;
        (await ToolProcess.RunAsync(scene.Server.Kubectl("create", "-n", scene.Namespace, "-f", "-") with { Input = Role }, Ct)).Succeeded();
        (await ToolProcess.RunAsync(scene.Server.Kubectl("create", "rolebinding", "apps", "-n", scene.Namespace, "--role", "apps", "--user", "stranger"), Ct)).Succeeded();
    }
}
