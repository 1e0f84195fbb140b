using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Manifests;

public sealed class ClusterManifestTests
{
    [Fact]
    public void In_tree_defaults_are_the_entrys_name_for_the_source_and_the_clusters_name_for_the_destination()
    {
        var manifest = Read("""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: pg, namespace: db}
            spec:
              imageName: registry.example.org:5000/cloudnative-pg/postgresql:17.5-standard-bookworm@sha256:0123
              bootstrap:
                recovery: {source: origin, database: shop, owner: keeper, secret: {name: keeper-user}}
              externalClusters:
                - name: origin
                  barmanObjectStore: {destinationPath: s3://b/, endpointURL: https://gw}
              backup:
                barmanObjectStore:
                  destinationPath: s3://b/
                  endpointURL: https://gw
                  endpointCA: {name: ca, key: ca.crt}
                  s3Credentials:
                    accessKeyId: {name: s3, key: ID}
                    secretAccessKey: {name: s3, key: KEY}
              tablespaces: [{name: fast, storage: {size: 1Gi}}]
              postgresql: {parameters: {max_connections: "300", shared_buffers: 512MB}}
            """);
        Assert.Equal(BootstrapMethod.Recovery, manifest.Method);
        Assert.Equal(new BackupFolder("origin", false, new BarmanStore("s3://b/", "https://gw", null, null, null, null, null, false), null), manifest.Source);
        Assert.Equal("pg", manifest.Destination!.ServerName);
        Assert.Equal(new SecretKey("s3", "KEY"), manifest.Destination.Store!.SecretAccessKey);
        Assert.Equal(new SecretKey("ca", "ca.crt"), manifest.Destination.Store.EndpointCa);
        Assert.Equal(new ApplicationDatabase("shop", "keeper", "keeper-user"), manifest.Application);
        Assert.Equal(17, manifest.PostgresMajor);
        Assert.Equal(["fast"], manifest.Tablespaces);
        Assert.Equal("300", manifest.Parameters["max_connections"]);
        Assert.Equal("db", manifest.Namespace);
    }

    [Fact]
    public void With_the_plugin_a_source_without_server_name_reads_the_new_clusters_own_folder()
    {
        var manifest = Read("""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: pg, annotations: {cnpg.io/skipEmptyWalArchiveCheck: "true"}}
            spec:
              imageCatalogRef: {major: 16}
              bootstrap: {recovery: {source: origin}}
              externalClusters:
                - name: origin
                  plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: store}}
              plugins:
                - name: other.example.org
                - name: barman-cloud.cloudnative-pg.io
                  parameters: {barmanObjectName: store, serverName: pg-v2}
            ---
            apiVersion: barmancloud.cnpg.io/v1
            kind: ObjectStore
            metadata: {name: store}
            spec: {configuration: {destinationPath: s3://b, s3Credentials: {inheritFromIAMRole: true}}}
            """);
        Assert.Equal("pg", manifest.Source!.ServerName);
        Assert.False(manifest.Source.IsExplicit);
        Assert.Equal("store", manifest.Source.ObjectStoreName);
        Assert.Equal("s3://b", manifest.Source.Store!.DestinationPath);
        Assert.True(manifest.Source.Store.InheritsIdentity);
        Assert.Equal("pg-v2", manifest.Destination!.ServerName);
        Assert.Equal(16, manifest.PostgresMajor);
        Assert.Null(manifest.Application);
        // Only 'enabled' switches the check off.
        Assert.False(manifest.SkipsEmptyArchiveCheck);
    }

    [Fact]
    public void A_chart_is_read_as_the_cluster_that_it_makes()
    {
        var manifest = new GoldenManifest("helm-recovery").Open().Read("shop-cluster");
        Assert.Equal(BootstrapMethod.Initdb, manifest.Method);
        Assert.Equal(new ApplicationDatabase("shop", "shop", "shop-user"), manifest.Application);
        Assert.Equal("shop-cluster", manifest.Destination!.ServerName);
        Assert.Equal(new SecretKey("shop-cluster-backup-s3-creds", "ACCESS_KEY_ID"), manifest.Destination.Store!.AccessKeyId);
        Assert.Equal(17, manifest.PostgresMajor);
    }

    [Fact]
    public void Flux_variables_are_replaced_for_reading()
    {
        var manifest = new GoldenManifest("flux-default-in-place").Open().Read(null);
        Assert.Equal("shop-db", manifest.Name);
        Assert.Equal("pg-v2", manifest.Destination!.ServerName);
        Assert.Equal("shop-store", manifest.Destination.ObjectStoreName);
        Assert.Equal(new ApplicationDatabase("shop", "shop", "shop-initdb-secret"), manifest.Application);
    }

    private static ClusterManifest Read(string yaml) => new ManifestSet(new ManifestFile("cluster.yaml", yaml)).Read(null);
}
