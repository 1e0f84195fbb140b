using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Every way in which a manifest says that it uses a database, on a real API server. Who has a session is seen on a node: AppsTests.</summary>
public sealed class AppSurveyTests(TestBed bed)
{
    private const string Named = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {URL: "postgres://orders-rw.NAMESPACE.svc:5432/orders"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: copied}
        stringData: {host: orders-ro}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: other}
        stringData: {host: orders-rw-replica}
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("envFrom: [{secretRef: {name: orders-app}}]", "", "Secret orders-app (the Cluster's own) fills variables of container app")]
    [InlineData("envFrom: [{configMapRef: {name: settings}}]", "", "ConfigMap settings (names orders-rw) fills variables of container app")]
    [InlineData("env: [{name: HOST, value: orders-rw}]", "", "variable HOST of container app names orders-rw")]
    [InlineData("env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: copied, key: host}}}]", "", "Secret copied (names orders-ro) fills variable PASSWORD of container app")]
    [InlineData("env: [{name: URL, valueFrom: {configMapKeyRef: {name: settings, key: URL}}}]", "", "ConfigMap settings (names orders-rw) fills variable URL of container app")]
    [InlineData("args: [--database, \"postgres://orders-r:5432/orders\"]", "", "the command of container app names orders-r")]
    [InlineData("", "volumes: [{name: v, secret: {secretName: orders-superuser}}]", "Secret orders-superuser (the Cluster's own) is mounted")]
    [InlineData("", "volumes: [{name: v, projected: {sources: [{configMap: {name: settings}}]}}]", "ConfigMap settings (names orders-rw) is mounted")]
    [InlineData("", "initContainers: [{name: wait, image: i, command: [pg_isready, -h, orders-rw]}]", "the command of container wait names orders-rw")]
    [InlineData("env: [{name: HOST, value: orders-rw-replica}, {name: OTHER, value: my-orders-rw}, {name: PLACE, value: orders-rw.elsewhere.svc}]", "", null)]
    [InlineData("envFrom: [{secretRef: {name: other}}, {secretRef: {name: missing, optional: true}}]", "", null)]
    public async Task A_workload_is_found_by_what_its_pods_read(string container, string pod, string? reason)
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, ApiScene.NewCluster("orders"), WriteOptions.Default, Ct);
        await scene.ApplyAsync(Named.Replace("NAMESPACE", scene.Namespace, StringComparison.Ordinal), Ct);
        await scene.ApplyAsync($$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                    - name: app
                      image: i
                      {{container}}
                  {{pod}}
            """, Ct);

        var found = await new AppSurvey(scene.Api, scene.Namespace, "orders").FindAsync(new AppScope { Namespaces = [scene.Namespace] }, Ct);

        if (reason is null)
        {
            Assert.Empty(found.Apps);
            return;
        }

        var app = Assert.Single(found.Apps);
        Assert.Equal(("web", 2), (app.Reference.Name, app.Replicas));
        Assert.Equal(new AppReason(AppReason.Reference, reason), Assert.Single(app.Reasons));
    }

    [Theory]
    [InlineData("20261122t140000z-from-dump-4f2a", 0)]
    [InlineData(null, 1)]
    public async Task A_job_that_loads_for_a_run_is_no_application_and_one_that_a_person_applies_is(string? run, int apps)
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, ApiScene.NewCluster("orders"), WriteOptions.Default, Ct);
        var job = new PsqlJob
        {
            Name = "load", Namespace = scene.Namespace, Image = "postgres:17", Volume = new DumpVolume.Claim("dumps"), File = "orders.sql", Decompress = "cat", Host = "orders-rw",
            Database = "orders", Secret = "orders-app", Run = run,
        }.ToManifest();
        await scene.Api.CreateAsync(ResourceTypes.Jobs, scene.Namespace, job, WriteOptions.Default, Ct);
        // A pod outlives its Job for a moment.
        var pod = new JsonObject { ["metadata"] = job["spec"]!["template"]!["metadata"]!.DeepClone(), ["spec"] = job["spec"]!["template"]!["spec"]!.DeepClone() };
        pod["metadata"]!["name"] = "load-x2k9p";
        await scene.CreatePodAsync(pod, Ct);

        var found = await new AppSurvey(scene.Api, scene.Namespace, "orders").FindAsync(new AppScope { Namespaces = [scene.Namespace] }, Ct);

        // The Job and, without an owner here, its pod.
        Assert.Equal(2 * apps, found.Apps.Count);
    }

    [Fact]
    public async Task What_is_named_and_not_there_is_told()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var name = AppName.Parse("deployment/nowhere", null);

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => new AppSurvey(scene.Api, scene.Namespace, "orders").FindAsync(new AppScope { Namespaces = [scene.Namespace], Added = [name] }, Ct))).Problem;

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.Contains("deployment/nowhere", problem.Message, StringComparison.Ordinal);
        Assert.Equal($"cnpg-restore apps list orders -n {scene.Namespace}", problem.Hint);
    }
}
