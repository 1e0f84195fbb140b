using System.Text;
using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Manifests;

public sealed class ManifestFilesTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("manifests");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void The_Kustomization_that_builds_the_folder_is_found_up_to_the_repositorys_root()
    {
        var plugin = new GoldenManifest("flux-plugin-all-commented");
        _root.CreateSubdirectory("repository/.git");
        Write("ks.yaml", plugin.Find("ks.yaml")!);
        Write("repository/kubernetes/apps/database/cloudnative-pg/ks.yaml", plugin.Find("ks.yaml")!);
        Write("repository/kubernetes/apps/database/broken.yaml", "kustomize.toolkit.fluxcd.io/v1: {{ nothing }");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "repository/kubernetes/apps/database/gone.yaml"), "nowhere.yaml");
        Write("repository/kubernetes/apps/database/other.yaml", plugin.Find("ks.yaml")!.Replace("/cloudnative-pg/", "/dragonfly/", StringComparison.Ordinal));
        var cluster = Write("repository/kubernetes/apps/database/cloudnative-pg/cluster/cluster.yaml", plugin.Input);
        Write("repository/kubernetes/apps/database/cloudnative-pg/cluster/objectstore.yaml", """
            apiVersion: barmancloud.cnpg.io/v1
            kind: ObjectStore
            metadata: {name: cloudnative-pg-storj}
            spec: {configuration: {destinationPath: s3://cloudnative-pg}}
            """);

        var set = ManifestFiles.Read([cluster]);

        Assert.Equal(["cluster.yaml", "ks.yaml", "objectstore.yaml"], set.Files.Select(file => Path.GetFileName(file.Path)));
        Assert.Equal("postgres-v17-20251009", set.Read(null).Destination!.ServerName);
        Assert.Equal("s3://cloudnative-pg", set.Read(null).Destination!.Store!.DestinationPath);
        plugin.Edit(set);
        Assert.Equal(plugin.Find("expected-ks.yaml"), set.Files[1].Text.Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("shop")]
    public void Two_Clusters_of_one_name_are_counted_and_not_denied(string? name)
    {
        string[] paths = [.. ((string[])["test.yaml", "live.yaml"]).Select(file => Write(file, """
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: shop}
            """))];
        var set = ManifestFiles.Read(paths);

        var problem = Assert.Throws<RestoreException>(() => set.Read(name)).Problem;

        Assert.Equal((ProblemCode.Usage, "2 Clusters are called 'shop'"), (problem.Code, problem.Message));
        Assert.Contains($"in {paths[0]} and {paths[1]}", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Cluster_beside_the_one_that_is_named_is_none_of_the_files()
    {
        string File(string name) => """
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: NAME}
            spec: {plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: NAME}}]}
            ---
            apiVersion: barmancloud.cnpg.io/v1
            kind: ObjectStore
            metadata: {name: NAME}
            spec: {configuration: {destinationPath: s3://NAME}}
            """.Replace("NAME", name, StringComparison.Ordinal);
        Write("authentik.yaml", File("authentik"));
        Write("immich-old.yaml", File("immich"));

        var set = ManifestFiles.Read([Write("immich.yaml", File("immich"))]);

        Assert.Equal("s3://immich", set.Read(null).Destination!.Store!.DestinationPath);
    }

    [Theory]
    [InlineData("kustomization.yaml", "resources: [cluster.yaml]\npatches: [{path: size.yaml}]\n", "kustomization.yaml has patches")]
    [InlineData("kustomization.yml", "resources: [cluster.yaml]\nnamePrefix: prod-\n", "kustomization.yml has namePrefix")]
    [InlineData("kustomization.yaml", "resources: [cluster.yaml]\npatches: [{target: {kind: Deployment}, path: size.yaml}]\n", null)]
    [InlineData("kustomization.yaml", "resources: [cluster.yaml]\n", null)]
    [InlineData("ks.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop}\nspec: {path: ./shop, patches: [{target: {kind: Cluster}, patch: '{}'}]}\n", "Kustomization shop in")]
    public void What_Kustomize_changes_on_the_way_is_told(string name, string content, string? told)
    {
        var cluster = Write("shop/cluster.yaml", "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: shop}\nspec: {imageName: \"${IMAGE}\"}\n");
        Write($"shop/{name}", content);

        var sentences = KustomizePatches.Of(ManifestFiles.Read([cluster])).ToList();

        Assert.Equal(told is null ? 0 : 1, sentences.Count);
        Assert.All(sentences, sentence => Assert.Contains(told!, sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_Kustomization_of_Flux_changes_is_told_of_a_manifest_without_variables_too()
    {
        var cluster = Write("repository/apps/shop/cluster.yaml", "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: shop}\nspec: {instances: 1}\n");
        Write("repository/apps/ks.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop}\nspec: {path: ./apps/shop, patches: [{target: {kind: Cluster}, patch: '{}'}]}\n");

        var sentence = Assert.Single(KustomizePatches.Of(ManifestFiles.Read([cluster])));

        Assert.StartsWith("Kustomization shop in ", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: ScheduledBackup\nspec: {cluster: {name: \"${CLUSTER}\"}}\n", "shop")]
    [InlineData("kind: ScheduledBackup\nspec: {cluster: {name: shop}}\n", "shop-2")]
    public void A_variable_that_a_neighbour_uses_keeps_its_value(string neighbour, string value)
    {
        var cluster = Write("repository/apps/shop/cluster.yaml", """
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: shop}
            spec:
              bootstrap: {recovery: {source: old, database: shop, owner: shop}}
              externalClusters: [{name: old, barmanObjectStore: {destinationPath: s3://backups, serverName: old}}]
              backup:
                barmanObjectStore:
                  destinationPath: s3://backups
                  serverName: ${CLUSTER}
            """);
        Write("repository/apps/shop/backups/scheduled.yaml", neighbour);
        Write("repository/apps/ks.yaml", """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: shop}
            spec:
              path: ./apps/shop
              postBuild:
                substitute:
                  CLUSTER: shop
            """);
        var set = ManifestFiles.Read([cluster]);

        var edit = set.ToRecovery(null, new RecoveryRequest { ArchiveName = "shop-2" });

        Assert.Equal("shop-2", edit.After.Destination!.ServerName);
        Assert.Equal(value == "shop", set.Files[0].Text.Text.Contains("serverName: shop-2", StringComparison.Ordinal));
        Assert.Contains($"CLUSTER: {value}", set.Files[1].Text.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/../", set.Files[1].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_in_the_ObjectStore_alone_asks_for_the_Kustomization_as_well()
    {
        var cluster = Write("apps/shop/cluster.yaml", """
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: shop}
            spec: {plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: store}}]}
            """);
        Write("apps/shop/store.yaml", """
            apiVersion: barmancloud.cnpg.io/v1
            kind: ObjectStore
            metadata: {name: store}
            spec: {configuration: {destinationPath: "s3://${BUCKET}"}}
            """);
        Write("apps/ks.yaml", """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: shop}
            spec: {path: ./apps/shop, postBuild: {substitute: {BUCKET: backups}}}
            """);

        Assert.Equal("s3://backups", ManifestFiles.Read([cluster]).Read(null).Destination!.Store!.DestinationPath);
    }

    [Fact]
    public async Task Writing_keeps_permissions_links_and_the_byte_order_mark()
    {
        var golden = new GoldenManifest("byte-order-mark");
        var target = Write("real.yaml", golden.Input);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(target, mode);
        var link = Path.Combine(_root.FullName, "cluster.yaml");
        File.CreateSymbolicLink(link, "real.yaml");
        var set = ManifestFiles.Read([link]);
        golden.Edit(set);

        await ManifestFiles.WriteAsync(set.Files[0], TestContext.Current.CancellationToken);

        Assert.Equal(new UTF8Encoding(false).GetBytes(golden.Find("expected.yaml")!), await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
        Assert.Equal(mode, File.GetUnixFileMode(target));
        Assert.Equal("real.yaml", File.ResolveLinkTarget(link, returnFinalTarget: false)!.Name);
        Assert.Equal(2, _root.GetFiles().Length);
    }

    [Fact]
    public void A_file_that_is_missing_or_no_text_is_named()
    {
        var missing = Path.Combine(_root.FullName, "none.yaml");
        Assert.Equal(new Problem(ProblemCode.NotFound, $"{missing} does not exist", null, "name the file that the Cluster is in: -f FILE"), Assert.Throws<RestoreException>(() => ManifestFiles.Read([missing])).Problem);
        var binary = Path.Combine(_root.FullName, "binary.yaml");
        File.WriteAllBytes(binary, [0xff, 0xfe, 0x00]);
        Assert.Equal($"{binary} is not UTF-8", Assert.Throws<RestoreException>(() => ManifestFiles.Read([binary])).Problem.Message);
    }

    [Fact]
    public void A_folder_is_no_manifest() => Assert.Equal(
        new Problem(ProblemCode.Usage, $"{_root.FullName} is a folder", null, "name the file with the Cluster in it"),
        Assert.Throws<RestoreException>(() => ManifestFiles.Read([_root.FullName])).Problem);

    private string Write(string path, string content)
    {
        var full = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, new UTF8Encoding(false).GetBytes(content));
        return full;
    }
}
