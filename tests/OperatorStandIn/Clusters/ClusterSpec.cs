using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;
using CnpgRestore.OperatorStandIn.Webhooks;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>What a Cluster asks for, with CloudNativePG's rules for what it leaves out. Only the first instance is ever made.</summary>
sealed class ClusterSpec
{
    public const string PluginName = "barman-cloud.cloudnative-pg.io";

    private readonly JsonObject _spec;

    private ClusterSpec(JsonObject cluster, Func<string, JsonObject?> objectStore, Func<string, JsonObject?> backup)
    {
        Cluster = cluster;
        _spec = cluster.Copy("spec")!.AsObject();
        ClusterDefaults.Apply(_spec);
        Destination = FindDestination(objectStore);
        if (Recovery is not null)
        {
            RecoveryBackup = Recovery.Text("backup", "name") is { } name ? backup(name) : null;
            Source = FindSource(objectStore);
        }
    }

    public JsonObject Cluster { get; }

    public string Name => Cluster.Name;

    public string Namespace => Cluster.Namespace;

    public string InstanceName => $"{Name}-1";

    public JsonNode? Initdb => _spec.At("bootstrap", "initdb");

    public JsonNode? Recovery => _spec.At("bootstrap", "recovery");

    /// <summary>Also the name of the job's container, and the end of its name.</summary>
    public string JobRole => Recovery is null ? "initdb" : "full-recovery";

    public string JobName => $"{InstanceName}-{JobRole}";

    /// <summary>Of the bootstrap, in the words of the event; "from physical backup" is what the operator calls <c>pg_basebackup</c>.</summary>
    public string Method => Recovery is null ? "initdb" : "from backup";

    public BarmanStore? Destination { get; }

    public BarmanStore? Source { get; }

    /// <summary>The Backup resource that <c>recovery.backup</c> names.</summary>
    public JsonObject? RecoveryBackup { get; }

    /// <summary>Why the bootstrap cannot begin yet; the operator waits without a word in the Cluster's status.</summary>
    public string? Missing { get; private set; }

    public string Image => _spec.Text("imageName") ?? "";

    /// <summary>The major version that the tag of the image claims, for example 17.</summary>
    public int? Major =>
        int.TryParse(Image.Split(':', 2).Last().Split('.', '-', '@')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;

    public (string Database, string Owner) Application => Recovery is { } recovery
        ? (recovery.Text("database")!, recovery.Text("owner")!)
        : (Initdb.Text("database")!, Initdb.Text("owner")!);

    /// <summary>The user's Secret for the application's role, else the generated one.</summary>
    public string ApplicationSecret => (Recovery ?? Initdb).Text("secret", "name") ?? $"{Name}-app";

    public bool HasSuperuserAccess => _spec.Flag("enableSuperuserAccess");

    public string SuperuserSecret => _spec.Text("superuserSecret", "name") ?? $"{Name}-superuser";

    public JsonNode? Storage => _spec.At("storage");

    public JsonNode? WalStorage => _spec.At("walStorage");

    public IEnumerable<JsonNode> Tablespaces => _spec.Items("tablespaces");

    public JsonNode? Parameters => _spec.At("postgresql", "parameters");

    public IEnumerable<JsonNode> Environment => _spec.Items("env");

    public JsonNode? Resources => _spec.At("resources");

    public int Instances => int.Parse(_spec.Text("instances") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Both checks are skipped by exactly this value (pkg/utils/labels_annotations.go).</summary>
    public bool ChecksEmptyArchive => Cluster.Annotation("cnpg.io/skipEmptyWalArchiveCheck") != "enabled";

    public static ClusterSpec Read(JsonObject cluster, Func<string, JsonObject?> objectStore, Func<string, JsonObject?> backup) =>
        new(cluster, objectStore, backup);

    private BarmanStore? FindDestination(Func<string, JsonObject?> objectStore)
    {
        if (_spec.At("backup", "barmanObjectStore") is { } inTree)
        {
            return new BarmanStore(inTree, inTree.Text("serverName") ?? Name, IsPlugin: false);
        }

        var plugin = _spec.Items("plugins").FirstOrDefault(plugin => plugin.Text("name") == PluginName && plugin.Text("enabled") != "false");
        return FromPlugin(plugin, objectStore);
    }

    private BarmanStore? FindSource(Func<string, JsonObject?> objectStore)
    {
        if (Recovery.Text("backup", "name") is { } backup)
        {
            Missing = RecoveryBackup.Text("status", "phase") == "completed" ? Missing : $"Backup {backup} is not completed";
            return RecoveryBackup.At("status") is { } status ? new BarmanStore(status, status.Text("serverName") ?? Name, IsPlugin: false) : null;
        }

        var name = Recovery.Text("source");
        var external = _spec.Items("externalClusters").FirstOrDefault(external => external.Text("name") == name);
        // The defaults differ: in-tree it is the entry's name, with the plugin that of the new cluster.
        return external.At("barmanObjectStore") is { } inTree
            ? new BarmanStore(inTree, inTree.Text("serverName") ?? name!, IsPlugin: false)
            : FromPlugin(external.At("plugin"), objectStore);
    }

    private BarmanStore? FromPlugin(JsonNode? plugin, Func<string, JsonObject?> objectStore)
    {
        if (plugin is null)
        {
            return null;
        }

        var name = plugin.Text("parameters", "barmanObjectName") ?? "";
        if (objectStore(name).At("spec", "configuration") is { } configuration)
        {
            return new BarmanStore(configuration, plugin.Text("parameters", "serverName") ?? Name, IsPlugin: true);
        }

        Missing = $"ObjectStore {name} does not exist";
        return null;
    }
}
