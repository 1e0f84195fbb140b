using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Manifests;

/// <summary>A recovery reads the bucket in which its backup was found and proven, whatever an entry of an earlier time reads.</summary>
public sealed class SourceBucketTests
{
    private const string Archive = "destinationPath: s3://r2, endpointURL: https://r2.example.org, s3Credentials: {accessKeyId: {name: r2, key: id}, secretAccessKey: {name: r2, key: secret}}";
    private const string Minio = "{destinationPath: s3://old-minio, endpointURL: \"http://minio:9000\", serverName: postgres-v17}";

    [Theory]
    // Live.
    [InlineData($"  bootstrap: {{recovery: {{source: old, database: app, owner: app}}}}\n  externalClusters:\n    - name: old\n      barmanObjectStore: {Minio}\n", "postgres-v17", true)]
    // Its entry has the name that the source would get.
    [InlineData($"  bootstrap: {{recovery: {{source: postgres-v17, database: app, owner: app}}}}\n  externalClusters:\n    - name: postgres-v17\n      barmanObjectStore: {Minio}\n", "postgres-v17-2", true)]
    // In comments.
    [InlineData($"  bootstrap:\n    initdb: {{database: app, owner: app}}\n    # recovery:\n    #   source: old\n    #   database: app\n    #   owner: app\n  # externalClusters:\n  #   - name: old\n  #     barmanObjectStore: {Minio}\n", "old", false)]
    [InlineData($"  bootstrap:\n    initdb: {{database: app, owner: app}}\n  # externalClusters:\n  #   - name: postgres-v17\n  #     barmanObjectStore: {Minio}\n", "postgres-v17", false)]
    public void An_entry_of_another_bucket_is_left_alone(string spec, string name, bool keepsOld)
    {
        var set = Set($"{spec}  backup: {{barmanObjectStore: {{{Archive}}}}}\n");

        var edit = set.ToRecovery(null, new RecoveryRequest { Source = "postgres-v17", ArchiveName = "postgres-v17-2", IsInArchiveBucket = true });

        Assert.Equal((name, "postgres-v17"), (edit.After.RecoverySource, edit.After.Source!.ServerName));
        Assert.Equal(("s3://r2", "https://r2.example.org", "r2"), (edit.After.Source.Store!.DestinationPath, edit.After.Source.Store.EndpointUrl, edit.After.Source.Store.AccessKeyId?.Name));
        Assert.Equal(keepsOld, edit.After.ExternalClusters.Any(cluster => cluster.Folder!.Store!.DestinationPath == "s3://old-minio"));
        Assert.Equal(keepsOld, edit.Notes.Any(note => note.Contains("is in s3://old-minio at http://minio:9000, not in the bucket where the backup was found", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_entry_of_another_ObjectStore_is_left_alone()
    {
        var set = Set("""
              bootstrap: {recovery: {source: old, database: app, owner: app}}
              externalClusters:
                - name: old
                  plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: minio, serverName: postgres-v17}}
              plugins:
                - {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: r2}}
            """);

        var edit = set.ToRecovery(null, new RecoveryRequest { Source = "postgres-v17", ArchiveName = "postgres-v17-2", IsInArchiveBucket = true });

        Assert.Equal(("r2", "postgres-v17"), (edit.After.Source!.ObjectStoreName, edit.After.Source.ServerName));
    }

    [Theory]
    [InlineData("old", "postgres-v17")]
    // Its entry has the name that the source would get.
    [InlineData("postgres-v17", "postgres-v17-2")]
    public void An_in_tree_entry_is_left_alone_where_the_Cluster_archives_by_the_plugin(string entry, string name)
    {
        var set = new ManifestSet(
            new ManifestFile("cluster.yaml", $$$"""
                apiVersion: postgresql.cnpg.io/v1
                kind: Cluster
                metadata: {name: postgres-v17}
                spec:
                  bootstrap: {recovery: {source: {{{entry}}}, database: app, owner: app}}
                  externalClusters:
                    - name: {{{entry}}}
                      barmanObjectStore: {{{{Archive}}}, serverName: postgres-v17}
                  plugins:
                    - {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: r2}}
                """),
            new ManifestFile("store.yaml", $"apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {{name: r2}}\nspec: {{configuration: {{{Archive}}}}}\n") { IsNeighbour = true });

        var edit = set.ToRecovery(null, new RecoveryRequest { Source = "postgres-v17", ArchiveName = "postgres-v17-new", IsInArchiveBucket = true });

        Assert.Equal((name, "r2", "postgres-v17"), (edit.After.RecoverySource, edit.After.Source!.ObjectStoreName, edit.After.Source.ServerName));
        Assert.Contains($"the external cluster '{entry}' reads by barmanObjectStore, and the cluster archives by the plugin: '{name}' is written beside it", edit.Notes);
    }

    [Theory]
    [InlineData("primary: cluster-eu, self: cluster-eu, source: cluster-us", "cluster-eu", "cluster-us")]
    [InlineData("primary: elsewhere, self: cluster-eu, source: elsewhere", "cluster-us", "cluster-eu")]
    public void An_entry_that_a_replica_cluster_follows_keeps_its_folder(string replica, string name, string folderOfOld)
    {
        var set = Set($$"""
              bootstrap: {recovery: {source: cluster-us, database: app, owner: app} }
              replica: { {{replica}} }
              externalClusters:
                - name: cluster-us
                  barmanObjectStore: { {{Archive}}, serverName: cluster-us }
              backup: {barmanObjectStore: { {{Archive}} } }
            """);

        var edit = set.ToRecovery(null, new RecoveryRequest { Source = "cluster-eu", ArchiveName = "new", IsInArchiveBucket = true });

        Assert.Equal((name, "cluster-eu"), (edit.After.RecoverySource, edit.After.Source!.ServerName));
        Assert.Equal(folderOfOld, edit.After.ExternalClusters.Single(cluster => cluster.Name == "cluster-us").Folder!.ServerName);
        Assert.Equal(folderOfOld == "cluster-us", edit.Notes.Contains("spec.replica names the external cluster 'cluster-us', which stays as it is: 'cluster-eu' is written beside it"));
    }

    [Fact]
    public void A_timeline_that_the_manifest_names_is_told_when_it_goes()
    {
        var set = Set($"  bootstrap: {{recovery: {{source: old, database: app, owner: app, recoveryTarget: {{targetTLI: \"1\", targetTime: \"2026-01-01T00:00:00Z\"}}}}}}\n  externalClusters:\n    - name: old\n      barmanObjectStore: {{{Archive}}}\n");

        var edit = set.ToRecovery(null, new RecoveryRequest { Target = Target("2026-01-02T00:00:00Z") });

        Assert.Contains("the manifest's targetTLI (1) is a comment now: recovery follows the newest timeline that leads on from the base backup", edit.Notes);

        static CnpgRestore.Postgres.RecoveryTarget Target(string time) => new CnpgRestore.Postgres.RecoveryTarget.Time(CnpgRestore.Postgres.TargetTime.Parse(time));
    }

    [Fact]
    public void A_person_may_recover_from_another_bucket_and_is_told()
    {
        var set = Set($"  bootstrap: {{recovery: {{source: old, database: app, owner: app}}}}\n  externalClusters:\n    - name: old\n      barmanObjectStore: {Minio}\n  backup: {{barmanObjectStore: {{{Archive}}}}}\n");

        var edit = set.ToRecovery(null, new RecoveryRequest());

        Assert.Equal("s3://old-minio", edit.After.Source!.Store!.DestinationPath);
        Assert.Contains("the recovery reads postgres-v17/ in s3://old-minio at http://minio:9000, which is another bucket than the cluster archives to", edit.Notes);
    }

    [Fact]
    public void An_entry_of_the_same_bucket_without_credentials_takes_those_of_the_archive()
    {
        var set = Set($"  bootstrap: {{recovery: {{source: old, database: app, owner: app}}}}\n  externalClusters:\n    - name: old\n      barmanObjectStore:\n        destinationPath: s3://r2/\n        endpointURL: https://r2.example.org:443\n  backup: {{barmanObjectStore: {{{Archive}}}}}\n");

        var edit = set.ToRecovery(null, new RecoveryRequest { Source = "old", ArchiveName = "new" });

        Assert.Equal(("r2", "r2"), (edit.After.Source!.Store!.AccessKeyId?.Name, edit.After.Source.Store.SecretAccessKey?.Name));
        Assert.Empty(edit.Notes);
    }

    private static ManifestSet Set(string spec) => new(new ManifestFile("cluster.yaml", $"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {{name: postgres-v17}}\nspec:\n{spec}"));
}
