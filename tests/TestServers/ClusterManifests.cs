namespace CnpgRestore.TestServers;

/// <summary>Manifests of small Clusters, as people write them.</summary>
/// <param name="Endpoint">Of the object store, as pods reach it.</param>
public sealed record ClusterManifests(string Endpoint, string Bucket)
{
    /// <summary>The Secret that every object store here refers to.</summary>
    public static string Credentials { get; } = $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: s3}
        stringData: {ACCESS_KEY_ID: {{S3Server.AccessKey}}, ACCESS_SECRET_KEY: {{S3Server.SecretKey}}, REGION: {{S3Server.Region}}}
        """;

    /// <summary>A new, empty Cluster with database and owner <c>orders</c>.</summary>
    public string Initdb(string name, string serverName, string annotations = "") => $$"""
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata:
          name: {{name}}
          annotations: { {{annotations}} }
        spec:
          instances: 1
          storage: {size: 1Gi}
          bootstrap:
            initdb: {database: orders, owner: orders}
          backup:
            barmanObjectStore:
              serverName: {{serverName}}
        {{Store(6)}}
        """;

    /// <summary>A Cluster recovered from one server folder that archives into another.</summary>
    /// <param name="target">Of the recovery, for example <c>{targetTime: "2026-11-22T14:00:00Z"}</c>.</param>
    public string Recovery(string name, string source, string destination, string target = "{}", string annotations = "") => $$"""
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata:
          name: {{name}}
          annotations: { {{annotations}} }
        spec:
          instances: 1
          storage: {size: 1Gi}
          bootstrap:
            recovery: {source: origin, database: orders, owner: orders, recoveryTarget: {{target}}}
          externalClusters:
            - name: origin
              barmanObjectStore:
                serverName: {{source}}
        {{Store(8)}}
          backup:
            barmanObjectStore:
              serverName: {{destination}}
        {{Store(6)}}
        """;

    /// <summary>The ObjectStore <c>store</c> of the Barman Cloud plugin.</summary>
    public string ObjectStore() => $$"""
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata: {name: store}
        spec:
          configuration:
        {{Store(4)}}
        """;

    /// <summary>As <see cref="Recovery"/>, with the plugin on both sides.</summary>
    public static string PluginRecovery(string name, string source, string destination) => $$"""
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: {{name}} }
        spec:
          instances: 1
          storage: {size: 1Gi}
          bootstrap:
            recovery: {source: origin, database: orders, owner: orders}
          externalClusters:
            - name: origin
              plugin:
                name: barman-cloud.cloudnative-pg.io
                parameters: { barmanObjectName: store, serverName: {{source}} }
          plugins:
            - name: barman-cloud.cloudnative-pg.io
              isWALArchiver: true
              parameters: { barmanObjectName: store, serverName: {{destination}} }
        """;

    /// <summary>As <see cref="Initdb"/>, with the plugin.</summary>
    public static string PluginInitdb(string name, string serverName) => $$"""
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: {{name}} }
        spec:
          instances: 1
          storage: {size: 1Gi}
          bootstrap:
            initdb: {database: orders, owner: orders}
          plugins:
            - name: barman-cloud.cloudnative-pg.io
              isWALArchiver: true
              parameters: { barmanObjectName: store, serverName: {{serverName}} }
        """;

    public static string Backup(string name, string cluster, string method = "barmanObjectStore") => $$"""
        apiVersion: postgresql.cnpg.io/v1
        kind: Backup
        metadata: { name: {{name}} }
        spec: { method: {{method}}, cluster: { name: {{cluster}} }{{(method == "plugin" ? ", pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}" : "")}} }
        """;

    /// <summary>Everything of an object store but the server name, indented by a number of spaces.</summary>
    private string Store(int indentation) => string.Join('\n', ((string[])
    [
        $"destinationPath: s3://{Bucket}",
        $"endpointURL: {Endpoint}",
        "wal: {compression: gzip}",
        "data: {compression: gzip}",
        "s3Credentials:",
        "  accessKeyId: {name: s3, key: ACCESS_KEY_ID}",
        "  secretAccessKey: {name: s3, key: ACCESS_SECRET_KEY}",
        "  region: {name: s3, key: REGION}",
    ]).Select(line => new string(' ', indentation) + line));
}
