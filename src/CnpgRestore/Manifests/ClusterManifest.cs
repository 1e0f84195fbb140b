using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.Manifests;

/// <summary>
/// What a Cluster of CloudNativePG says about recovery. Read from a manifest or from the live object: both are the same JSON.
/// </summary>
public sealed record ClusterManifest
{
    public required string Name { get; init; }

    public string? Namespace { get; init; }

    /// <summary>More than one is refused by the operator's webhook.</summary>
    public required IReadOnlyList<BootstrapMethod> Methods { get; init; }

    public BootstrapMethod Method => Methods is [var first, ..] ? first : BootstrapMethod.None;

    /// <summary>From whichever bootstrap method names one.</summary>
    public ApplicationDatabase? Application { get; init; }

    /// <summary>The entry of <see cref="ExternalClusters"/> that the recovery reads; null without <c>bootstrap.recovery.source</c>.</summary>
    public string? RecoverySource { get; init; }

    /// <summary><c>bootstrap.recovery.recoveryTarget</c>, key by key.</summary>
    public required IReadOnlyDictionary<string, string> RecoveryTarget { get; init; }

    public required IReadOnlyList<ExternalCluster> ExternalClusters { get; init; }

    /// <summary>Where the cluster archives to; null where it takes no backups.</summary>
    public BackupFolder? Destination { get; init; }

    /// <summary>The folder that a recovery would read.</summary>
    public BackupFolder? Source => ExternalClusters.FirstOrDefault(cluster => cluster.Name == RecoverySource)?.Folder;

    public string? ImageName { get; init; }

    /// <summary>From <c>imageCatalogRef.major</c> or the image's tag; null where neither says.</summary>
    public int? PostgresMajor { get; init; }

    /// <summary>The image comes from a catalog, whatever <c>imageName</c> says.</summary>
    public bool NamesCatalog { get; init; }

    public required IReadOnlyList<string> Tablespaces { get; init; }

    /// <summary><c>spec.postgresql.parameters</c>.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Null where it is a primary, as most are.</summary>
    public ReplicaRole? Replica { get; init; }

    /// <summary>Only the exact word <c>enabled</c> switches the check off ([cloudnative-pg] pkg/utils/labels_annotations.go).</summary>
    public bool SkipsEmptyArchiveCheck { get; init; }

    /// <param name="objectStore">The <c>spec.configuration</c> of an ObjectStore by its name, or null where it is not known.</param>
    public static ClusterManifest Read(JsonObject cluster, Func<string, BarmanStore?> objectStore)
    {
        var name = cluster.Text("metadata", "name") ?? "";
        var spec = cluster["spec"];
        var bootstrap = spec.At("bootstrap");
        return new ClusterManifest
        {
            Name = name,
            Namespace = cluster.Text("metadata", "namespace"),
            Methods = [.. Sections.Where(section => bootstrap is JsonObject present && present.ContainsKey(section.Key)).Select(section => section.Method)],
            Application = Sections.Select(section => ApplicationDatabase.Read(bootstrap.At(section.Key))).FirstOrDefault(found => found is not null),
            RecoverySource = bootstrap.Text("recovery", "source"),
            RecoveryTarget = Texts(bootstrap.At("recovery", "recoveryTarget")),
            ExternalClusters = [.. spec.Items("externalClusters").Select(external =>
                new ExternalCluster(external.Text("name") ?? "", BackupFolder.ReadSource(external, name, objectStore)))],
            Destination = BackupFolder.ReadDestination(spec, name, objectStore),
            ImageName = spec.Text("imageName"),
            PostgresMajor = Major(spec),
            NamesCatalog = spec.Text("imageCatalogRef", "major") is not null,
            Tablespaces = [.. spec.Items("tablespaces").Select(tablespace => tablespace.Text("name")).OfType<string>()],
            Parameters = Texts(spec.At("postgresql", "parameters")),
            Replica = ReplicaRole.Read(spec, name),
            SkipsEmptyArchiveCheck = cluster.Text("metadata", "annotations", "cnpg.io/skipEmptyWalArchiveCheck") == "enabled",
        };
    }

    internal static IReadOnlyList<(string Key, BootstrapMethod Method)> Sections { get; } =
    [
        ("recovery", BootstrapMethod.Recovery), ("initdb", BootstrapMethod.Initdb), ("pg_basebackup", BootstrapMethod.PgBasebackup),
    ];

    private static Dictionary<string, string> Texts(JsonNode? section) =>
        (section as JsonObject)?.Where(entry => entry.Value is JsonValue).ToDictionary(entry => entry.Key, entry => entry.Value.Text()!) ?? [];

    // ghcr.io/cloudnative-pg/postgresql:17.5-standard-bookworm@sha256:...: the digits behind the tag's colon.
    private static int? Major(JsonNode? spec)
    {
        if (spec.Text("imageCatalogRef", "major") is { } major)
        {
            return int.TryParse(major, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        var image = spec.Text("imageName")?.Split('@')[0] ?? "";
        var tag = image[(image.LastIndexOf('/') + 1)..].Split(':') is [_, var found] ? found : "";
        var digits = string.Concat(tag.TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
    }
}
