using System.Text.Json.Nodes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>What there is before anything is decided.</summary>
/// <param name="Live">The Cluster in the API; null where it is gone.</param>
/// <param name="Set">The manifests: the user's files, or the live object as a file.</param>
/// <param name="Manifest">What they say now.</param>
public sealed record Situation(JsonObject? Live, ManifestSet Set, ClusterManifest Manifest)
{
    /// <summary>Null where no folder can be told; <see cref="ClusterManifest.Destination"/> otherwise.</summary>
    public BackupFolder? Archive => Manifest.Destination;

    /// <summary>The folder that the manifest would recover from, if it is another one.</summary>
    public BackupFolder? Source => Manifest.Source;

    /// <summary><see cref="Source"/>, where it lies in another bucket than the archive; null in the usual case.</summary>
    public BackupFolder? SourceElsewhere =>
        Source is { Store: { } source } found && Archive?.Store is { } archive && (Bucket(source), source.EndpointUrl) != (Bucket(archive), archive.EndpointUrl) ? found : null;

    private static string? Bucket(BarmanStore store) => store.DestinationPath?.TrimEnd('/');
}
