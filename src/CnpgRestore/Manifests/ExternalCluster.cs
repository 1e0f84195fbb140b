namespace CnpgRestore.Manifests;

/// <summary>One entry of <c>spec.externalClusters</c>; <paramref name="Folder"/> is null where it is a live server.</summary>
public sealed record ExternalCluster(string Name, BackupFolder? Folder);
