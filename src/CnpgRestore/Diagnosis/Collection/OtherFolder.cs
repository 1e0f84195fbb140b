using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>What another Cluster archives to.</summary>
/// <param name="Namespace">Of that Cluster.</param>
public sealed record OtherFolder(string? Namespace, BackupFolder Folder)
{
    /// <summary>Whether it may be the folder of this name in the bucket of an archive. Where an ObjectStore is not known, its bucket may be any.</summary>
    /// <param name="ns">Of the Cluster that names the archive.</param>
    internal bool MayBe(string name, BackupFolder archive, string? ns) =>
        Folder.ServerName == name && (Folder.Store is null || archive.Store is null || Folder.IsInBucketOf(archive, Namespace, ns));
}
