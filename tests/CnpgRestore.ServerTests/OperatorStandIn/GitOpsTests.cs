using System.Text.Json.Nodes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.OperatorStandIn;

/// <summary>The stand-in for Flux and Argo CD brings back what Git says, unless it is told to stop.</summary>
public sealed class GitOpsTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_Cluster_comes_back_from_Git_and_with_a_suspended_Kustomization_it_does_not()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        using var git = await GitFolder.CreateAsync(Ct);
        var commit = await git.CommitAsync("apps/db/cluster.yaml", scene.Manifests.Initdb("${NAME:=orders}", "${SERVER}"), Ct);
        await scene.Namespace.ApplyAsync(Source(git), Ct);
        await scene.Namespace.ApplyAsync(Kustomization("db", "./apps/db", "{substitute: {SERVER: orders-v7}}"), Ct);

        var kustomization = await scene.UntilAsync("kustomization/db", item => item?["status"]?["lastAppliedRevision"] is not null, Ct);
        var first = await scene.UntilAsync("cluster/orders", item => item is not null, Ct);
        Assert.Equal($"main@sha1:{commit}", kustomization!["status"]!["lastAppliedRevision"]!.GetValue<string>());
        Assert.Equal("orders-v7", first!["spec"]!["backup"]!["barmanObjectStore"]!["serverName"]!.GetValue<string>());
        Assert.Equal("db", first["metadata"]!["labels"]!["kustomize.toolkit.fluxcd.io/name"]!.GetValue<string>());

        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "orders");
        await scene.UntilAsync("cluster/orders", item => item is not null && Uid(item) != Uid(first), Ct);

        await scene.Namespace.KubectlAsync(Ct, "patch", "kustomization", "db", "--type=merge", "--patch", """{"spec":{"suspend":true}}""");
        await RoundAsync(scene, git);
        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "orders");
        await RoundAsync(scene, git);
        Assert.Null(await scene.FindAsync("cluster/orders", Ct));
    }

    [Fact]
    public async Task Recovery_in_Git_over_a_living_initdb_Cluster_is_refused_by_the_webhook()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        using var git = await GitFolder.CreateAsync(Ct);
        await git.CommitAsync("db.yaml", WithoutBootstrap(scene.Manifests.Initdb("orders", "orders-v1")), Ct);
        await scene.Namespace.ApplyAsync(Source(git), Ct);
        await scene.Namespace.ApplyAsync(Kustomization("db", "./", "{}"), Ct);
        var live = await scene.UntilAsync("cluster/orders", item => item is not null, Ct);
        Assert.Equal("app", live!["spec"]!["bootstrap"]!["initdb"]!["database"]!.GetValue<string>());

        await git.CommitAsync("db.yaml", scene.Manifests.Recovery("orders", "orders-v1", "orders-v2"), Ct);

        var failed = await scene.UntilAsync("kustomization/db", item => Ready(item)?["status"]?.GetValue<string>() == "False", Ct);
        Assert.Contains("Only one bootstrap method can be specified at a time", Ready(failed)!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argo_CD_heals_what_was_deleted_while_automated_sync_is_on()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        using var git = await GitFolder.CreateAsync(Ct);
        await git.CommitAsync("db/cluster.yaml", scene.Manifests.Initdb("orders", "orders-v1"), Ct);
        await scene.Namespace.ApplyAsync(Application(git, scene.Namespace.Name), Ct);
        var first = await scene.UntilAsync("cluster/orders", item => item is not null, Ct);
        Assert.Equal($"db:postgresql.cnpg.io/Cluster:{scene.Namespace.Name}/orders", first!["metadata"]!["annotations"]!["argocd.argoproj.io/tracking-id"]!.GetValue<string>());

        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "orders");
        await scene.UntilAsync("cluster/orders", item => item is not null && Uid(item) != Uid(first), Ct);

        await scene.Namespace.KubectlAsync(Ct, "patch", "application", "db", "--type=merge", "--patch", """{"spec":{"syncPolicy":{"automated":null}}}""");
        await RoundAsync(scene, git);
        await RoundAsync(scene, git);
        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "orders");
        await RoundAsync(scene, git);
        await RoundAsync(scene, git);
        Assert.Null(await scene.FindAsync("cluster/orders", Ct));
    }

    /// <summary>
    /// The reconciler has looked at every Kustomization, as it is now, since the call: it takes them in the order of their names, so when a new
    /// last one has been applied, all others have had their turn. Applications come after; for them it takes two rounds.
    /// </summary>
    private static async Task RoundAsync(ClusterScene scene, GitFolder git)
    {
        var name = $"zz-{Guid.NewGuid():N}"[..10];
        await git.CommitAsync($"{name}/map.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name} }}", Ct);
        await scene.Namespace.ApplyAsync(Source(git), Ct);
        await scene.Namespace.ApplyAsync(Kustomization(name, $"./{name}", "{}"), Ct);
        await scene.UntilAsync($"kustomization/{name}", item => item?["status"]?["lastAppliedRevision"] is not null, Ct);
    }

    private static string Uid(JsonNode item) => item["metadata"]!["uid"]!.GetValue<string>();

    private static JsonNode? Ready(JsonNode? item) =>
        item?["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => condition!["type"]!.GetValue<string>() == "Ready");

    private static string WithoutBootstrap(string yaml) =>
        yaml.Replace("  bootstrap:\n    initdb: {database: orders, owner: orders}\n", "", StringComparison.Ordinal);

    private static string Source(GitFolder git) => $$"""
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: home}
        spec:
          url: {{git.Url}}
          ref: { branch: main }
        """;

    private static string Kustomization(string name, string path, string postBuild) => $$"""
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: { name: {{name}} }
        spec:
          sourceRef: {kind: GitRepository, name: home}
          path: {{path}}
          prune: false
          interval: 1m
          postBuild: {{postBuild}}
        """;

    private static string Application(GitFolder git, string ns) => $$"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: db}
        spec:
          source: {repoURL: "{{git.Url}}", path: db, targetRevision: main}
          destination: { namespace: {{ns}} }
          syncPolicy: { automated: { selfHeal: true } }
        """;
}
