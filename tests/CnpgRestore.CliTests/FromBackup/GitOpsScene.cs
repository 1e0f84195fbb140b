using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>The manifest of a Cluster as most users keep it in Git: Flux variables, and the recovery as a comment under the bootstrap that is live.</summary>
static class GitOpsScene
{
    public const string Manifest = "apps/database/cluster/cluster.yaml";

    public static string Cluster(ClusterManifests manifests) => manifests.Initdb("${CLUSTER}", "${CURRENT:=postgres-v17}").Replace(
        "  bootstrap:\n    initdb: {database: orders, owner: orders}\n",
        """
          bootstrap:
            initdb:
              database: orders
              owner: orders
            # recovery:
            #   source: postgres-v17-backup
            #   database: orders
            #   owner: orders

        """,
        StringComparison.Ordinal);

    public static string Source(GitFolder git) => $$"""
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: home}
        spec:
          url: {{git.Url}}
          ref: { branch: main }
        """;

    public static string Kustomization { get; } = """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: { name: database }
        spec:
          sourceRef: {kind: GitRepository, name: home}
          path: ./apps/database/cluster
          prune: false
          interval: 1m
          postBuild: {substitute: {CLUSTER: postgres-v17}}
        """;

    /// <summary>A Cluster that Flux has made of a repository.</summary>
    public static async Task<(RecoveryScene Scene, GitFolder Git)> CreateAsync(TestBed bed, CancellationToken ct)
    {
        var git = await GitFolder.CreateAsync(ct);
        var scene = await RecoveryScene.CreateAsync(bed, async manifests =>
        {
            await git.CommitAsync(Manifest, Cluster(manifests), ct);
            await git.CommitAsync("apps/database/ks.yaml", Kustomization, ct);
            return $"{Source(git)}\n---\n{Kustomization}";
        });
        return (scene, git);
    }

    public static async Task<bool> IsSuspendedAsync(RecoveryScene scene, CancellationToken ct) =>
        (await scene.Clusters.FindAsync("kustomization/database", ct))!["spec"]!["suspend"]?.GetValue<bool>() == true;
}
